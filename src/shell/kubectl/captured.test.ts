import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { cluster } from "./testing/objects.ts";
import { makeLab } from "./testing/run.ts";

interface Captured {
  readonly files: Readonly<Record<string, string>>;
  readonly cases: readonly {
    readonly command: string;
    readonly stdout: string;
    readonly stderr: string;
    readonly code: number;
  }[];
}

const captured = JSON.parse(readFileSync(new URL("testdata/captured.json", import.meta.url), "utf8")) as Captured;

/** Lets the fake server's logs and the working folder be what they were when the real one ran. */
function prepared() {
  const lab = makeLab(cluster);
  for (const [path, text] of Object.entries(captured.files)) lab.files.set(path, text);
  lab.api.logs.set("default/web-7c5d8bf9f7-abcde/nginx", "one\ntwo\n");
  lab.api.logs.set("default/web-7c5d8bf9f7-fghij/nginx", "three\n");
  return lab;
}

describe("kubectl prints what the real one printed", () => {
  it.each(captured.cases)("kubectl $command", async ({ command, stdout, stderr, code }) => {
    expect(await prepared().run(command)).toEqual({ stdout, stderr, code });
  });
});
