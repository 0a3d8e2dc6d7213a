import { evaluateArithmetic } from "./arithmetic.ts";
import { bounded } from "./bounds.ts";
import { trim } from "./glob.ts";
import type { ShellState } from "./state.ts";
import type { Word, WordPart } from "./syntax.ts";

/** Value of `$name`; null: unset. */
export function variable(state: ShellState, name: string): string | null {
  const positional = state.frames.at(-1)?.positional ?? [];
  switch (name) {
    case "?":
      return String(state.status);
    case "#":
      return String(positional.length);
    case "@":
    case "*":
      return positional.join(" ");
    case "$":
      return "1";
    case "!":
      return "";
    case "-":
      return state.options.exitOnError ? "e" : "";
    case "0":
      return state.name;
    case "RANDOM":
      return String(nextRandom(state));
    case "PWD":
      return state.directory;
    default:
      if (/^[1-9]$/.test(name)) return positional[Number(name) - 1] ?? null;
      return Object.hasOwn(state.variables, name) ? (state.variables[name] ?? null) : null;
  }
}

/** The generator that is in every textbook, of which the upper bits are good. */
function nextRandom(state: ShellState): number {
  state.random = (Math.imul(state.random, 1_103_515_245) + 12_345) >>> 0;
  return state.random >>> 17;
}

/** A word as the one text that it is (assignments, redirections, case). */
export function expandText(state: ShellState, word: Word): string {
  return bounded(word.map((part) => partText(state, part)).join(""));
}

/** Words as arguments: unquoted expansions are split at white space, and vanish when empty. */
export function expandWords(state: ShellState, words: readonly Word[]): string[] {
  return words.flatMap((word) => expandFields(state, word));
}

function expandFields(state: ShellState, word: Word): string[] {
  const fields: string[] = [];
  let current: string | null = null;
  for (const part of word) {
    if (part.part === "variable" && part.name === "@" && part.quoted) {
      const positional = state.frames.at(-1)?.positional ?? [];
      positional.forEach((one, index) => {
        if (index > 0 && current !== null) {
          fields.push(current);
          current = "";
        }
        current = (current ?? "") + one;
      });
      continue;
    }
    const text = partText(state, part);
    if (part.quoted || part.part === "text") {
      current = (current ?? "") + text;
      continue;
    }
    const pieces = text.split(/[ \t\n]+/);
    pieces.forEach((piece, index) => {
      if (index > 0 && current !== null) {
        fields.push(current);
        current = null;
      }
      if (piece !== "") current = (current ?? "") + piece;
    });
  }
  if (current !== null) fields.push(current);
  return fields;
}

function partText(state: ShellState, part: WordPart): string {
  switch (part.part) {
    case "text":
      return part.text;
    case "command":
      return "";
    case "arithmetic":
      return String(
        evaluateArithmetic(
          expandText(state, part.expression),
          (name) => variable(state, name) ?? "0",
          (name, value) => {
            state.variables[name] = String(value);
          },
        ),
      );
    case "variable":
      return variableText(state, part);
  }
}

function variableText(state: ShellState, part: Extract<WordPart, { part: "variable" }>): string {
  const { name, operator } = part;
  if (operator === "slot") return (state.slots[name] ?? "").replace(/\n+$/, "");
  const value = variable(state, name);
  const argument = (): string => expandText(state, part.argument);
  const missing = value === null || (operator.startsWith(":") && value === "");
  switch (operator) {
    case "length":
      return String((value ?? "").length);
    case "-":
    case ":-":
      return missing ? argument() : (value as string);
    case "+":
    case ":+":
      return missing ? "" : argument();
    case "=":
    case ":=":
      if (missing) state.variables[name] = argument();
      return state.variables[name] ?? "";
    case "?":
    case ":?":
      return value ?? "";
    case "%":
    case "%%":
    case "#":
    case "##":
      return trim(value ?? "", argument(), operator);
    default:
      return value ?? "";
  }
}
