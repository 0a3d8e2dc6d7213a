/** What to say of a verb that there is not, and which ones look like it. */
import type { Command } from "./command.ts";

export function unknownCommand(word: string, commands: readonly Command[]): string {
  const near = suggestions(word, commands);
  const hint = near.length === 0 ? "" : `\nDid you mean this?\n${near.map((name) => `\t${name}\n`).join("")}`;
  return `error: unknown command ${JSON.stringify(word)} for "kubectl"\n${hint}`;
}

function suggestions(word: string, commands: readonly Command[]): readonly string[] {
  if (word.length > 64) return [];
  return commands
    .map((command) => command.name)
    .filter((name) => distance(word.toLowerCase(), name) <= 2 || name.startsWith(word.toLowerCase()));
}

/** Levenshtein's. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const change = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}
