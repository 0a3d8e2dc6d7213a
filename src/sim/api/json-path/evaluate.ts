/** Finds what a JSONPath template names in a value, and prints it. */
import { canonicalJson, isObject, type Json, sortedKeys } from "../go-json.ts";
import { JsonPathError, type List, type Node, parseJsonPath } from "./parser.ts";

export interface JsonPathOptions {
  /** Missing keys give nothing instead of an error. */
  readonly allowMissingKeys: boolean;
}

type Values = readonly Json[];

interface Block {
  readonly results: readonly Values[];
  /** Index of the node after the block. */
  readonly next: number;
}

/** Each action's and text's results, in the order of the template; a range gives its own once an item. */
export function findResults(template: List, data: Json, options: JsonPathOptions): readonly Values[] {
  return runBlock(template, 0, data, options, 0).results;
}

/** Numbers, booleans and text as they are; objects and lists as JSON. */
export function printValue(value: Json): string {
  if (value === null) return "";
  return typeof value === "object" ? canonicalJson(value) : String(value);
}

export function printResults(results: readonly Values[]): string {
  return results.map((values) => values.map(printValue).join(" ")).join("");
}

export function evaluateJsonPath(template: string, data: Json, options: JsonPathOptions): string {
  return printResults(findResults(parseJsonPath(template), data, options));
}

function identifierOf(node: Node): string | undefined {
  const first = node.type === "list" ? node.nodes[0] : undefined;
  return first?.type === "identifier" ? first.name : undefined;
}

function runBlock(template: List, start: number, data: Json, options: JsonPathOptions, ranges: number): Block {
  const results: Values[] = [];
  for (let index = start; index < template.length; index += 1) {
    const node = template[index]!;
    const name = identifierOf(node);
    if (name === "end") {
      if (ranges > 0) return { results, next: index + 1 };
      throw new JsonPathError("not in range, nothing to end");
    }
    if (name === "range" && node.type === "list") {
      const block = runRange(template, index, walk(node.nodes.slice(1), [data], options), options, ranges);
      results.push(...block.results);
      index = block.next - 1;
    } else {
      results.push(node.type === "text" ? [node.text] : node.type === "list" ? walk(node.nodes, [data], options) : []);
    }
  }
  return { results, next: template.length };
}

function runRange(template: List, at: number, items: Values, options: JsonPathOptions, ranges: number): Block {
  const blocks = items.map((item) => runBlock(template, at + 1, item, options, ranges + 1));
  const next = blocks[0]?.next ?? endOfRange(template, at);
  return { results: blocks.flatMap((block) => block.results), next };
}

function endOfRange(template: List, at: number): number {
  let depth = 1;
  for (let index = at + 1; index < template.length; index += 1) {
    const name = identifierOf(template[index]!);
    if (name === "range") depth += 1;
    if (name === "end") depth -= 1;
    if (depth === 0) return index + 1;
  }
  return template.length;
}

function walk(nodes: List, start: Values, options: JsonPathOptions): Values {
  let values = start;
  for (const node of nodes) values = step(node, values, options);
  return values;
}

function step(node: Node, values: Values, options: JsonPathOptions): Values {
  switch (node.type) {
    case "text":
      return [node.text];
    case "number":
    case "bool":
      return [node.value];
    case "field":
      return fields(node.name, values, options);
    case "wildcard":
      return values.flatMap(children);
    case "recursive":
      return values.flatMap((value) => descend(value));
    case "union":
      return node.lists.flatMap((list) => walk(list, values, options));
    case "array":
      return values.flatMap((value) => slice(node, value));
    case "filter":
      return values.flatMap((value) => filter(node, value, options));
    case "list":
      return walk(node.nodes, values, options);
    case "identifier":
      throw new JsonPathError(`unrecognized identifier ${node.name}`);
  }
}

function fields(name: string, values: Values, options: JsonPathOptions): Values {
  if (values.length === 0) return [];
  const found = values.flatMap((value) => (isObject(value) && Object.hasOwn(value, name) ? [value[name]!] : []));
  if (found.length === 0 && !options.allowMissingKeys) throw new JsonPathError(`${name} is not found`);
  return found;
}

function children(value: Json): Values {
  if (Array.isArray(value)) return value;
  return isObject(value) ? sortedKeys(value).map((key) => value[key]!) : [];
}

/** The value and everything below it that holds something. */
function descend(value: Json): Values {
  const below = children(value).filter((child) => typeof child === "object" && child !== null);
  return [value, ...below.flatMap((child) => descend(child))];
}

function slice(node: Node & { readonly type: "array" }, value: Json): Values {
  if (value === null) return [];
  if (!Array.isArray(value)) throw new JsonPathError(`${goType(value)} is not array or slice`);
  const { length } = value;
  let from = node.from.known ? node.from.value : 0;
  if (from < 0) from += length;
  let to = node.to.known ? node.to.value : length;
  if (to < 0 || (to === 0 && node.to.derived)) to += length;
  const stepBy = node.step.known ? node.step.value : 1;
  if (to !== from && node.to.derived && (from >= length || from < 0)) {
    throw new JsonPathError(`array index out of bounds: index ${from}, length ${length}`);
  }
  if (from >= length || from < 0) {
    if (node.to.derived || from > length || from < 0) {
      throw new JsonPathError(`array index out of bounds: index ${from}, length ${length}`);
    }
    return [];
  }
  if (to < 0 || to > length) throw new JsonPathError(`array index out of bounds: index ${to - 1}, length ${length}`);
  if (from > to) throw new JsonPathError(`starting index ${from} is greater than ending index ${to}`);
  if (stepBy <= 0) throw new JsonPathError(`step must be > 0`);
  return value.slice(from, to).filter((_item: Json, index: number) => index % stepBy === 0);
}

function filter(node: Node & { readonly type: "filter" }, value: Json, options: JsonPathOptions): Values {
  if (value === null) return [];
  if (!Array.isArray(value)) throw new JsonPathError(`${goType(value)} is not array or slice and cannot be filtered`);
  const quiet = { ...options, allowMissingKeys: true };
  return value.filter((item: Json) => {
    const left = walk(node.left, [item], quiet);
    if (node.operator === "exists") return left.length > 0;
    const right = walk(node.right, [item], quiet);
    if (left.length === 0) return false;
    if (left.length > 1 || right.length > 1) throw new JsonPathError("can only compare one element at a time");
    return right.length > 0 && compare(left[0]!, right[0]!, node.operator);
  });
}

function compare(left: Json, right: Json, operator: string): boolean {
  if (typeof left !== typeof right || typeof left === "object") {
    throw new JsonPathError("incompatible types for comparison");
  }
  const less = (a: Json, b: Json): boolean => (a as number | string) < (b as number | string);
  switch (operator) {
    case "==":
      return left === right;
    case "!=":
      return left !== right;
    case "<":
      return less(left, right);
    case ">":
      return less(right, left);
    case "<=":
      return !less(right, left);
    case ">=":
      return !less(left, right);
    default:
      throw new JsonPathError(`unrecognized filter operator ${operator}`);
  }
}

function goType(value: Json): string {
  if (typeof value === "string") return "string";
  if (typeof value === "boolean") return "bool";
  if (typeof value === "number") return Number.isInteger(value) ? "int64" : "float64";
  return "map[string]interface {}";
}
