/** Runs kubectl against the fake server, and keeps what it printed. */
import { applyStrategicPatch } from "../../../sim/api/patch/strategic.ts";
import { schemaOf } from "../../../sim/api/schema/schema.ts";
import { parseTime } from "../../../sim/api/time.ts";
import type { ProgramContext } from "../../doors.ts";
import type { JsonObject } from "../json.ts";
import { kubectl } from "../program.ts";
import { FakeApi } from "./fake-api.ts";

export const nowText = "2026-11-20T09:30:00Z";

export interface Outcome {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number;
}

export interface Lab {
  readonly api: FakeApi;
  readonly files: Map<string, string>;
  /** Lets the world's clock run. */
  advance(seconds: number): void;
  /** `run("get pods -o name")`; single and double quotes hold words together. */
  run(line: string, stdin?: string): Promise<Outcome>;
  /** Starts a command that waits; `stop` is Ctrl-C. */
  start(line: string): { readonly done: Promise<Outcome>; stop(): void };
}

export function makeLab(objects: readonly JsonObject[] = []): Lab {
  let nowUs = parseTime(nowText)!;
  const sleepers = new Set<{ readonly atUs: number; readonly wake: () => void }>();
  const api = new FakeApi({
    nowUs: () => nowUs,
    strategic: (kind, object, patch) => {
      const apiVersion = kind.group === "" ? kind.version : `${kind.group}/${kind.version}`;
      return applyStrategicPatch(object, patch, schemaOf(apiVersion, kind.kind)!) as JsonObject;
    },
  });
  for (const object of objects) api.put(object);
  const files = new Map<string, string>();
  const sleep = (milliseconds: number, signal: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      const sleeper = { atUs: nowUs + milliseconds * 1_000, wake: resolve };
      sleepers.add(sleeper);
      signal.addEventListener("abort", () => {
        sleepers.delete(sleeper);
        resolve();
      });
    });
  const start = (line: string, stdin = "") => {
    const abort = new AbortController();
    let stdout = "";
    let stderr = "";
    const context: ProgramContext = {
      args: splitWords(line),
      stdin,
      files: {
        read: async (path) => {
          const text = files.get(path);
          if (text === undefined) throw new Error("ENOENT");
          return text;
        },
        write: async (path, text) => {
          files.set(path, text);
        },
        list: async (path) => {
          const below = [...files.keys()].filter((file) => file.startsWith(`${path.replace(/\/$/, "")}/`));
          return below.length === 0
            ? null
            : below.map((file) => file.slice(path.replace(/\/$/, "").length + 1).split("/")[0]!);
        },
      },
      out: {
        write: (text) => {
          stdout += text;
        },
      },
      err: {
        write: (text) => {
          stderr += text;
        },
      },
      signal: abort.signal,
      api,
      session: {
        run: async () => ({ stdout: "", stderr: "", exitCode: 0 }),
        sleep,
        wallUs: async () => nowUs,
        command: async () => {},
      },
      machine: null,
      console: () => null,
      env: { HOME: "/home/teacher" },
      directory: "/home/you",
      sync: async () => {},
      columns: null,
    };
    const done = kubectl(context).then((code) => ({ stdout, stderr, code }));
    return {
      done,
      stop: () => {
        abort.abort();
        api.endWatches();
      },
    };
  };
  return {
    api,
    files,
    advance: (seconds) => {
      nowUs += seconds * 1_000_000;
      for (const sleeper of sleepers) {
        if (sleeper.atUs > nowUs) continue;
        sleepers.delete(sleeper);
        sleeper.wake();
      }
    },
    run: (line, stdin) => start(line, stdin).done,
    start,
  };
}

function splitWords(line: string): readonly string[] {
  const words: string[] = [];
  for (const [, single, double, plain] of line.matchAll(/'([^']*)'|"([^"]*)"|((?:[^\s'"]|'[^']*'|"[^"]*")+)/g)) {
    words.push(
      single ?? double ?? plain!.replace(/'([^']*)'|"([^"]*)"/g, (_whole, a?: string, b?: string) => a ?? b ?? ""),
    );
  }
  return words;
}
