/** Custom resources against the rules of their schema (apiextensions-apiserver `pkg/apiserver/schema/cel`). */
import { type CelBudget, CostExceeded, evaluateCel } from "../../cel/evaluate.ts";
import { CelFault, type CelValue, NO_SUCH_OVERLOAD, NOTHING, optionalValue } from "../../cel/values.ts";
import { equalJson } from "../../equal.ts";
import { duplicate, errorLine, type FieldError, forbidden, invalid, required } from "../../field-errors.ts";
import { isEmbedded, isJsonObject, type JsonObject, type JsonSchema } from "../json-schema.ts";
import { type CompiledRule, compileRules, type Rule, rulesOf } from "./compile.ts";
import { celValueOf } from "./json-values.ts";

/**
 * Steps of all rules of one request. What is told of failures is taken from it, too, which upstream does not: rules of
 * many items would tell for ever.
 */
const BUDGET = 10_000_000;
const MESSAGE_BYTES_MAX = 5 * 1024;
const OUT_OF_BUDGET = "validation failed due to running out of cost budget, no further validation rules will be run";

export interface RuleFindings {
  readonly errors: readonly FieldError[];
  /** Broken rules of what did not change: told, not refused. */
  readonly warnings: readonly string[];
}

/** Cache. */
const withRules = new WeakMap<JsonSchema, boolean>();

/** Whether there is any rule below. */
export function hasRules(schema: JsonSchema): boolean {
  const known = withRules.get(schema);
  if (known !== undefined) return known;
  const inner = [
    ...Object.values(schema.properties ?? {}),
    ...(schema.allOf ?? []),
    ...(isJsonObject(schema.items) ? [schema.items as JsonSchema] : []),
    ...(isJsonObject(schema.additionalProperties) ? [schema.additionalProperties as JsonSchema] : []),
  ];
  const found = rulesOf(schema).length > 0 || inner.some(hasRules);
  withRules.set(schema, found);
  return found;
}

export function validateRules(value: JsonObject, schema: JsonSchema, old: JsonObject | null): RuleFindings {
  const walk = new Walk();
  if (hasRules(schema)) {
    const node: Place = { path: "", rules: schema, schema, isResource: true, old: old ?? undefined, unchanged: false };
    walk.visit(node, value);
  }
  return walk;
}

/** A value's place: the rules that hold there, and what it was before the update. */
interface Place {
  readonly path: string;
  readonly rules: JsonSchema;
  readonly schema: JsonSchema;
  readonly isResource: boolean;
  /** Undefined: there was none, or nobody knows which. */
  readonly old: unknown;
  /** It stands in something that is as it was before. */
  readonly unchanged: boolean;
}

class Walk implements RuleFindings {
  readonly errors: FieldError[] = [];
  readonly warnings: string[] = [];
  private readonly budget: CelBudget = { left: BUDGET };
  private isOver = false;

  visit(place: Place, value: unknown): void {
    if (this.isOver || value === null || value === undefined || !hasRules(place.rules)) return;
    const here = { ...place, unchanged: place.unchanged || (place.old !== undefined && equalJson(place.old, value)) };
    this.evaluateAll(here, value);
    // Rules in alternatives are not excused by what did not change.
    for (const part of place.rules.allOf ?? []) this.visit({ ...place, rules: part }, value);
    if (Array.isArray(value)) this.visitList(here, value);
    else if (isJsonObject(value)) this.visitObject(here, value);
  }

  private visitList(place: Place, value: readonly unknown[]): void {
    const { rules, schema, path, unchanged } = place;
    if (!isJsonObject(rules.items) || !isJsonObject(schema.items)) return;
    const items = schema.items as JsonSchema;
    const before = itemsBefore(schema, place.old);
    for (const [index, item] of value.entries()) {
      if (this.isOver) return;
      const inner = { rules: rules.items as JsonSchema, schema: items, isResource: isEmbedded(items), unchanged };
      this.visit({ ...inner, path: `${path}[${index}]`, old: before(item) }, item);
    }
  }

  private visitObject(place: Place, value: JsonObject): void {
    const { rules, schema, path, unchanged } = place;
    const old = isJsonObject(place.old) ? place.old : {};
    for (const field of Object.keys(value).sort()) {
      const isProperty = rules.properties !== undefined && Object.hasOwn(rules.properties, field);
      const values = isJsonObject(rules.additionalProperties) ? (rules.additionalProperties as JsonSchema) : undefined;
      const inner = isProperty ? rules.properties![field] : values;
      const own = isProperty ? schema.properties?.[field] : (schema.additionalProperties as JsonSchema | undefined);
      if (inner === undefined || own === undefined) continue;
      const at = isProperty ? (path === "" ? field : `${path}.${field}`) : `${path}[${field}]`;
      this.visit(
        { path: at, rules: inner, schema: own, isResource: isEmbedded(own), old: old[field], unchanged },
        value[field],
      );
    }
  }

  private evaluateAll(place: Place, value: unknown): void {
    const compiled = compileRules(place.rules, place.schema, place.isResource);
    if (compiled.length === 0) return;
    let self: CelValue | undefined;
    let oldSelf: CelValue | undefined;
    for (const rule of compiled) {
      if (this.isOver) return;
      if (rule.error !== "") {
        this.errors.push(this.failure(place, `rule compile error: ${rule.error}`));
        continue;
      }
      const isOptional = rule.rule.optionalOldSelf === true;
      if (rule.node === null || (rule.usesOldSelf && place.old === undefined && !isOptional)) continue;
      self ??= celValueOf(value, place.schema, place.isResource);
      if (rule.usesOldSelf && place.old !== undefined)
        oldSelf ??= celValueOf(place.old, place.schema, place.isResource);
      const variables: Record<string, CelValue> = { self };
      if (isOptional) variables.oldSelf = oldSelf === undefined ? NOTHING : optionalValue(oldSelf);
      else if (oldSelf !== undefined) variables.oldSelf = oldSelf;
      this.evaluate(place, rule, variables);
    }
  }

  private evaluate(place: Place, compiled: CompiledRule, variables: Readonly<Record<string, CelValue>>): void {
    const { rule } = compiled;
    try {
      if (evaluateCel(compiled.node!, variables, this.budget) === true) return;
    } catch (error) {
      if (!(error instanceof CelFault)) throw error;
      this.fault(place, rule, error);
      return;
    }
    const path =
      compiled.path === "" ? place.path : place.path === "" ? compiled.path : `${place.path}.${compiled.path}`;
    const detail = this.messageOf(compiled, variables) ?? defaultMessage(rule);
    const error = failureFor(path, place.schema.type ?? "", detail, rule.reason);
    this.budget.left -= path.length + detail.length;
    if (!compiled.usesOldSelf && place.unchanged) this.warnings.push(errorLine(error));
    else this.errors.push(error);
  }

  private failure({ path, schema }: Place, detail: string): FieldError {
    return invalid(pathOf(path), schema.type ?? "", detail);
  }

  private fault(place: Place, rule: Rule, fault: CelFault): void {
    const { message } = fault;
    const shown = shownRule(rule);
    if (fault instanceof CostExceeded) {
      this.isOver = true;
      const detail =
        this.budget.left <= 0
          ? OUT_OF_BUDGET
          : `'${message}': no further validation rules will be run due to call cost exceeds limit for rule: ${shown}`;
      this.errors.push(this.failure(place, detail));
    } else if (message.startsWith(NO_SUCH_OVERLOAD))
      this.errors.push(
        this.failure(
          place,
          `'${message}': call arguments did not match a supported operator, function or macro signature for rule: ${shown}`,
        ),
      );
    else this.errors.push(this.failure(place, `${message} evaluating rule: ${shown}`));
  }

  /** What the rule's expression says of its failure; null: it says nothing that can be told. */
  private messageOf({ message }: CompiledRule, variables: Readonly<Record<string, CelValue>>): string | null {
    if (message === null) return null;
    try {
      const text = evaluateCel(message, variables, this.budget);
      const trimmed = typeof text === "string" ? text.trim() : "";
      return trimmed === "" || trimmed.includes("\n") || trimmed.length > MESSAGE_BYTES_MAX ? null : trimmed;
    } catch (error) {
      if (error instanceof CelFault) return null;
      throw error;
    }
  }
}

function pathOf(path: string): string {
  return path === "" ? "<nil>" : path;
}

function shownRule({ rule, message }: Rule): string {
  return (message !== undefined && message !== "" ? message : rule).trim();
}

function defaultMessage(rule: Rule): string {
  return rule.message !== undefined && rule.message !== "" ? rule.message.trim() : `failed rule: ${shownRule(rule)}`;
}

function failureFor(path: string, value: string, detail: string, reason: string | undefined): FieldError {
  switch (reason) {
    case "FieldValueForbidden":
      return forbidden(pathOf(path), detail);
    case "FieldValueRequired":
      return required(pathOf(path), detail);
    case "FieldValueDuplicate":
      return duplicate(pathOf(path), value);
    default:
      return invalid(pathOf(path), value, detail);
  }
}

/** Which element of the list before an element was: known of lists with keys alone. */
function itemsBefore(schema: JsonSchema, old: unknown): (item: unknown) => unknown {
  const keys = schema["x-kubernetes-list-map-keys"];
  if (schema["x-kubernetes-list-type"] !== "map" || keys === undefined || !Array.isArray(old)) return () => undefined;
  const keyOf = (item: unknown): string =>
    JSON.stringify(keys.map((key) => (isJsonObject(item) ? (item[key] ?? null) : null)));
  const byKey = new Map(old.map((item) => [keyOf(item), item as unknown]));
  return (item) => byKey.get(keyOf(item));
}
