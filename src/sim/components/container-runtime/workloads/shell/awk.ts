/** awk as shell lines of manifests use it: `[condition] { print ... }`, sums, and `END { print ... }`. */
import type { Context } from "../../../../kernel/types.ts";
import { padded } from "./bounds.ts";
import { type Done, done, failed } from "./done.ts";
import { filesText } from "./input.ts";
import { compileRegex, type Regex } from "./regex.ts";
import type { ShellState } from "./state.ts";

interface Record_ {
  readonly fields: readonly string[];
  readonly line: string;
  readonly number: number;
  readonly variables: Map<string, string>;
}

export function awk(argv: readonly string[], state: ShellState, context: Context, input: string): Done {
  let separator: string | Regex | null = BLANKS;
  const variables = new Map<string, string>();
  const words: string[] = [];
  for (let index = 1; index < argv.length; index += 1) {
    const word = argv[index] as string;
    if (word === "-F") separator = separatorOf(argv[++index] ?? " ");
    else if (word.startsWith("-F")) separator = separatorOf(word.slice(2));
    else if (word === "-v") {
      const [name = "", value = ""] = (argv[++index] ?? "").split("=", 2);
      variables.set(name, value);
    } else words.push(word);
  }
  const [script = "", ...paths] = words;
  const rules = rulesOf(script);
  if (separator === null) return failed("awk: bad regex\n", 2);
  if (rules === null) return failed(`awk: cmd. line:1: this shell's awk does not know: ${script}\n`, 2);
  const { text, err } = filesText(paths, state, context, input, "awk");
  let out = "";
  let record: Record_ = { fields: [], line: "", number: 0, variables };
  const run = (at: "BEGIN" | "END" | null): void => {
    for (const { condition, statements } of rules) {
      const isSpecial = condition === "BEGIN" || condition === "END";
      if (at === null ? isSpecial || !holds(condition, record) : condition !== at) continue;
      for (const statement of statements) out += execute(statement, record);
    }
  };
  try {
    run("BEGIN");
    for (const [index, line] of text.replace(/\n$/, "").split("\n").entries()) {
      if (text === "") break;
      record = { fields: fieldsOf(line, separator), line, number: index + 1, variables };
      run(null);
    }
    run("END");
  } catch (error) {
    if (!(error instanceof BadRegex)) throw error;
    return failed(`awk: bad regex '${error.message}'\n`, 2);
  }
  return { ...done(out, err === "" ? 0 : 2), err };
}

const BLANKS = "blanks";

function separatorOf(text: string): string | Regex | null {
  if (text === " ") return BLANKS;
  return text.length === 1 ? text : compileRegex(text, { extended: true });
}

function fieldsOf(line: string, separator: string | Regex): readonly string[] {
  if (separator === BLANKS) return line.trim() === "" ? [] : line.trim().split(/[ \t]+/);
  if (line === "") return [];
  if (typeof separator === "string") return line.split(separator);
  const fields: string[] = [];
  let at = 0;
  for (let found = separator.find(line); found !== null; found = separator.find(line, at)) {
    const [start = 0, end = 0] = found;
    if (end === start) break;
    fields.push(line.slice(at, start));
    at = end;
  }
  return [...fields, line.slice(at)];
}

class BadRegex extends Error {}

function regexOf(pattern: string): Regex {
  const regex = compileRegex(pattern, { extended: true });
  if (regex === null) throw new BadRegex(pattern);
  return regex;
}

interface Rule {
  readonly condition: string;
  readonly statements: readonly string[];
}

function rulesOf(script: string): Rule[] | null {
  const rules: Rule[] = [];
  let rest = script.trim();
  while (rest !== "") {
    const match = /^((?:"[^"]*"|\/(?:\\.|[^/])*\/|[^{])*?)\{((?:"(?:\\.|[^"])*"|[^}])*)\}\s*;?\s*/.exec(rest);
    if (match === null) {
      if (rest.includes("{") || rest.includes("}")) return null;
      rules.push({ condition: rest, statements: ["print"] });
      return rules;
    }
    const statements = split(match[2] ?? "", /[;\n]/);
    if (!statements.every((one) => /^(print\b|printf\b|[A-Za-z_]\w*\s*(\+=|-=|=|\+\+))/.test(one))) return null;
    rules.push({ condition: (match[1] ?? "").trim(), statements });
    rest = rest.slice(match[0].length);
  }
  return rules;
}

/** Parts between separators that are outside of quotes and brackets. */
function split(text: string, separator: RegExp): string[] {
  const parts: string[] = [];
  let part = "";
  for (const token of text.match(/"(?:\\.|[^"\\])*"|\([^)]*\)|[\s\S]/g) ?? []) {
    if (token.length === 1 && separator.test(token)) {
      parts.push(part.trim());
      part = "";
    } else part += token;
  }
  return [...parts, part.trim()].filter((one) => one !== "");
}

function holds(condition: string, record: Record_): boolean {
  if (condition === "") return true;
  const either = split(condition.replaceAll("||", "§"), /§/);
  if (either.length > 1) return either.some((one) => holds(one, record));
  const both = split(condition.replaceAll("&&", "§"), /§/);
  if (both.length > 1) return both.every((one) => holds(one, record));
  const pattern = /^(?:(.+?)\s*(!?~)\s*)?\/(.*)\/$/.exec(condition);
  if (pattern !== null) {
    const subject = pattern[1] === undefined ? record.line : value(pattern[1], record);
    return (regexOf(pattern[3] ?? "").find(subject) !== null) !== (pattern[2] === "!~");
  }
  const compare = /^(.+?)\s*(==|!=|<=|>=|<|>)\s*(.+)$/.exec(condition);
  if (compare === null) return !["", "0"].includes(value(condition, record));
  const [left, right] = [value(compare[1] ?? "", record), value(compare[3] ?? "", record)];
  const numeric = [left, right].every((one) => /^-?\d+(\.\d+)?$/.test(one));
  const [a, b] = numeric ? [Number(left), Number(right)] : [left, right];
  switch (compare[2]) {
    case "==":
      return a === b;
    case "!=":
      return a !== b;
    case "<":
      return a < b;
    case "<=":
      return a <= b;
    case ">":
      return a > b;
    default:
      return a >= b;
  }
}

function execute(statement: string, record: Record_): string {
  const print = /^(printf?)\b\s*(.*)$/s.exec(statement);
  if (print !== null) {
    const args = split((print[2] ?? "").replace(/^\((.*)\)$/s, "$1"), /,/).map((one) => value(one, record));
    if (print[1] === "print") return `${args.length === 0 ? record.line : args.join(" ")}\n`;
    const [format = "", ...values] = args;
    return format.replace(/%(-?)(\d*)(?:\.(\d+))?([sdf%])/g, (_whole, left: string, width: string, precision, kind) => {
      if (kind === "%") return "%";
      const given = values.shift() ?? "";
      const number = Number.parseFloat(given) || 0;
      const text =
        kind === "s" ? given : kind === "d" ? String(Math.trunc(number)) : number.toFixed(Number(precision ?? 6));
      return padded(text, Number(width), left === "-", " ");
    });
  }
  const [, name = "", operator = "", expression = "1"] = /^(\w+)\s*(\+=|-=|=|\+\+)\s*(.*)$/s.exec(statement) ?? [];
  const before = Number(record.variables.get(name) ?? "0");
  const given = value(expression === "" ? "1" : expression, record);
  const after = operator === "=" ? given : String(before + (operator === "-=" ? -1 : 1) * (Number(given) || 0));
  record.variables.set(name, after);
  return "";
}

/** Strings, numbers, fields, variables; sums and products of two; side by side they are one text. */
function value(expression: string, record: Record_): string {
  const text = expression.trim().replace(/^\((.*)\)$/s, "$1");
  const sum = /^([^"]+?)\s*([-+*/%])\s*([^"]+)$/.exec(text);
  if (sum !== null && !text.startsWith("-")) {
    const [a, b] = [Number(value(sum[1] ?? "", record)) || 0, Number(value(sum[3] ?? "", record)) || 0];
    const results = { "+": a + b, "-": a - b, "*": a * b, "/": b === 0 ? 0 : a / b, "%": b === 0 ? 0 : a % b };
    return String(results[sum[2] as keyof typeof results]);
  }
  return (text.match(/"(?:\\.|[^"\\])*"|\$\w+|\$\([^)]*\)|-?[\w.]+/g) ?? []).map((one) => atom(one, record)).join("");
}

function atom(text: string, record: Record_): string {
  const { fields, line, number, variables } = record;
  if (text.startsWith('"'))
    return text.slice(1, -1).replaceAll("\\n", "\n").replaceAll("\\t", "\t").replaceAll('\\"', '"');
  if (text === "NR") return String(number);
  if (text === "NF") return String(fields.length);
  if (text.startsWith("$")) {
    const index = Number(value(text.slice(1), record));
    return index === 0 ? line : (fields[index - 1] ?? "");
  }
  return /^-?\d/.test(text) ? text : (variables.get(text) ?? "");
}
