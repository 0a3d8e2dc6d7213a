/** Whether an expression can be evaluated at all, and to what (cel-go's checker). */
import { overloadsOf } from "./library/library.ts";
import type { Overload } from "./library/overload.ts";
import { type CelMacro, macroOf } from "./macros.ts";
import { CEL_ERRORS_MAX, CelError, type CelNode, calledFunction, parseCel, qualifiedName } from "./parse.ts";
import {
  type Bindings,
  BOOL,
  type CelType,
  DYN,
  ERROR,
  fits,
  formatType,
  INT,
  isAnything,
  listOf,
  mapOf,
  optionalOf,
  parseType,
  STRING,
  substitute,
  typeOfType,
} from "./types.ts";

export type CelVariables = Readonly<Record<string, CelType>>;

export interface Checked {
  readonly node: CelNode;
  readonly type: CelType;
}

const TYPE_NAMES = [
  "int",
  "uint",
  "double",
  "bool",
  "string",
  "bytes",
  "list",
  "map",
  "null_type",
  "type",
  "optional_type",
];

/** Throws a CelError that tells everything that is wrong. */
export function checkCel(source: string, variables: CelVariables): Checked {
  const node = parseCel(source);
  const checker = new Checker(source);
  const type = checker.typeOf(node, new Map(Object.entries(variables)));
  if (checker.errors.length > 0) throw CelError.all(checker.errors, checker.more);
  return { node, type };
}

/** Names in scope. */
type Scope = ReadonlyMap<string, CelType>;

function typeNamed(name: string): CelType | undefined {
  return name.startsWith("google.protobuf.") ? typeOfType(parseType(name)) : undefined;
}

/** The types of these are not modelled: whatever is selected from them is anything. */
const UNMODELLED = /^kubernetes\.(AdmissionRequest|Namespace|authorization\.)/;

class Checker {
  readonly errors: CelError[] = [];
  /** Errors beside those. */
  more = 0;

  constructor(private readonly source: string) {}

  private refuse(at: number, message: string): CelType {
    if (this.errors.length < CEL_ERRORS_MAX) this.errors.push(new CelError(this.source, at, message));
    else this.more++;
    return ERROR;
  }

  typeOf(node: CelNode, scope: Scope): CelType {
    switch (node.kind) {
      case "literal":
        return parseType(node.type);
      case "ident":
        return this.typeOfName(node.name, node.at, scope);
      case "select":
        return this.typeOfSelect(node, scope);
      case "index":
        return this.resolve(node.optional ? "_[?_]" : "_[_]", [node.operand, node.index], false, node.at, scope);
      case "list":
        return listOf(this.common(node.items, scope, node.optional));
      case "map": {
        const keys = this.common(
          node.entries.map(([key]) => key),
          scope,
        );
        return mapOf(
          // What is no key at all is refused when the map is made; its type might be huge.
          keys.parameters.length > 0 ? DYN : keys,
          this.common(
            node.entries.map(([, value]) => value),
            scope,
            node.optional,
          ),
        );
      }
      case "message":
        for (const [, value] of node.fields) this.typeOf(value, scope);
        return parseType(node.name);
      case "call":
        return this.typeOfCall(node, scope);
    }
  }

  private typeOfName(name: string, at: number, scope: Scope): CelType {
    const declared = scope.get(name);
    if (declared !== undefined) return declared;
    if (TYPE_NAMES.includes(name)) return typeOfType(parseType(name));
    return this.refuse(at, `undeclared reference to '${name}' (in container '')`);
  }

  private typeOfSelect(node: CelNode & { readonly kind: "select" }, scope: Scope, at = node.at): CelType {
    const name = qualifiedName(node);
    const declared = name === null ? undefined : (scope.get(name) ?? typeNamed(name));
    if (declared !== undefined) return declared;
    const operand = this.typeOf(node.operand, scope);
    if (operand.name === "optional_type") {
      const inner = this.fieldOf(operand.parameters[0]!, node.field, at);
      return inner.name === "optional_type" ? inner : optionalOf(inner);
    }
    const field = this.fieldOf(operand, node.field, at);
    return node.optional ? optionalOf(field) : field;
  }

  private fieldOf(operand: CelType, field: string, at: number): CelType {
    if (isAnything(operand)) return DYN;
    if (operand.name === "map") return operand.parameters[1]!;
    if (operand.fields !== undefined) return operand.fields.get(field) ?? this.refuse(at, `undefined field '${field}'`);
    if (UNMODELLED.test(operand.name)) return DYN;
    return this.refuse(at, `type '${formatType(operand)}' does not support field selection`);
  }

  /** The type of all of them: literals hold values of one type. `optional`: which of them may be missing. */
  private common(nodes: readonly CelNode[], scope: Scope, optional: readonly number[] = []): CelType {
    let found: CelType | null = null;
    for (const [index, node] of nodes.entries()) {
      let type = this.typeOf(node, scope);
      if (optional.includes(index) && type.name === "optional_type") type = type.parameters[0]!;
      if (found === null || found.name === "error") found = type;
      else if (!fits(found, type)) {
        if (fits(type, found)) found = type;
        else this.refuse(node.at, `expected type '${formatType(found)}' but found '${formatType(type)}'`);
      } else if (found.name === "null_type") found = type;
    }
    return found ?? DYN;
  }

  private typeOfCall(node: CelNode & { readonly kind: "call" }, scope: Scope): CelType {
    const macro = macroOf(node);
    if (macro !== null) return this.typeOfMacro(macro, node, scope);
    const called = calledFunction(
      node,
      (name) => scope.has(name),
      (name) => overloadsOf(name).length > 0,
    );
    // What is put into a text may be of any types.
    if (node.name === "format" && called.target !== null && node.args[0]?.kind === "list")
      return this.typeOfFormat(called.target, node.args[0], scope);
    const args = called.target === null ? node.args : [called.target, ...node.args];
    return this.resolve(called.name, args, called.target !== null, node.at, scope);
  }

  private typeOfFormat(target: CelNode, list: CelNode & { readonly kind: "list" }, scope: Scope): CelType {
    for (const item of list.items) this.typeOf(item, scope);
    const type = this.typeOf(target, scope);
    if (fits(STRING, type)) return STRING;
    return this.refuse(list.at, noOverload("format", [type, listOf(DYN)], true));
  }

  private resolve(name: string, args: readonly CelNode[], isMember: boolean, at: number, scope: Scope): CelType {
    const types = args.map((arg) => this.typeOf(arg, scope));
    const overloads = overloadsOf(name);
    if (overloads.length === 0) return this.refuse(at, `undeclared reference to '${name}' (in container '')`);
    if (types.some((type) => type.name === "error")) return ERROR;
    let result: CelType | null = null;
    for (const each of overloads) {
      const type = resultOf(each, types, isMember);
      if (type === null) continue;
      if (result === null) result = type;
      else if (formatType(result) !== formatType(type)) result = DYN;
    }
    return result ?? this.refuse(at, noOverload(name, types, isMember));
  }

  private typeOfMacro(macro: CelMacro, node: CelNode & { readonly kind: "call" }, scope: Scope): CelType {
    switch (macro.macro) {
      case "wrong":
        return this.refuse(macro.at, macro.message);
      case "has":
        this.typeOfSelect(macro.field, scope, node.at);
        return BOOL;
      case "optMap":
      case "optFlatMap":
        return this.typeOfOptional(macro, scope);
      default:
        return this.typeOfComprehension(macro, node.at, scope);
    }
  }

  private typeOfOptional(macro: CelMacro & { readonly macro: "optMap" | "optFlatMap" }, scope: Scope): CelType {
    const target = this.typeOf(macro.target, scope);
    const inner = target.name === "optional_type" ? target.parameters[0]! : DYN;
    const type = this.typeOf(macro.body, new Map(scope).set(macro.variable, inner));
    return macro.macro === "optMap" ? optionalOf(type) : type;
  }

  private typeOfComprehension(
    macro: Extract<CelMacro, { readonly variables: readonly string[] }>,
    at: number,
    scope: Scope,
  ): CelType {
    const range = this.typeOf(macro.target, scope);
    const elements = elementsOf(range);
    if (elements === null)
      return this.refuse(
        macro.target.at,
        `expression of type '${formatType(range)}' cannot be range of a comprehension (must be list, map, or dynamic)`,
      );
    const [key, value] = elements;
    const inner = new Map(scope);
    if (macro.variables.length === 2) inner.set(macro.variables[0]!, key).set(macro.variables[1]!, value);
    else inner.set(macro.variables[0]!, range.name === "map" ? key : value);
    if (macro.filter !== null) {
      const type = this.typeOf(macro.filter, inner);
      const shown = listOf(macro.variables.length === 2 ? value : inner.get(macro.variables[0]!)!);
      if (!fits(BOOL, type)) this.refuse(at, noOverload("_?_:_", [type, shown, shown], false));
    }
    const element = range.name === "map" ? key : value;
    if (macro.body === null) return listOf(element);
    const body = this.typeOf(macro.body, inner);
    switch (macro.macro) {
      case "map":
      case "transformList":
        return listOf(body);
      case "transformMap":
        return mapOf(key, body);
      default:
        if (!fits(BOOL, body)) {
          const operator = macro.macro === "all" ? "_&&_" : macro.macro === "exists" ? "_||_" : "_?_:_";
          const types = operator === "_?_:_" ? [body, INT, INT] : [BOOL, body];
          return this.refuse(at, noOverload(operator, types, false));
        }
        return BOOL;
    }
  }
}

/** What the elements are known by, and what they are; null: there are none. */
function elementsOf(range: CelType): readonly [CelType, CelType] | null {
  if (isAnything(range)) return [DYN, DYN];
  if (range.name === "list") return [INT, range.parameters[0]!];
  return range.name === "map" ? [range.parameters[0] ?? STRING, range.parameters[1] ?? DYN] : null;
}

function resultOf(
  { parameters, isMember, result }: Overload,
  types: readonly CelType[],
  called: boolean,
): CelType | null {
  if (isMember !== called || parameters.length !== types.length) return null;
  const bindings: Bindings = new Map();
  const isFit = parameters.every((parameter, index) => fits(parameter, types[index]!, bindings));
  return isFit ? substitute(result, bindings) : null;
}

function noOverload(name: string, types: readonly CelType[], isMember: boolean): string {
  const shown = types.map(formatType);
  const applied = isMember ? `${shown[0]}.(${shown.slice(1).join(", ")})` : `(${shown.join(", ")})`;
  return `found no matching overload for '${name}' applied to '${applied}'`;
}
