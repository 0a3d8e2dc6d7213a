/** Evaluates expressions that have been checked. */
import { costOf } from "./cost.ts";
import { overloadsOf } from "./library/library.ts";
import type { Overload } from "./library/overload.ts";
import { literalValue } from "./literals.ts";
import { type CelMacro, macroOf } from "./macros.ts";
import { type CelNode, calledFunction, qualifiedName } from "./parse.ts";
import type { CelType } from "./types.ts";
import {
  CelFault,
  type CelMapping,
  type CelSequence,
  type CelValue,
  itemsOf,
  listValue,
  mapValue,
  NO_SUCH_OVERLOAD,
  numberOf,
  type Optional,
  optionalValue,
  typeNameOf,
} from "./values.ts";

/** Steps that are left; shared by all expressions that one request evaluates. */
export interface CelBudget {
  left: number;
}

/** One expression takes no more steps than this. */
const STEPS_MAX = 1_000_000;

export class CostExceeded extends CelFault {
  constructor() {
    super("operation cancelled: actual cost limit exceeded");
  }
}

/** Throws CelFault. */
export function evaluateCel(node: CelNode, variables: Readonly<Record<string, CelValue>>, budget: CelBudget): CelValue {
  const limit = Math.min(STEPS_MAX, budget.left);
  const evaluation = new Evaluation(limit);
  let names: Names | null = null;
  for (const [name, value] of Object.entries(variables)) names = { name, value, outer: names };
  try {
    return evaluation.valueOf(node, names);
  } finally {
    budget.left -= limit - evaluation.steps;
  }
}

/** Names in scope, the innermost first. */
interface Names {
  readonly name: string;
  readonly value: CelValue;
  readonly outer: Names | null;
}

function lookup(names: Names | null, name: string): CelValue | undefined {
  for (let here = names; here !== null; here = here.outer) if (here.name === name) return here.value;
  return undefined;
}

class Evaluation {
  constructor(public steps: number) {}

  private step(count = 1): void {
    this.steps = Math.max(this.steps - count, -1);
    if (this.steps < 0) throw new CostExceeded();
  }

  valueOf(node: CelNode, names: Names | null): CelValue {
    this.step();
    switch (node.kind) {
      case "literal":
        return literalValue(node);
      case "ident":
        return lookup(names, node.name) ?? nameValue(node.name, names);
      case "select":
        return this.select(node, names);
      case "index":
        return this.index(node, names);
      case "list":
        return listValue(this.items(node, names));
      case "map":
        return this.map(node, names);
      case "message":
        throw new CelFault(`unknown type: ${node.name}`);
      case "call":
        return this.call(node, names);
    }
  }

  private select(node: CelNode & { readonly kind: "select" }, names: Names | null): CelValue {
    const name = qualifiedName(node);
    if (name?.startsWith("google.protobuf.")) return { kind: "type", name };
    const operand = this.valueOf(node.operand, names);
    const isOptional = node.optional || isKind(operand, "optional");
    const from = isKind(operand, "optional") ? (operand as Optional).value : operand;
    if (from === undefined) return optionalValue(undefined);
    if (!isKind(from, "map")) throw new CelFault(NO_SUCH_OVERLOAD);
    const value = (from as CelMapping).get(node.field);
    if (isOptional) return flattened(value);
    if (value === undefined) throw new CelFault(`no such key: ${node.field}`);
    return value;
  }

  private index(node: CelNode & { readonly kind: "index" }, names: Names | null): CelValue {
    const operand = this.valueOf(node.operand, names);
    const key = this.valueOf(node.index, names);
    const isOptional = node.optional || isKind(operand, "optional");
    const from = isKind(operand, "optional") ? (operand as Optional).value : operand;
    if (from === undefined) return optionalValue(undefined);
    const value = elementAt(from, key);
    if (isOptional) return flattened(value);
    if (value !== undefined) return value;
    throw new CelFault(isKind(from, "map") ? `no such key: ${keyText(key)}` : `index out of bounds: ${keyText(key)}`);
  }

  private items(node: CelNode & { readonly kind: "list" }, names: Names | null): CelValue[] {
    const items: CelValue[] = [];
    for (const [index, item] of node.items.entries()) {
      const value = this.valueOf(item, names);
      if (!node.optional.includes(index)) items.push(value);
      else if (isKind(value, "optional") && (value as Optional).value !== undefined)
        items.push((value as Optional).value!);
    }
    return items;
  }

  private map(node: CelNode & { readonly kind: "map" }, names: Names | null): CelValue {
    const entries: (readonly [CelValue, CelValue])[] = [];
    for (const [index, [key, value]] of node.entries.entries()) {
      const [own, given] = [this.valueOf(key, names), this.valueOf(value, names)];
      if (!node.optional.includes(index)) entries.push([own, given]);
      else if (isKind(given, "optional") && (given as Optional).value !== undefined)
        entries.push([own, (given as Optional).value!]);
    }
    return mapValue(entries);
  }

  private call(node: CelNode & { readonly kind: "call" }, names: Names | null): CelValue {
    const macro = macroOf(node);
    if (macro !== null) return this.macro(macro, names);
    switch (node.name) {
      case "_&&_":
        return this.both(node.args, names, false);
      case "_||_":
        return this.both(node.args, names, true);
      case "!_":
        return !this.truth(node.args[0]!, names);
      case "_?_:_":
        return this.valueOf(this.truth(node.args[0]!, names) ? node.args[1]! : node.args[2]!, names);
      default:
    }
    const called = calledFunction(
      node,
      (name) => lookup(names, name) !== undefined,
      (name) => overloadsOf(name).length > 0,
    );
    const nodes = called.target === null ? node.args : [called.target, ...node.args];
    const args = nodes.map((arg) => this.valueOf(arg, names));
    const found = overloadsOf(called.name).find((each) => takes(each, args, called.target !== null));
    if (found === undefined) throw new CelFault(NO_SUCH_OVERLOAD);
    this.step(costOf(called.name, args));
    return found.run(args);
  }

  private truth(node: CelNode, names: Names | null): boolean {
    const value = this.valueOf(node, names);
    if (typeof value !== "boolean") throw new CelFault(NO_SUCH_OVERLOAD);
    return value;
  }

  /** `&&` and `||`: what one side decides is true whatever becomes of the other. */
  private both([left, right]: readonly CelNode[], names: Names | null, deciding: boolean): boolean {
    const first = this.truthOrFault(left!, names);
    if (first === deciding) return deciding;
    const second = this.truthOrFault(right!, names);
    if (second === deciding) return deciding;
    for (const found of [first, second]) if (found instanceof CelFault) throw found;
    return !deciding;
  }

  private truthOrFault(node: CelNode, names: Names | null): boolean | CelFault {
    try {
      return this.truth(node, names);
    } catch (error) {
      if (!(error instanceof CelFault) || error instanceof CostExceeded) throw error;
      return error;
    }
  }

  private macro(macro: CelMacro, names: Names | null): CelValue {
    switch (macro.macro) {
      case "wrong":
        throw new CelFault(macro.message);
      case "has":
        return this.has(macro.field, names);
      case "optMap":
      case "optFlatMap": {
        const { value } = this.valueOf(macro.target, names) as Optional;
        if (value === undefined) return optionalValue(undefined);
        const made = this.valueOf(macro.body, { name: macro.variable, value, outer: names });
        return macro.macro === "optMap" ? optionalValue(made) : made;
      }
      default:
        return this.comprehension(macro, names);
    }
  }

  private has(field: CelNode & { readonly kind: "select" }, names: Names | null): boolean {
    const operand = this.valueOf(field.operand, names);
    const from = isKind(operand, "optional") ? (operand as Optional).value : operand;
    if (from === undefined) return false;
    if (!isKind(from, "map")) throw new CelFault(NO_SUCH_OVERLOAD);
    return (from as CelMapping).get(field.field) !== undefined;
  }

  private comprehension(
    macro: Extract<CelMacro, { readonly variables: readonly string[] }>,
    names: Names | null,
  ): CelValue {
    const range = this.valueOf(macro.target, names);
    this.step(lengthOf(range));
    const pairs = pairsOf(range);
    const isMap = isKind(range, "map");
    const scopeOf = ([key, value]: readonly [CelValue, CelValue]): Names => {
      const [first = "", second] = macro.variables;
      if (second === undefined) return { name: first, value: isMap ? key : value, outer: names };
      return { name: second, value, outer: { name: first, value: key, outer: names } };
    };
    switch (macro.macro) {
      case "all":
        return this.every(pairs.map(scopeOf), macro.body!, false);
      case "exists":
        return this.every(pairs.map(scopeOf), macro.body!, true);
      case "existsOne":
        return pairs.filter((pair) => this.truth(macro.body!, scopeOf(pair))).length === 1;
      default:
    }
    const kept = macro.filter === null ? pairs : pairs.filter((pair) => this.truth(macro.filter!, scopeOf(pair)));
    if (macro.body === null) return listValue(kept.map(([key, value]) => (isMap ? key : value)));
    const made = kept.map((pair) => [pair[0], this.valueOf(macro.body!, scopeOf(pair))] as const);
    return macro.macro === "transformMap" ? mapValue(made) : listValue(made.map(([, value]) => value));
  }

  /** `all` (decided by a false) and `exists` (by a true): a fault counts only where nothing decides. */
  private every(scopes: readonly Names[], body: CelNode, deciding: boolean): boolean {
    let fault: CelFault | null = null;
    for (const scope of scopes) {
      const found = this.truthOrFault(body, scope);
      if (found === deciding) return deciding;
      if (found instanceof CelFault) fault ??= found;
    }
    if (fault !== null) throw fault;
    return !deciding;
  }
}

function isKind(value: CelValue | undefined, kind: string): boolean {
  return typeof value === "object" && value !== null && value.kind === kind;
}

function flattened(value: CelValue | undefined): Optional {
  return isKind(value, "optional") ? (value as Optional) : optionalValue(value);
}

/** A name that is no variable is that of a type. */
function nameValue(name: string, names: Names | null): CelValue {
  for (let here = names; here !== null; here = here.outer) if (here.name === name) return here.value;
  return { kind: "type", name };
}

function elementAt(from: CelValue, key: CelValue): CelValue | undefined {
  if (isKind(from, "map")) return (from as CelMapping).get(key);
  if (!isKind(from, "list")) throw new CelFault(NO_SUCH_OVERLOAD);
  const list = from as CelSequence;
  const number = numberOf(key);
  const index = number === null ? Number.NaN : Number(number);
  if (!Number.isInteger(index)) throw new CelFault(`unsupported index value in list`);
  return index < 0 || index >= list.length ? undefined : list.at(index);
}

function keyText(key: CelValue): string {
  const number = numberOf(key);
  return number === null ? String(key) : String(number);
}

/** How many elements a comprehension has to go through. */
function lengthOf(range: CelValue): number {
  if (isKind(range, "list")) return (range as CelSequence).length;
  return isKind(range, "map") ? (range as CelMapping).keys().length : 0;
}

function pairsOf(range: CelValue): (readonly [CelValue, CelValue])[] {
  if (isKind(range, "list")) return itemsOf(range as CelSequence).map((item, index) => [BigInt(index), item]);
  if (!isKind(range, "map")) throw new CelFault(NO_SUCH_OVERLOAD);
  const map = range as CelMapping;
  return map.keys().map((key) => [key, map.get(key)!]);
}

function takes({ parameters, isMember }: Overload, args: readonly CelValue[], called: boolean): boolean {
  if (isMember !== called || parameters.length !== args.length) return false;
  return parameters.every((parameter, index) => isOf(args[index]!, parameter));
}

function isOf(value: CelValue, type: CelType): boolean {
  if (type.isParameter === true || type.name === "dyn") return true;
  if (type.name === "list") {
    if (!isKind(value, "list")) return false;
    const list = value as CelSequence;
    return list.length === 0 || isOf(list.at(0), type.parameters[0]!);
  }
  if (type.name === "map") return isKind(value, "map");
  return typeNameOf(value) === type.name;
}
