/**
 * The text of a difference between two Go values, as the API server appends it where a spec may not change: what is the
 * same is cut short, what differs stands in lines with `-` and `+` (go-cmp's reporter). Its blanks are plain ones; upstream
 * takes unbreakable ones in every second process, to keep anybody from relying on them.
 */
import { goAmount } from "../go-values.ts";
import { compare, type DiffNode, type DiffRecord } from "./compare.ts";
import { ellipsis, layOut, line, type Mark, plainText, type Text, type TextRecord, wrap } from "./layout.ts";
import { fieldOf, type GoType, goStruct, isNil, isZero, type Json } from "./types.ts";

/** What is printed: both sides, what they have in common, or one of them. */
type Mode = "both" | "same" | "-" | "+";
/** Whether the type of a struct, slice or map stands before it. */
type Naming = "auto" | "never" | "always";

interface Options {
  readonly mode: Mode;
  readonly naming: Naming;
  /** How much is shown: each level inside shows half as much. */
  readonly verbosity: number;
}

/** Records that are shown before and after what differs. */
const CONTEXT = 2;
const NIL = line("nil");

/** "" where nothing differs. `struct` is the Go name without the package. */
export function goDiff(struct: string, x: Json, y: Json): string {
  const root = compare(goStruct(struct), x, y);
  return root.different === 0 ? "" : layOut(diffText(root, { mode: "both", naming: "auto", verbosity: 0 }));
}

function diffText(node: DiffNode, given: Options): Text {
  const verbosity = given.mode === "same" ? 1 : Math.max(given.verbosity, 3);
  const options = { ...given, verbosity };
  if (node.depth === 0 && node.records.length === 0) return leafText(node, options);
  if (node.type.kind === "pointer") return wrap("&", diffText(node.records[0]!.node, options));
  return named(node.type, recordsText(node, options), options);
}

function leafText(node: DiffNode, options: Options): Text {
  const { type, x, y } = node;
  if (options.mode === "-") return valueText(type, x.value, options);
  if (options.mode === "+") return valueText(type, y.value, options);
  if (node.different === 0) {
    const [shownX, shownY] = [valueText(type, x.value, options), valueText(type, y.value, options)];
    return plainText(shownX).length < plainText(shownY).length ? shownX : shownY;
  }
  const quiet: Options = { ...options, naming: "never" };
  const records: TextRecord[] = [];
  if (x.there) records.push({ mark: "-", key: "", value: valueText(type, x.value, quiet) });
  if (y.there) records.push({ mark: "+", key: "", value: valueText(type, y.value, quiet) });
  return named(type, { kind: "list", records }, { ...options, naming: "always" });
}

function named(type: GoType, text: Text, { mode, naming }: Options): Text {
  if (naming === "never" || (naming === "auto" && mode === "same")) return text;
  if (type.kind !== "struct" && type.kind !== "slice" && type.kind !== "map") return text;
  if (naming === "auto" && text === NIL) return text;
  return wrap(type.name, text.kind === "wrap" ? text : wrap("(", text, ")"));
}

const WHAT: Readonly<Record<string, string>> = { struct: "field", slice: "element", map: "entry" };

function keyText(type: GoType, key: string): string {
  if (type.kind !== "map") return key;
  return (type.keysPrintThemselves ? "s" : "") + JSON.stringify(key);
}

function recordsText(node: DiffNode, options: Options): Text {
  const inside: Options = {
    ...options,
    naming: node.type.kind === "struct" ? "auto" : "never",
    verbosity: options.verbosity - 1,
  };
  const records = options.mode === "both" ? diffRecords(node, options, inside) : oneSide(node, options, inside);
  return wrap("{", { kind: "list", records }, "}");
}

function isEmptySide({ type, x, y }: DiffNode, mode: Mode): boolean {
  if (mode === "-") return isZero(type, x.value);
  if (mode === "+") return isZero(type, y.value);
  return isZero(type, x.value) || isZero(type, y.value);
}

function oneSide(node: DiffNode, { mode, verbosity }: Options, inside: Options): TextRecord[] {
  const most = mode === "same" ? ((1 << verbosity) >> 1) << 2 : (1 << verbosity) << 1;
  const shown = node.records.filter((record) => node.type.kind !== "struct" || !isEmptySide(record.node, mode));
  const records = shown.slice(0, most).map(
    ({ key, node: one }): TextRecord => ({
      mark: "",
      key: keyText(node.type, key),
      value: diffText(one, inside),
    }),
  );
  return shown.length > most ? [...records, ellipsis()] : records;
}

/** Neighbours that are all the same, or that all differ. */
interface Group {
  readonly differs: boolean;
  readonly records: readonly DiffRecord[];
}

function groupsOf(records: readonly DiffRecord[]): readonly Group[] {
  const groups: { differs: boolean; records: DiffRecord[] }[] = [];
  for (const record of records) {
    const differs = record.node.different > 0;
    const last = groups.at(-1);
    if (last?.differs === differs) last.records.push(record);
    else groups.push({ differs, records: [record] });
  }
  return groups;
}

function diffRecords(node: DiffNode, options: Options, inside: Options): TextRecord[] {
  const most = (1 << options.verbosity) << 1;
  const what = WHAT[node.type.kind]!;
  const groups = groupsOf(node.records);
  const shown: TextRecord[] = [];
  const left: DiffRecord[] = [];
  let differences = 0;
  groups.forEach((group, index) => {
    if (differences >= most) left.push(...group.records);
    else if (group.differs) {
      for (const record of group.records) shown.push(...changed(node.type, record, inside));
      differences += group.records.length;
    } else shown.push(...unchanged(node.type, group.records, index === 0, index === groups.length - 1, inside, what));
  });
  if (left.length > 0) shown.push(ellipsis(statistics(left, what)));
  return shown;
}

function unchanged(
  type: GoType,
  records: readonly DiffRecord[],
  isFirst: boolean,
  isLast: boolean,
  inside: Options,
  what: string,
): TextRecord[] {
  const count = records.length;
  const before = isFirst ? 0 : Math.min(CONTEXT, count);
  let after = isLast ? 0 : Math.min(CONTEXT, count - before);
  if (count - before - after === 1) after++;
  const shown = ({ key, node }: DiffRecord): TextRecord => ({
    mark: "",
    key: keyText(type, key),
    value: diffText(node, { ...inside, mode: "same" }),
  });
  const hidden = records.slice(before, count - after);
  return [
    ...records.slice(0, before).map(shown),
    ...(hidden.length > 0 ? [ellipsis(statistics(hidden, what))] : []),
    ...records.slice(count - after).map(shown),
  ];
}

function changed(type: GoType, { key, node }: DiffRecord, inside: Options): TextRecord[] {
  const name = keyText(type, key);
  // Whatever branches is shown once, with what differs in it.
  if (node.descendants !== node.depth) return [{ mark: "", key: name, value: diffText(node, inside) }];
  const side = (mark: Mark & Mode): TextRecord => ({
    mark,
    key: name,
    value: diffText(node, { ...inside, mode: mark }),
  });
  return [...(node.x.there ? [side("-")] : []), ...(node.y.there ? [side("+")] : [])];
}

/** `1 identical, 2 removed, and 1 modified fields` */
function statistics(records: readonly DiffRecord[], what: string): string {
  const counts: Record<string, number> = { identical: 0, removed: 0, inserted: 0, modified: 0 };
  for (const { node } of records) {
    const kind =
      node.different === 0 ? "identical" : !node.y.there ? "removed" : !node.x.there ? "inserted" : "modified";
    counts[kind]!++;
  }
  const parts = Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([kind, count]) => `${count} ${kind}`);
  const plural = what === "entry" ? "entries" : `${what}s`;
  const listed = parts.length > 2 ? `${parts.slice(0, -1).join(", ")}, and ${parts.at(-1)}` : parts.join(" and ");
  return `${listed} ${records.length > 1 ? plural : what}`;
}

function valueText(type: GoType, value: Json, options: Options): Text {
  switch (type.kind) {
    case "string":
      return textText(typeof value === "string" ? value : "", options);
    case "number":
      return line(String(isNil(value) ? 0 : value));
    case "boolean":
      return line(String(value === true));
    case "pointer":
      return isNil(value) ? NIL : wrap("&", valueText(type.element, value, options));
    case "quantity":
      return amountText(isNil(value) ? null : String(value), options);
    case "intOrString":
      return named(INT_OR_STRING, intOrStringText(value), options);
    default:
      return isNil(value) && type.kind !== "struct" ? NIL : named(type, compositeText(type, value, options), options);
  }
}

const INT_OR_STRING: GoType = { kind: "struct", name: "intstr.IntOrString", fields: [] };

function intOrStringText(value: Json): Text {
  if (typeof value === "string") return line(`{Type: 1, StrVal: ${JSON.stringify(value)}}`);
  return line(isNil(value) || value === 0 ? "{}" : `{IntVal: ${value}}`);
}

function amountText(amount: string | null, options: Options): Text {
  if (amount === null) return named(QUANTITY, line("{}"), options);
  const { value, scale, format } = goAmount(amount);
  const parts = [...(value === 0n ? [] : [`value: ${value}`]), ...(scale === 0 ? [] : [`scale: ${scale}`])];
  const name = options.mode === "same" ? "" : "resource.int64Amount";
  const fields = [
    ...(parts.length > 0 ? [`i: ${name}{${parts.join(", ")}}`] : []),
    `s: ${JSON.stringify(amount)}`,
    `Format: "${format}"`,
  ];
  return named(QUANTITY, line(`{${fields.join(", ")}}`), options);
}

const QUANTITY: GoType = { kind: "struct", name: "resource.Quantity", fields: [] };

type Composite = Extract<GoType, { readonly kind: "struct" | "slice" | "map" }>;

function compositeText(type: Composite, value: Json, options: Options): Text {
  const verbosity = Math.max(options.verbosity, 0);
  const most = ((1 << verbosity) >> 1) << 2;
  const inside: Options = {
    ...options,
    naming: type.kind === "struct" ? "auto" : "never",
    verbosity: options.verbosity - 1,
  };
  const parts = partsOf(type, value);
  const records = parts.slice(0, most).map(
    ({ key, type: one, value: part }): TextRecord => ({
      mark: "",
      key,
      value: valueText(one, part, inside),
    }),
  );
  if (parts.length > most) records.push(ellipsis());
  return wrap("{", { kind: "list", records }, "}");
}

interface Part {
  readonly key: string;
  readonly type: GoType;
  readonly value: Json;
}

function partsOf(type: Composite, value: Json): readonly Part[] {
  switch (type.kind) {
    case "struct":
      return type.fields
        .map((field) => ({ key: field.name, type: field.type, value: fieldOf(value, field) }))
        .filter((part) => !isZero(part.type, part.value));
    case "slice":
      return (value as readonly Json[]).map((one) => ({ key: "", type: type.element, value: one }));
    case "map":
      return Object.entries(value as Readonly<Record<string, Json>>)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([key, one]) => ({ key: keyText(type, key), type: type.element, value: one }));
  }
}

/** Long texts are cut where they are not what differs. */
function textText(text: string, { verbosity }: Options): Text {
  const most = (1 << Math.max(verbosity, 0)) << 5;
  return line(text.length > most + 3 ? `${quoted(text.slice(0, most))}...` : quoted(text));
}

/** Raw where that needs no escapes. */
function quoted(text: string): string {
  const escaped = JSON.stringify(text);
  const mayBeRaw = escaped.length > text.length + 2 && ![...text].some(needsEscape);
  return mayBeRaw ? `\`${text}\`` : escaped;
}

function needsEscape(character: string): boolean {
  return character === "`" || character === "\x7f" || (character < " " && character !== "\t");
}
