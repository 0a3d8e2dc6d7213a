import { type CelType, parseType, splitTypes } from "../types.ts";
import type { CelValue } from "../values.ts";

/** One way of calling a function. */
export interface Overload {
  readonly name: string;
  /** Whether the first parameter is what the function is called on. */
  readonly isMember: boolean;
  readonly parameters: readonly CelType[];
  readonly result: CelType;
  readonly run: (args: readonly CelValue[]) => CelValue;
}

/** What stands before the dot of a function that is called on nothing. */
const NAMESPACES = ["format", "ip", "optional", "sets", "strings"];

/** From `string.replace(string, string): string` or `size(list(A)): int`. */
// biome-ignore lint/suspicious/noExplicitAny: the signature says what comes
export function overload(signature: string, run: (...args: any[]) => CelValue): Overload {
  const colon = signature.lastIndexOf("): ") + 1;
  const head = signature.slice(0, colon);
  const open = openingOf(head);
  const callee = head.slice(0, open);
  const dot = callee.lastIndexOf(".");
  const isMember = dot > 0 && !NAMESPACES.includes(callee.slice(0, dot));
  const own = splitTypes(head.slice(open + 1, -1)).map(parseType);
  return {
    name: isMember ? callee.slice(dot + 1) : callee,
    isMember,
    parameters: isMember ? [parseType(callee.slice(0, dot)), ...own] : own,
    result: parseType(signature.slice(colon + 2)),
    run: (args) => run(...args),
  };
}

/** Where the parameters begin: the parenthesis that the last one closes. */
function openingOf(head: string): number {
  let depth = 0;
  for (let at = head.length - 1; at >= 0; at -= 1) {
    if (head[at] === ")") depth += 1;
    else if (head[at] === "(" && --depth === 0) return at;
  }
  return -1;
}
