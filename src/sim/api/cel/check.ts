/** Types of CEL expressions, as far as they say whether an expression can be evaluated at all (cel-go's checker). */
import { CelError, type CelNode, parseCel, qualifiedName } from "./parse.ts";

/** `dyn` is anything. */
export type CelType = string;

export type CelVariables = Readonly<Record<string, CelType>>;

/** What functions give; "" is the type of the first argument. Those of Kubernetes' libraries are among them. */
const FUNCTIONS: Readonly<Record<string, CelType>> = {
  size: "int",
  string: "string",
  int: "int",
  uint: "uint",
  double: "double",
  bool: "bool",
  bytes: "bytes",
  type: "type",
  dyn: "dyn",
  duration: "google.protobuf.Duration",
  timestamp: "google.protobuf.Timestamp",
  contains: "bool",
  startsWith: "bool",
  endsWith: "bool",
  matches: "bool",
  getDate: "int",
  getDayOfMonth: "int",
  getDayOfWeek: "int",
  getDayOfYear: "int",
  getFullYear: "int",
  getHours: "int",
  getMilliseconds: "int",
  getMinutes: "int",
  getMonth: "int",
  getSeconds: "int",
  charAt: "string",
  indexOf: "int",
  lastIndexOf: "int",
  lowerAscii: "string",
  upperAscii: "string",
  replace: "string",
  split: "list(string)",
  substring: "string",
  trim: "string",
  join: "string",
  format: "string",
  find: "string",
  findAll: "list(string)",
  isSorted: "bool",
  sum: "dyn",
  min: "dyn",
  max: "dyn",
  url: "kubernetes.URL",
  isURL: "bool",
  getScheme: "string",
  getHost: "string",
  getHostname: "string",
  getPort: "string",
  getEscapedPath: "string",
  getQuery: "map(string, list(string))",
  quantity: "kubernetes.Quantity",
  isQuantity: "bool",
  sign: "int",
  isInteger: "bool",
  asInteger: "int",
  asApproximateFloat: "double",
  isGreaterThan: "bool",
  isLessThan: "bool",
  compareTo: "int",
  add: "kubernetes.Quantity",
  sub: "kubernetes.Quantity",
  ip: "net.IP",
  isIP: "bool",
  cidr: "net.CIDR",
  isCIDR: "bool",
  containsIP: "bool",
  containsCIDR: "bool",
  family: "int",
  isUnspecified: "bool",
  isLoopback: "bool",
  prefixLength: "int",
  masked: "net.CIDR",
  named: "dyn",
  validate: "dyn",
  semver: "kubernetes.Semver",
  isSemver: "bool",
  major: "int",
  minor: "int",
  patch: "int",
  path: "kubernetes.authorization.PathCheck",
  group: "kubernetes.authorization.GroupCheck",
  serviceAccount: "kubernetes.authorization.Authorizer",
  resource: "kubernetes.authorization.ResourceCheck",
  subresource: "kubernetes.authorization.ResourceCheck",
  namespace: "kubernetes.authorization.ResourceCheck",
  name: "kubernetes.authorization.ResourceCheck",
  fieldSelector: "kubernetes.authorization.ResourceCheck",
  labelSelector: "kubernetes.authorization.ResourceCheck",
  check: "kubernetes.authorization.Decision",
  allowed: "bool",
  reason: "string",
  errored: "bool",
  error: "string",
  hasValue: "bool",
  value: "dyn",
  orValue: "dyn",
  or: "dyn",
  optMap: "dyn",
  flatten: "dyn",
  setReplace: "dyn",
  base64: "dyn",
};

const TYPE_NAMES = ["int", "uint", "double", "bool", "string", "bytes", "list", "map", "null_type", "type"];
const QUANTIFIERS = ["all", "exists", "exists_one", "existsOne"];
const NUMBERS = ["int", "uint", "double"];
const TIMES = ["google.protobuf.Duration", "google.protobuf.Timestamp"];

/** The expression's type. Throws CelError for what cannot be read or typed. */
export function checkCel(source: string, variables: CelVariables): CelType {
  return typeOf(parseCel(source), { source, variables });
}

interface Scope {
  readonly source: string;
  readonly variables: CelVariables;
}

function typeOf(node: CelNode, scope: Scope): CelType {
  switch (node.kind) {
    case "literal":
      return node.type;
    case "ident":
      return typeOfName(node.name, node, scope);
    case "select": {
      const name = qualifiedName(node);
      const declared = name === null ? undefined : scope.variables[name];
      if (declared !== undefined) return declared;
      const operand = typeOf(node.operand, scope);
      if (NUMBERS.includes(operand) || ["bool", "string", "bytes", "null_type"].includes(operand)) {
        throw new CelError(scope.source, node.at, `type '${operand}' does not support field selection`);
      }
      return "dyn";
    }
    case "index": {
      const operand = typeOf(node.operand, scope);
      const index = typeOf(node.index, scope);
      const element = elementOf(operand);
      const fits = operand.startsWith("list(") ? ["int", "dyn"].includes(index) : true;
      if (element === null || !fits) throw noOverload("_[_]", [operand, index], node, scope);
      return element;
    }
    case "list":
      return `list(${common(node.items.map((item) => typeOf(item, scope)))})`;
    case "map": {
      const keys = common(node.entries.map(([key]) => typeOf(key, scope)));
      return `map(${keys}, ${common(node.entries.map(([, value]) => typeOf(value, scope)))})`;
    }
    case "message":
      for (const [, value] of node.fields) typeOf(value, scope);
      return node.name;
    case "call":
      return typeOfCall(node, scope);
  }
}

function typeOfName(name: string, node: CelNode, { source, variables }: Scope): CelType {
  const declared = Object.hasOwn(variables, name) ? variables[name] : undefined;
  if (declared !== undefined) return declared;
  if (TYPE_NAMES.includes(name)) return `type(${name})`;
  throw new CelError(source, node.at, `undeclared reference to '${name}' (in container '')`);
}

function common(types: readonly CelType[]): CelType {
  const first = types[0];
  return first !== undefined && types.every((type) => type === first) ? first : "dyn";
}

function elementOf(type: CelType): CelType | null {
  if (type === "dyn") return "dyn";
  if (type.startsWith("list(")) return type.slice("list(".length, -1);
  if (!type.startsWith("map(")) return null;
  const inside = type.slice("map(".length, -1);
  return inside.slice(inside.indexOf(", ") + 2);
}

type Call = CelNode & { readonly kind: "call" };

function typeOfCall(node: Call, scope: Scope): CelType {
  const macro = typeOfMacro(node, scope);
  if (macro !== null) return macro;
  const target = node.target === null ? [] : [typeOf(node.target, scope)];
  const types = [...target, ...node.args.map((arg) => typeOf(arg, scope))];
  const operator = OPERATORS[node.name];
  if (operator !== undefined && node.target === null) {
    const type = operator(types);
    if (type === null) throw noOverload(node.name, types, node, scope);
    return type;
  }
  const known = Object.hasOwn(FUNCTIONS, node.name) ? FUNCTIONS[node.name] : undefined;
  if (known === undefined) {
    throw new CelError(scope.source, node.at, `undeclared reference to '${node.name}' (in container '')`);
  }
  return known;
}

/** `has`, and what runs over the elements of a list or the keys of a map. */
function typeOfMacro(node: Call, scope: Scope): CelType | null {
  const { name, target, args } = node;
  if (name === "has" && target === null && args.length === 1) {
    const [field] = args;
    if (field!.kind !== "select") throw new CelError(scope.source, field!.at, "invalid argument to has() macro");
    typeOf(field!, scope);
    return "bool";
  }
  if (target === null || args.length < 2 || args[0]!.kind !== "ident") return null;
  if (!QUANTIFIERS.includes(name) && name !== "map" && name !== "filter") return null;
  const range = typeOf(target, scope);
  const keys = range.startsWith("map(") ? range.slice("map(".length, range.indexOf(", ")) : null;
  const element = keys ?? elementOf(range);
  if (element === null) {
    throw new CelError(
      scope.source,
      node.at,
      `expression of type '${range}' cannot be range of a comprehension (must be list, map, or dynamic)`,
    );
  }
  const variables = { ...scope.variables, [args[0]!.name]: element };
  const types = args.slice(1).map((arg) => typeOf(arg, { ...scope, variables }));
  if (QUANTIFIERS.includes(name)) {
    if (!isBoolean(types[0]!)) throw noOverload("_&&_", ["bool", types[0]!], args[1]!, scope);
    return "bool";
  }
  return name === "filter" ? `list(${element})` : `list(${types.at(-1)!})`;
}

function noOverload(name: string, types: readonly CelType[], node: CelNode, { source }: Scope): CelError {
  return new CelError(source, node.at, `found no matching overload for '${name}' applied to '(${types.join(", ")})'`);
}

function isBoolean(type: CelType): boolean {
  return type === "bool" || type === "dyn";
}

function isDynamic(type: CelType): boolean {
  return type === "dyn";
}

const logic = (types: readonly CelType[]): CelType | null => (types.every(isBoolean) ? "bool" : null);

/** Two of one kind, or anything with what is not known. */
function arithmetic(types: readonly string[], allowed: readonly CelType[]): CelType | null {
  const [a, b] = types as [CelType, CelType];
  if (isDynamic(a) || isDynamic(b)) return "dyn";
  if (a === b && allowed.includes(a)) return a;
  if (a.startsWith("list(") && b.startsWith("list(") && allowed.includes("list")) return a === b ? a : "list(dyn)";
  if (TIMES.includes(a) && TIMES.includes(b) && allowed.includes("time")) return a === b ? TIMES[0]! : TIMES[1]!;
  return null;
}

function equality([a, b]: readonly CelType[]): CelType | null {
  const loose = isDynamic(a!) || isDynamic(b!) || a === "null_type" || b === "null_type";
  const sameShape = a!.split("(")[0] === b!.split("(")[0];
  return loose || sameShape ? "bool" : null;
}

function ordering([a, b]: readonly CelType[]): CelType | null {
  const ordered = [...NUMBERS, "string", "bytes", "bool", ...TIMES];
  if (isDynamic(a!) || isDynamic(b!)) return "bool";
  if (NUMBERS.includes(a!) && NUMBERS.includes(b!)) return "bool";
  return a === b && ordered.includes(a!) ? "bool" : null;
}

const OPERATORS: Readonly<Record<string, (types: readonly CelType[]) => CelType | null>> = {
  "_||_": logic,
  "_&&_": logic,
  "!_": logic,
  "-_": ([type]) => (["int", "double", "dyn"].includes(type!) ? type! : null),
  "_?_:_": ([condition, yes, no]) => (isBoolean(condition!) ? (yes === no ? yes! : "dyn") : null),
  "_==_": equality,
  "_!=_": equality,
  "_<_": ordering,
  "_<=_": ordering,
  "_>_": ordering,
  "_>=_": ordering,
  "@in": ([, container]) => (elementOf(container!) === null ? null : "bool"),
  "_+_": (types) => arithmetic(types, [...NUMBERS, "string", "bytes", "list", "time"]),
  "_-_": (types) => arithmetic(types, [...NUMBERS, "time"]),
  "_*_": (types) => arithmetic(types, NUMBERS),
  "_/_": (types) => arithmetic(types, NUMBERS),
  "_%_": (types) => arithmetic(types, ["int", "uint"]),
};
