import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { type Recording, replay } from "../replay.ts";

const recording = JSON.parse(readFileSync(new URL("../testdata/mvcc-open.json", import.meta.url), "utf8")) as Recording;

for (const { name, steps } of recording.sequences) {
  test(`answers as a recorded etcd did: ${name}`, () => {
    const replayed = replay({ sequences: [{ name, steps }] });
    expect(replayed.filter(({ difference }) => difference !== null)).toEqual([]);
    expect(replayed).toHaveLength(steps.length);
  });
}
