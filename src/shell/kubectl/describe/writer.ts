/** Lines of a description: indented by level, cells parted by tabs. */

import { humanDuration } from "../../../sim/api/duration.ts";
import { formatRfc1123z, parseTime } from "../../../sim/api/time.ts";
import { type Json, type JsonObject, sortedKeys, textOf } from "../json.ts";

export class Lines {
  #text = "";

  /** `line(1, "Type:", "ConfigMap")` */
  line(level: number, ...cells: readonly string[]): void {
    this.#text += `${"  ".repeat(level)}${cells.join("\t")}\n`;
  }

  raw(text: string): void {
    this.#text += text;
  }

  text(): string {
    return this.#text;
  }
}

export function orNone(text: string): string {
  return text === "" ? "<none>" : text;
}

/** `Fri, 20 Nov 2026 09:00:00 +0000` */
export function longTime(text: Json | undefined): string {
  const wallUs = parseTime(textOf(text));
  return wallUs === null ? "Mon, 01 Jan 0001 00:00:00 +0000" : formatRfc1123z(wallUs);
}

/** How long ago, as in AGE columns. */
export function ageOf(text: Json | undefined, nowUs: number): string {
  const wallUs = parseTime(textOf(text));
  return wallUs === null ? "<unknown>" : humanDuration(nowUs - wallUs);
}

export function shownBool(value: Json | undefined): string {
  return value === true ? "True" : "False";
}

/** `Labels:` with one `key=value` a line. */
export function labelLines(lines: Lines, title: string, labels: JsonObject): void {
  multiline(
    lines,
    title,
    sortedKeys(labels).map((key) => `${key}=${textOf(labels[key])}`),
  );
}

/** A title with its first value beside it and the others below. */
export function multiline(lines: Lines, title: string, values: readonly string[], before = ""): void {
  lines.raw(`${title}:\t${before}${orNone(values[0] ?? "")}\n`);
  for (const value of values.slice(1)) lines.raw(`\t${value}\n`);
}

const longest = 140;
const hidden = new Set(["kubectl.kubernetes.io/last-applied-configuration"]);

export function annotationLines(lines: Lines, title: string, annotations: JsonObject): void {
  const keys = sortedKeys(annotations).filter((key) => !hidden.has(key));
  if (keys.length === 0) {
    lines.raw(`${title}:\t<none>\n`);
    return;
  }
  keys.forEach((key, index) => {
    const start = index === 0 ? `${title}:\t` : "\t";
    const value = textOf(annotations[key]).replace(/\n$/, "");
    if (value.length + key.length + 2 < longest && !value.includes("\n")) lines.raw(`${start}${key}: ${value}\n`);
    else {
      lines.raw(`${start}${key}:\n`);
      for (const line of value.split("\n")) lines.raw(`\t  ${shorten(line, longest - 2)}\n`);
    }
  });
}

function shorten(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length)}...` : text;
}
