import type { Context } from "../../kernel/types.ts";

/** Of a file on this machine's disk; "": there is none. */
export function fileText(context: Context, path: string): string {
  const value = path === "" ? undefined : context.disk.read(path);
  if (typeof value === "string") return value;
  const text = (value as { text?: unknown } | null | undefined)?.text;
  return typeof text === "string" ? text : "";
}
