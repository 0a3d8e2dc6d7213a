/** `x-kubernetes-validations` of one place of a schema, ready to be evaluated. */
import { type Checked, checkCel } from "../../cel/check.ts";
import { literalValue } from "../../cel/literals.ts";
import { CelError, type CelNode } from "../../cel/parse.ts";
import { type CelType, formatType, optionalOf } from "../../cel/types.ts";
import { regularExpression } from "../go-regexp.ts";
import { regularExpressionError } from "../go-regexp-error.ts";
import type { JsonSchema } from "../json-schema.ts";
import { readFieldPath } from "./field-path.ts";
import { celTypeOf } from "./schema-type.ts";

/** `ValidationRule`. */
export interface Rule {
  readonly rule: string;
  readonly message?: string;
  readonly messageExpression?: string;
  readonly reason?: string;
  readonly fieldPath?: string;
  readonly optionalOldSelf?: boolean;
}

export interface CompiledRule {
  readonly rule: Rule;
  /** Null where there is an error. */
  readonly node: CelNode | null;
  readonly error: string;
  /** Null: none, or one that cannot be used. */
  readonly message: CelNode | null;
  readonly messageError: string;
  readonly usesOldSelf: boolean;
  /** Where its failures are told of, below the place of the rule. */
  readonly path: string;
}

export function rulesOf(schema: JsonSchema): readonly Rule[] {
  return (schema["x-kubernetes-validations"] ?? []) as readonly Rule[];
}

/** Cache, by the schema whose rules they are and the one that says what the value is. */
const compiled = new WeakMap<JsonSchema, WeakMap<JsonSchema, readonly CompiledRule[]>>();

export function compileRules(rules: JsonSchema, schema: JsonSchema, isResource: boolean): readonly CompiledRule[] {
  const own = rulesOf(rules);
  if (own.length === 0) return [];
  const known = compiled.get(rules)?.get(schema);
  if (known !== undefined) return known;
  const type = celTypeOf(schema, isResource, "selfType");
  const made = own.map((rule) => compileRule(rule, schema, type));
  if (!compiled.has(rules)) compiled.set(rules, new WeakMap());
  compiled.get(rules)!.set(schema, made);
  return made;
}

function compileRule(rule: Rule, schema: JsonSchema, type: CelType | null): CompiledRule {
  const base = { rule, node: null, error: "", message: null, messageError: "", usesOldSelf: false, path: "" };
  if (rule.rule.trim() === "") return base;
  if (type === null) return { ...base, error: undeclared(schema) };
  const oldSelf = rule.optionalOldSelf === true ? optionalOf(type) : type;
  const variables = { self: type, oldSelf };
  const body = compileTo("bool", rule.rule, variables);
  if ("error" in body) return { ...base, error: body.error };
  const path =
    rule.fieldPath === undefined || rule.fieldPath === "" ? { path: "" } : readFieldPath(rule.fieldPath, schema);
  if ("error" in path) return { ...base, error: `invalid fieldPath: ${path.error}` };
  const usesOldSelf = mentions(body.node, "oldSelf");
  const done = { ...base, node: body.node, usesOldSelf, path: path.path };
  if (rule.messageExpression === undefined || rule.messageExpression === "") return done;
  const message = compileTo("string", rule.messageExpression, variables);
  return "error" in message
    ? { ...done, messageError: `messageExpression ${message.error}` }
    : { ...done, message: message.node };
}

function undeclared({ type = "", ...rest }: JsonSchema): string {
  const preserves = rest["x-kubernetes-preserve-unknown-fields"] === true;
  return `rule declared on schema that does not support validation rules type: '${type}' x-kubernetes-preserve-unknown-fields: '${preserves}'`;
}

function compileTo(
  wanted: "bool" | "string",
  source: string,
  variables: Readonly<Record<string, CelType>>,
): Checked | { readonly error: string } {
  let checked: Checked;
  try {
    checked = checkCel(source, variables);
  } catch (error) {
    if (!(error instanceof CelError)) throw error;
    return { error: `compilation failed: ${error.message}` };
  }
  const pattern = brokenPattern(checked.node);
  if (pattern !== null) return { error: `program instantiation failed: ${regularExpressionError(pattern)}` };
  if (formatType(checked.type) === wanted) return checked;
  return { error: wanted === "bool" ? "cel expression must evaluate to a bool" : "must evaluate to a string" };
}

const SEARCHES = ["matches", "find", "findAll"];

/** A constant regular expression that is none; null: all are fine. */
function brokenPattern(value: unknown): string | null {
  if (typeof value !== "object" || value === null) return null;
  const node = value as CelNode;
  if (node.kind === "call" && SEARCHES.includes(node.name)) {
    const pattern = node.target === null ? node.args[1] : node.args[0];
    if (pattern?.kind === "literal" && pattern.type === "string") {
      const text = literalValue(pattern) as string;
      if (regularExpression(text) === null) return text;
    }
  }
  for (const inner of Object.values(value)) {
    const found = brokenPattern(inner);
    if (found !== null) return found;
  }
  return null;
}

/** Whether an expression speaks of a variable. */
function mentions(value: unknown, name: string): boolean {
  if (Array.isArray(value)) return value.some((one) => mentions(one, name));
  if (typeof value !== "object" || value === null) return false;
  const node = value as Partial<CelNode> & { readonly name?: string };
  if (node.kind === "ident") return node.name === name;
  return Object.values(value).some((one) => mentions(one, name));
}
