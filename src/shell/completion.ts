import type { Doors } from "./doors.ts";
import { complete as completeKubectl } from "./kubectl/index.ts";
import { PROGRAMS } from "./programs.ts";
import type { Shell } from "./shell.ts";

const LAB = [
  "topology",
  "wait",
  "until",
  "status",
  "fail",
  "heal",
  "faults",
  "now",
  "mark",
  "rewind",
  "branch",
  "branches",
  "switch",
  "trace",
  "check",
  "hash",
  "save",
  "load",
  "schedule",
  "share",
  "speed",
  "pause",
  "play",
  "step",
];
const TOOLS = [
  "ssh",
  "lab",
  "grep",
  "head",
  "tail",
  "wc",
  "sort",
  "uniq",
  "cut",
  "tr",
  "sed",
  "awk",
  "jq",
  "base64",
  "cat",
  "echo",
  "ls",
  "date",
  "sleep",
  "jobs",
  "kill",
  "fg",
];

export interface Completion {
  /** Where the word begins that is completed. */
  readonly from: number;
  readonly candidates: readonly string[];
}

/** Tab: programs, `lab` commands and faults, and whatever kubectl completes. */
export async function completeLine(line: string, cursor: number, doors: Doors, shell: Shell): Promise<Completion> {
  const before = line.slice(0, cursor);
  // Only the command that the cursor is in counts.
  const start = Math.max(before.lastIndexOf("|"), before.lastIndexOf(";"), before.lastIndexOf("&")) + 1;
  const words = before.slice(start).trimStart().split(/\s+/);
  const word = words.at(-1) ?? "";
  const from = cursor - word.length;
  if (words.length <= 1) {
    const names = [...PROGRAMS.map((program) => program.name), ...TOOLS];
    return { from, candidates: matching(names, word) };
  }
  if (words[0] === "lab") return { from, candidates: matching(await labWords(words, doors), word) };
  if (words[0] === "kubectl") {
    const candidates = await completeKubectl(words.slice(1), words.length - 2, doors.api);
    return { from, candidates: matching(candidates, word) };
  }
  const folder = await shell.fs.readdir("/home/you").catch(() => []);
  return {
    from,
    candidates: matching(
      folder.filter((name) => !name.startsWith(".")),
      word,
    ),
  };
}

async function labWords(words: readonly string[], doors: Doors): Promise<readonly string[]> {
  if (words.length === 2) return LAB;
  const files = { read: async () => "", write: async () => {} };
  const ask = async (command: string) =>
    (await doors.session.run(command, [], { signal: new AbortController().signal, files })).stdout;
  if (words[1] === "topology") return ["single", "basic", "ha"];
  if (words[1] === "fail" && words.length === 3) return firstColumn(await ask("fail"));
  if (words[1] === "fail" && words.length === 4) return [...firstColumn(await ask("status")), "registry"];
  if (words[1] === "heal" && words.length === 3) return firstColumn(await ask("faults"));
  return [];
}

function firstColumn(table: string): string[] {
  return table
    .split("\n")
    .slice(1)
    .map((line) => line.split(/\s+/))
    .filter((cells) => cells.length > 1)
    .map((cells) =>
      cells[1]?.includes("-") && cells[0] !== undefined && /^(kube|etcd|containerd|load|image)/.test(cells[0])
        ? `${cells[0]}@${cells[1]}`
        : (cells[0] ?? ""),
    );
}

function matching(candidates: readonly string[], word: string): string[] {
  return [...new Set(candidates)].filter((candidate) => candidate.startsWith(word)).sort();
}
