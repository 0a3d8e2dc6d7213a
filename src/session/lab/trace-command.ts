import type { Trace } from "../spans.ts";
import { traceMermaid, traceRows } from "../trace-tree.ts";
import { type LabCommand, LabError, print } from "./command.ts";

export const traceCommand: LabCommand = {
  name: "trace",
  usage: "lab trace [last|ID] [--as text|mermaid|json]",
  run({ session, args }) {
    const words: string[] = [];
    let as = "text";
    for (let index = 0; index < args.length; index += 1) {
      const word = args[index] as string;
      if (word === "--as") as = args[++index] ?? "";
      else if (word.startsWith("--as=")) as = word.slice(5);
      else words.push(word);
    }
    const trace = find(words[0] ?? "last", session.spans.inputTraces, (id) => session.spans.traceOf(id));
    switch (as) {
      case "text":
        return print(treeText(trace));
      case "mermaid":
        return print(traceMermaid(trace));
      case "json":
        return print(JSON.stringify(traceRows(trace), null, 2));
      default:
        throw new LabError(`--as takes text, mermaid or json, not "${as}".`);
    }
  },
};

function find(which: string, inputs: ReadonlyMap<number, Trace>, byId: (id: number) => Trace | undefined): Trace {
  if (which !== "last") {
    const trace = byId(Number(which));
    if (trace === undefined) throw new LabError(`There is no trace ${which}.`);
    return trace;
  }
  // The last one that wrote something says more than the question that followed it.
  const traces = [...inputs.values()];
  const last = traces.findLast((trace) => trace.writes) ?? traces.at(-1);
  if (last === undefined) throw new LabError("Nothing has been done yet.");
  return last;
}

function treeText(trace: Trace): string {
  return traceRows(trace)
    .map((row) => {
      const time = `+${((row.atUs - trace.atUs) / 1000).toFixed(3)}ms`.padStart(14);
      const decisions = row.decisions
        .map((decision) => `${" ".repeat(16 + 2 * row.depth)}- ${decision.stage}: ${decision.text}\n`)
        .join("");
      return `${time}  ${"  ".repeat(row.depth)}${row.component}: ${row.text}\n${decisions}`;
    })
    .join("");
}
