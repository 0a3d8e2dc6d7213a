import type { Invocation } from "./program.ts";

/** A path that was typed, seen from the folder it was typed in. Without `.`, `..` and double slashes. */
export function fullPath({ directory }: Pick<Invocation, "directory">, path: string): string {
  const parts: string[] = [];
  for (const part of `${path.startsWith("/") ? "" : directory}/${path}`.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  return `/${parts.join("/")}`;
}
