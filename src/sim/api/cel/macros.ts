/** Calls that are no calls: `has`, and what runs over lists, maps and optional values. */
import type { CelNode } from "./parse.ts";

type Call = CelNode & { readonly kind: "call" };
type Select = CelNode & { readonly kind: "select" };

export type CelMacro =
  | { readonly macro: "has"; readonly field: Select }
  | { readonly macro: "wrong"; readonly at: number; readonly message: string }
  | {
      readonly macro: "optMap" | "optFlatMap";
      readonly target: CelNode;
      readonly variable: string;
      readonly body: CelNode;
    }
  | {
      readonly macro: "all" | "exists" | "existsOne" | "map" | "filter" | "transformList" | "transformMap";
      readonly target: CelNode;
      /** One for the element (of a map: the key), or two for index and element (key and value). */
      readonly variables: readonly string[];
      readonly filter: CelNode | null;
      /** What is asked of each element, or made of it. */
      readonly body: CelNode | null;
    };

const QUANTIFIERS: Readonly<Record<string, "all" | "exists" | "existsOne">> = {
  all: "all",
  exists: "exists",
  exists_one: "existsOne",
  existsOne: "existsOne",
};

/** Null: it is an ordinary call. */
export function macroOf(node: Call): CelMacro | null {
  const { name, target, args } = node;
  if (name === "has" && target === null && args.length === 1) {
    const field = args[0]!;
    if (field.kind === "select") return { macro: "has", field };
    return { macro: "wrong", at: field.at, message: "invalid argument to has() macro" };
  }
  if (target === null) return null;
  if (name === "optMap" || name === "optFlatMap") {
    if (args.length !== 2) return null;
    const variable = nameOf(args[0]!);
    if (variable === null)
      return { macro: "wrong", at: args[0]!.at, message: `${name}() variable name must be a simple identifier` };
    return { macro: name, target, variable, body: args[1]! };
  }
  return comprehensionOf(node, target);
}

function comprehensionOf({ name, args }: Call, target: CelNode): CelMacro | null {
  const quantifier = Object.hasOwn(QUANTIFIERS, name) ? QUANTIFIERS[name] : undefined;
  const isTransform = name === "transformList" || name === "transformMap";
  const count = args.length;
  if (quantifier !== undefined && (count === 2 || (count === 3 && name !== "exists_one")))
    return over(target, quantifier, args, count - 1, null, args[count - 1]!);
  if (name === "filter" && count === 2) return over(target, "filter", args, 1, args[1]!, null);
  if (name === "map" && count === 2) return over(target, "map", args, 1, null, args[1]!);
  if (name === "map" && count === 3) return over(target, "map", args, 1, args[1]!, args[2]!);
  if (isTransform && count === 3) return over(target, name, args, 2, null, args[2]!);
  if (isTransform && count === 4) return over(target, name, args, 2, args[2]!, args[3]!);
  return null;
}

type Comprehension = Extract<CelMacro, { readonly variables: readonly string[] }>;

function over(
  target: CelNode,
  macro: Comprehension["macro"],
  args: readonly CelNode[],
  count: number,
  filter: CelNode | null,
  body: CelNode | null,
): CelMacro {
  const variables: string[] = [];
  for (const arg of args.slice(0, count)) {
    const name = nameOf(arg);
    if (name === null) return { macro: "wrong", at: arg.at, message: "argument must be a simple name" };
    variables.push(name);
  }
  return { macro, target, variables, filter, body };
}

function nameOf(node: CelNode): string | null {
  return node.kind === "ident" ? node.name : null;
}
