/** Help: upstream's texts, loaded when somebody asks. */
import type { ProgramContext } from "../doors.ts";

/** `path`: `""`, `get`, `create secret tls`, `options`. */
export async function helpText(path: string, context: ProgramContext): Promise<string> {
  const { helpTexts } = await import("./generated/help.ts");
  return (helpTexts[path] ?? "").replaceAll("$HOME", context.env?.HOME ?? "~");
}
