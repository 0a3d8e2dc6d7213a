import type { NetworkError } from "../../../kernel/types.ts";
import type { Load, LoadReport } from "./load.ts";

/**
 * A command-line program as a generator: it yields what it wants done and is given what came of it. Generators do not
 * survive a checkpoint, so nothing keeps one: `program.ts` remembers the answers, and runs the program again from its
 * beginning with them whenever another one comes. A program must therefore depend on nothing but its answers.
 */
export type Effect =
  | {
      readonly type: "request";
      readonly to: string;
      readonly body: unknown;
      readonly timeoutUs: number;
      readonly certificate: string | null;
    }
  /** Frames go to the program's printer of that name; answered when it says so, or when the stream has ended. */
  | {
      readonly type: "stream";
      readonly to: string;
      readonly body: unknown;
      readonly certificate: string | null;
      readonly printer: string;
      readonly options: unknown;
    }
  /** Many writes; answered by how they went. */
  | { readonly type: "load"; readonly load: Load }
  | { readonly type: "sleep"; readonly us: number }
  /** Calendar time on the machine's clock. */
  | { readonly type: "now" }
  /** All of standard input. */
  | { readonly type: "stdin" }
  | { readonly type: "read"; readonly path: string }
  | { readonly type: "list"; readonly prefix: string }
  | { readonly type: "write"; readonly path: string; readonly value: unknown };

/** `slot` tells parallel tasks apart; 0 where there is just one. */
export interface Started {
  readonly slot: number;
  readonly effect: Effect;
}

export interface Done {
  readonly slot: number;
  readonly value: unknown;
}

/** Part of a program. */
export type Steps<T> = Generator<readonly Started[], T, Done>;

export type Reply =
  | { readonly ok: true; readonly body: unknown }
  | { readonly ok: false; readonly error: NetworkError };

function* perform(effect: Effect): Steps<unknown> {
  return (yield [{ slot: 0, effect }]).value;
}

export function* request(to: string, body: unknown, timeoutUs: number, certificate: string | undefined): Steps<Reply> {
  return (yield* perform({ type: "request", to, body, timeoutUs, certificate: certificate ?? null })) as Reply;
}

/** What the printer gave at the end; null: the stream ended by itself. */
export function* stream(
  to: string,
  body: unknown,
  certificate: string | undefined,
  printer: string,
  options: unknown,
): Steps<{ readonly value: unknown; readonly error: NetworkError | null }> {
  const effect: Effect = { type: "stream", to, body, certificate: certificate ?? null, printer, options };
  return (yield* perform(effect)) as { readonly value: unknown; readonly error: NetworkError | null };
}

export function* putUnderLoad(load: Load): Steps<LoadReport> {
  return (yield* perform({ type: "load", load })) as LoadReport;
}

export function* sleep(us: number): Steps<void> {
  yield* perform({ type: "sleep", us });
}

export function* now(): Steps<number> {
  return (yield* perform({ type: "now" })) as number;
}

export function* readStdin(): Steps<string> {
  return (yield* perform({ type: "stdin" })) as string;
}

/** Undefined: there is no such file. */
export function* readFile(path: string): Steps<unknown> {
  return yield* perform({ type: "read", path });
}

export function* listFiles(prefix: string): Steps<readonly string[]> {
  return (yield* perform({ type: "list", prefix })) as readonly string[];
}

/** False: the disk is full. */
export function* writeFile(path: string, value: unknown): Steps<boolean> {
  return (yield* perform({ type: "write", path, value })) as boolean;
}

/** Runs tasks beside each other; their results in the order in which they are done. */
export function* together<T>(tasks: readonly Steps<T>[]): Steps<T[]> {
  const results: T[] = [];
  let open = tasks.length;
  const resume = (slot: number, step: IteratorResult<readonly Started[], T>): Started[] => {
    if (step.done !== true) return step.value.map(({ effect }) => ({ slot, effect }));
    results.push(step.value);
    open -= 1;
    return [];
  };
  let started = tasks.flatMap((task, index) => resume(index + 1, task.next()));
  while (open > 0) {
    const done = yield started;
    const task = tasks[done.slot - 1] as Steps<T>;
    started = resume(done.slot, task.next(done));
  }
  return results;
}
