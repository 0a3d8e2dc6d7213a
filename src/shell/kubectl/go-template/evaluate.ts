/** Runs a parsed template on a value. */
import { decodeBase64Text } from "../../../sim/api/base64.ts";
import { equalJson } from "../../../sim/api/equal.ts";
import { isObject, type Json, sortedKeys } from "../json.ts";
import { goV } from "../printers/go-value.ts";
import { type Expr, TemplateError, type TemplateNode } from "./parser.ts";

export interface TemplateOptions {
  readonly allowMissingKeys: boolean;
}

type Value = Json | undefined;

interface Scope {
  readonly dot: Value;
  readonly variables: Map<string, Value>;
  readonly options: TemplateOptions;
}

export function evaluateTemplate(nodes: readonly TemplateNode[], data: Json, options: TemplateOptions): string {
  return runNodes(nodes, { dot: data, variables: new Map([["", data]]), options });
}

function runNodes(nodes: readonly TemplateNode[], scope: Scope): string {
  return nodes.map((node) => runNode(node, scope)).join("");
}

function runNode(node: TemplateNode, scope: Scope): string {
  switch (node.type) {
    case "text":
      return node.text;
    case "print":
      return goV(value(node.expr, scope));
    case "assign":
      scope.variables.set(node.name, value(node.expr, scope));
      return "";
    case "if":
      return runNodes(isTrue(value(node.expr, scope)) ? node.body : node.otherwise, inner(scope, scope.dot));
    case "with": {
      const dot = value(node.expr, scope);
      return isTrue(dot) ? runNodes(node.body, inner(scope, dot)) : runNodes(node.otherwise, inner(scope, scope.dot));
    }
    case "range":
      return runRange(node, scope);
  }
}

function inner(scope: Scope, dot: Value): Scope {
  return { dot, variables: new Map(scope.variables), options: scope.options };
}

function runRange(node: TemplateNode & { readonly type: "if" | "with" | "range" }, scope: Scope): string {
  const over = value(node.expr, scope);
  const entries: readonly (readonly [Json, Json])[] = Array.isArray(over)
    ? over.map((item: Json, index: number) => [index, item] as const)
    : isObject(over)
      ? sortedKeys(over).map((key) => [key, over[key]!] as const)
      : [];
  if (entries.length === 0) return runNodes(node.otherwise, inner(scope, scope.dot));
  return entries
    .map(([key, item]) => {
      const body = inner(scope, item);
      const [first, second] = node.variables;
      if (second !== undefined) body.variables.set(first!, key).set(second, item);
      else if (first !== undefined) body.variables.set(first, item);
      return runNodes(node.body, body);
    })
    .join("");
}

function value(expr: Expr, scope: Scope): Value {
  switch (expr.type) {
    case "dot":
      return scope.dot;
    case "literal":
      return expr.value;
    case "variable":
      if (!scope.variables.has(expr.name))
        throw new TemplateError(`template: output:1: undefined variable "$${expr.name}"`);
      return scope.variables.get(expr.name);
    case "chain":
      return expr.fields.reduce((here, field) => fieldOf(here, field, scope), value(expr.base, scope));
    case "call":
      return call(
        expr.name,
        expr.args.map((argument) => value(argument, scope)),
      );
  }
}

function fieldOf(here: Value, field: string, scope: Scope): Value {
  if (isObject(here)) {
    if (Object.hasOwn(here, field)) return here[field];
    if (scope.options.allowMissingKeys) return undefined;
    throw new TemplateError(
      `template: output:1: executing "output" at <.${field}>: map has no entry for key "${field}"`,
    );
  }
  if (here === undefined || here === null) {
    throw new TemplateError(
      `template: output:1: executing "output" at <.${field}>: nil pointer evaluating interface {}.${field}`,
    );
  }
  throw new TemplateError(
    `template: output:1: executing "output" at <.${field}>: can't evaluate field ${field} in type interface {}`,
  );
}

function isTrue(it: Value): boolean {
  if (it === undefined || it === null || it === false || it === 0 || it === "") return false;
  if (Array.isArray(it)) return it.length > 0;
  return !isObject(it) || sortedKeys(it).length > 0;
}

function less(a: Value, b: Value): boolean {
  if (typeof a !== typeof b || (typeof a !== "number" && typeof a !== "string")) {
    throw new TemplateError("incompatible types for comparison");
  }
  return a < (b as typeof a);
}

function call(name: string, args: readonly Value[]): Value {
  const [a, b] = args;
  switch (name) {
    case "and":
      return args.find((arg) => !isTrue(arg)) ?? args.at(-1);
    case "or":
      return args.find(isTrue) ?? args.at(-1);
    case "not":
      return !isTrue(a);
    case "eq":
      return args.slice(1).some((other) => equalJson(a, other));
    case "ne":
      return !equalJson(a, b);
    case "lt":
      return less(a, b);
    case "le":
      return !less(b, a);
    case "gt":
      return less(b, a);
    case "ge":
      return !less(a, b);
    case "len":
      return length(a);
    case "index":
      return args.slice(1).reduce(indexOf, a);
    case "slice":
      return typeof a === "string" || Array.isArray(a)
        ? (a.slice(Number(b ?? 0), args[2] === undefined ? undefined : Number(args[2])) as Json)
        : undefined;
    case "exists":
      return exists(a, args.slice(1));
    case "base64decode":
      return decodeBase64(a);
    case "printf":
      return printf(String(a), args.slice(1));
    case "println":
      return `${args.map(goV).join(" ")}\n`;
    case "html":
      return args
        .map(goV)
        .join("")
        .replaceAll("&", "&amp;")
        .replaceAll("<", "&lt;")
        .replaceAll(">", "&gt;")
        .replaceAll('"', "&#34;")
        .replaceAll("'", "&#39;");
    case "js":
      return JSON.stringify(args.map(goV).join("")).slice(1, -1);
    case "urlquery":
      return encodeURIComponent(args.map(goV).join(""));
    default:
      return args.map(goV).join("");
  }
}

function length(of: Value): number {
  if (typeof of === "string" || Array.isArray(of)) return of.length;
  if (isObject(of)) return sortedKeys(of).length;
  throw new TemplateError("error calling len: len of nil pointer");
}

function indexOf(here: Value, key: Value): Value {
  if (Array.isArray(here)) {
    const index = Number(key);
    if (!(index >= 0 && index < here.length))
      throw new TemplateError(`error calling index: reflect: slice index out of range`);
    return here[index];
  }
  if (isObject(here)) return Object.hasOwn(here, String(key)) ? here[String(key)] : undefined;
  throw new TemplateError("error calling index: index of untyped nil");
}

function exists(here: Value, keys: readonly Value[]): boolean {
  let at: Value = here;
  for (const key of keys) {
    if (Array.isArray(at)) at = at[Number(key)];
    else if (isObject(at) && Object.hasOwn(at, String(key))) at = at[String(key)];
    else return false;
  }
  return at !== undefined;
}

function decodeBase64(text: Value): string {
  const decoded = decodeBase64Text(String(text));
  if (decoded === null) throw new TemplateError("error calling base64decode: illegal base64 data");
  return decoded;
}

/** `%s %v %d %q %t %5s %-5s %.2f`. */
function printf(format: string, args: readonly Value[]): string {
  let next = 0;
  return format.replace(
    /%(-?)(\d*)(?:\.(\d+))?([a-zA-Z%])/g,
    (_whole, minus: string, width: string, digits: string | undefined, verb: string) => {
      if (verb === "%") return "%";
      const argument = args[next];
      next += 1;
      if (next > args.length) return `%!${verb}(MISSING)`;
      const text =
        verb === "q"
          ? JSON.stringify(goV(argument))
          : verb === "f"
            ? Number(argument).toFixed(Number(digits ?? 6))
            : goV(argument);
      return minus ? text.padEnd(Number(width)) : text.padStart(Number(width || 0));
    },
  );
}
