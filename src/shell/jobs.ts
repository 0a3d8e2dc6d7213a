/** Commands that run in the background (`COMMAND &`), as bash shows them. */

export interface Job {
  readonly number: number;
  readonly line: string;
  readonly done: Promise<number>;
  stop(): void;
  /** Null while it runs. */
  code: number | null;
  /** What it wrote since somebody looked. */
  pending: { readonly stream: "out" | "err"; readonly text: string }[];
}

export class Jobs {
  readonly all: Job[] = [];

  /** `start` runs the command until its signal says to stop. */
  add(
    line: string,
    start: (signal: AbortSignal, write: (stream: "out" | "err", text: string) => void) => Promise<number>,
  ): Job {
    const controller = new AbortController();
    const number = Math.max(0, ...this.all.map((job) => job.number)) + 1;
    const pending: Job["pending"] = [];
    const done = start(controller.signal, (stream, text) => pending.push({ stream, text }));
    const job: Job = { number, line, done, stop: () => controller.abort(), code: null, pending };
    void done.then((code) => {
      job.code = code;
    });
    this.all.push(job);
    return job;
  }

  /** What jobs wrote, and which of them have ended. */
  report(output: (stream: "out" | "err", text: string) => void): void {
    for (const job of [...this.all]) {
      for (const { stream, text } of job.pending.splice(0)) output(stream, text);
      if (job.code === null) continue;
      output("err", `${this.describe(job)}\n`);
      this.all.splice(this.all.indexOf(job), 1);
    }
  }

  describe(job: Job): string {
    const state =
      job.code === null ? "Running" : job.code === 0 ? "Done" : job.code === 130 ? "Terminated" : `Exit ${job.code}`;
    const mark = this.all.at(-1) === job ? "+" : this.all.at(-2) === job ? "-" : " ";
    return `[${job.number}]${mark}  ${state.padEnd(24)}${job.line}${job.code === null ? " &" : ""}`;
  }

  /** `%1`, `%%`, or the number that bash would call its process. */
  find(word: string): Job | undefined {
    if (word === "%%" || word === "%+" || word === "") return this.all.at(-1);
    const number = word.startsWith("%") ? Number(word.slice(1)) : Number(word) - FIRST_PROCESS;
    return this.all.find((job) => job.number === number);
  }
}

/** Process numbers of jobs begin after this. */
export const FIRST_PROCESS = 4_200;

/** `CMD & REST`: the commands before the last lone `&`, and what follows it. Null: nothing goes to the background. */
export function splitBackground(
  line: string,
): { readonly background: readonly string[]; readonly rest: string } | null {
  const parts: string[] = [];
  let quote = "";
  let from = 0;
  for (let index = 0; index < line.length; index += 1) {
    const char = line[index]!;
    if (quote !== "") {
      if (char === quote) quote = "";
      else if (char === "\\" && quote === '"') index += 1;
      continue;
    }
    if (char === "\\") index += 1;
    else if (char === "'" || char === '"') quote = char;
    else if (char === "&") {
      const [before, after] = [line[index - 1], line[index + 1]];
      if (after === "&") index += 1;
      else if (before !== ">" && before !== "<" && after !== ">") {
        parts.push(line.slice(from, index).trim());
        from = index + 1;
      }
    }
  }
  return parts.length === 0 ? null : { background: parts, rest: line.slice(from).trim() };
}
