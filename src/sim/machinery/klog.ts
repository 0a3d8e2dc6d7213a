import { formatMicroTime } from "../api/time.ts";
import type { Context } from "../kernel/types.ts";

/** A line in klog's form: `E1120 09:00:00.123456       1 reflector.go:200] TEXT`. `source` is upstream's file and line. */
export function klog(context: Context, severity: "I" | "W" | "E" | "F", source: string, text: string): void {
  context.log(`${severity}${klogTime(context.wallUs())}       1 ${source}] ${text}`);
}

/** `1120 09:00:00.123456` */
export function klogTime(wallUs: number): string {
  const text = formatMicroTime(wallUs);
  return `${text.slice(5, 7)}${text.slice(8, 10)} ${text.slice(11, 26)}`;
}

/** A Go `%q` of plain text. */
export function quote(text: string): string {
  return `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n")}"`;
}
