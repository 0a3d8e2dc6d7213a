/** How the report of a difference is laid out: short things in one line, others in indented lines with aligned keys. */

export type Mark = "" | "-" | "+";

export type Text =
  | { readonly kind: "line"; readonly text: string }
  | { readonly kind: "wrap"; readonly prefix: string; readonly value: Text; readonly suffix: string }
  | { readonly kind: "list"; readonly records: readonly TextRecord[] };

export interface TextRecord {
  readonly mark: Mark;
  readonly key: string;
  readonly value: Text;
  /** An ellipsis has no comma, but may say what it stands for. */
  readonly comment?: string;
  readonly isEllipsis?: boolean;
}

const MAX_COLUMNS = 80;

export function line(text: string): Text {
  return { kind: "line", text };
}

export function wrap(prefix: string, value: Text, suffix = ""): Text {
  return { kind: "wrap", prefix, value, suffix };
}

export function ellipsis(comment?: string): TextRecord {
  const record: TextRecord = { mark: "", key: "", value: line("..."), isEllipsis: true };
  return comment === undefined ? record : { ...record, comment };
}

export function layOut(text: Text): string {
  return `  ${expanded(compact(text, ""), "", 0)}\n`;
}

/** Equal texts are told apart by nobody. */
export function plainText(text: Text): string {
  switch (text.kind) {
    case "line":
      return text.text;
    case "wrap":
      return `${text.prefix}${plainText(text.value)}${text.suffix}`;
    case "list":
      return text.records.map(({ mark, key, value }) => `${mark}${keyText(key)}${plainText(value)}`).join(", ");
  }
}

function keyText(key: string): string {
  return key === "" ? "" : `${key}: `;
}

/** What fits in one line becomes one. */
function compact(text: Text, mark: Mark): Text {
  if (text.kind === "line") return text;
  if (text.kind === "wrap") {
    const value = compact(text.value, mark);
    return value.kind === "line" ? line(`${text.prefix}${value.text}${text.suffix}`) : { ...text, value };
  }
  const records = text.records.map((record) => ({ ...record, value: compact(record.value, record.mark || mark) }));
  const isOneLine = records.every(
    ({ mark, value, comment }) => mark === "" && comment === undefined && value.kind === "line",
  );
  const joined = records.map(({ key, value }) => `${keyText(key)}${plainText(value)}`).join(", ");
  return isOneLine && (mark === "" || joined.length <= MAX_COLUMNS) ? line(joined) : { ...text, records };
}

function newLine(mark: Mark, depth: number): string {
  return `\n${mark === "" ? " " : mark} ${"\t".repeat(depth)}`;
}

function expanded(text: Text, mark: Mark, depth: number): string {
  switch (text.kind) {
    case "line":
      return text.text;
    case "wrap":
      return `${text.prefix}${expanded(text.value, mark, depth)}${text.suffix}`;
    case "list":
      return isSimple(text.records)
        ? batched(text.records, mark, depth)
        : listed(text.records, mark, depth) + newLine(mark, depth);
  }
}

function isSimple(records: readonly TextRecord[]): boolean {
  return (
    records.length > 0 &&
    records.every(
      ({ mark, key, value, comment }) => mark === "" && key === "" && value.kind === "line" && comment === undefined,
    )
  );
}

/** As many in a line as fit. */
function batched(records: readonly TextRecord[], mark: Mark, depth: number): string {
  const lines: string[] = [];
  let batch = "";
  for (const { value } of records) {
    const item = `${plainText(value)}, `;
    if (batch !== "" && batch.length + item.length > MAX_COLUMNS) {
      lines.push(batch);
      batch = "";
    }
    batch += item;
  }
  lines.push(batch);
  return lines.map((one) => newLine(mark, depth + 1) + one.trimEnd()).join("") + newLine(mark, depth);
}

function listed(records: readonly TextRecord[], mark: Mark, depth: number): string {
  const keys = padding(
    records,
    ({ key, value }) => key !== "" && value.kind === "line",
    ({ key }) => key.length,
  );
  const values = padding(
    records,
    ({ value, comment, isEllipsis }) => value.kind === "line" && comment !== undefined && !isEllipsis,
    ({ value }) => plainText(value).length,
  );
  return records
    .map((record, index) => {
      const own = record.mark || mark;
      const value = expanded(record.value, own, depth + 1);
      const comma = record.isEllipsis ? "" : ",";
      const comment = record.comment === undefined ? "" : ` // ${record.comment}`;
      return `${newLine(own, depth + 1)}${keyText(record.key)}${" ".repeat(keys[index]!)}${value}${comma}${" ".repeat(values[index]!)}${comment}`;
    })
    .join("");
}

/** Blanks after each of neighbours that are aligned. */
function padding(
  records: readonly TextRecord[],
  isAligned: (record: TextRecord) => boolean,
  lengthOf: (record: TextRecord) => number,
): number[] {
  const blanks = new Array<number>(records.length).fill(0);
  let start = 0;
  while (start < records.length) {
    let end = start;
    while (end < records.length && isAligned(records[end]!)) end++;
    const run = records.slice(start, end).map(lengthOf);
    const widest = Math.max(0, ...run);
    run.forEach((length, offset) => {
      blanks[start + offset] = widest - length;
    });
    start = end + 1;
  }
  return blanks;
}
