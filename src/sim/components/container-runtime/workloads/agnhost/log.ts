import { formatTime } from "../../../../api/time.ts";
import type { Context } from "../../../../kernel/types.ts";

/** As Go's log package begins a line: `2026/11/20 09:00:00 `. */
export function goLog(context: Context, text: string): void {
  const at = formatTime(context.wallUs()).slice(0, 19);
  context.log(`${at.replaceAll("-", "/").replace("T", " ")} ${text}`);
}
