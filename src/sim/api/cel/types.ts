/** Types of CEL expressions: what cel-go's checker knows of a value before there is one. */

export interface CelType {
  /** `int`, `list`, `map`, `optional_type`, `dyn`, `error`, the name of an object or opaque type, or `param`. */
  readonly name: string;
  /** Of a list its element, of a map its key and value. */
  readonly parameters: readonly CelType[];
  /** Of an object: its fields, by the names that expressions use. */
  readonly fields?: ReadonlyMap<string, CelType>;
  readonly isParameter?: boolean;
}

const NONE: readonly CelType[] = [];

export function simpleType(name: string): CelType {
  return { name, parameters: NONE };
}

export const DYN = simpleType("dyn");
export const BOOL = simpleType("bool");
export const INT = simpleType("int");
export const DOUBLE = simpleType("double");
export const STRING = simpleType("string");
export const BYTES = simpleType("bytes");
export const TIMESTAMP = simpleType("google.protobuf.Timestamp");
export const DURATION = simpleType("google.protobuf.Duration");
/** Of what was refused: it fits everywhere, so that one mistake is told once. */
export const ERROR = simpleType("error");

export function listOf(element: CelType): CelType {
  return { name: "list", parameters: [element] };
}

export function mapOf(key: CelType, value: CelType): CelType {
  return { name: "map", parameters: [key, value] };
}

export function optionalOf(value: CelType): CelType {
  return { name: "optional_type", parameters: [value] };
}

export function typeOfType(type: CelType): CelType {
  return { name: "type", parameters: [type] };
}

export function objectType(name: string, fields: ReadonlyMap<string, CelType>): CelType {
  return { name, parameters: NONE, fields };
}

const SHOWN: Readonly<Record<string, string>> = {
  null_type: "null",
  error: "!error!",
  "google.protobuf.Timestamp": "timestamp",
  "google.protobuf.Duration": "duration",
};

/** As error messages name it. */
export function formatType({ name, parameters }: CelType): string {
  const shown = SHOWN[name] ?? name;
  return parameters.length === 0 ? shown : `${shown}(${parameters.map(formatType).join(", ")})`;
}

/** `list(A)`, `map(string, dyn)`: capital letters are parameters. */
export function parseType(text: string): CelType {
  const open = text.indexOf("(");
  if (open < 0) {
    const isParameter = /^[A-Z]$/.test(text);
    return isParameter ? { name: text, parameters: NONE, isParameter } : simpleType(ALIASES[text] ?? text);
  }
  const parameters = splitTypes(text.slice(open + 1, -1)).map(parseType);
  const name = text.slice(0, open);
  return { name: ALIASES[name] ?? name, parameters };
}

const ALIASES: Readonly<Record<string, string>> = {
  null: "null_type",
  timestamp: "google.protobuf.Timestamp",
  duration: "google.protobuf.Duration",
  optional: "optional_type",
};

/** At the commas that are in no parentheses. */
export function splitTypes(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let from = 0;
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] === "(") depth += 1;
    else if (text[at] === ")") depth -= 1;
    else if (text[at] === "," && depth === 0) {
      parts.push(text.slice(from, at).trim());
      from = at + 1;
    }
  }
  const last = text.slice(from).trim();
  return last === "" ? parts : [...parts, last];
}

export type Bindings = Map<string, CelType>;

/** Whether a value of type `given` can stand where `wanted` is; parameters are bound as they are met. */
export function fits(wanted: CelType, given: CelType, bindings: Bindings = new Map()): boolean {
  if (wanted.isParameter === true) {
    const bound = bindings.get(wanted.name);
    if (bound === undefined) {
      bindings.set(wanted.name, given);
      return true;
    }
    if (fits(bound, given, bindings)) {
      if (bound.name === "error" || (isNull(bound) && !isNull(given))) bindings.set(wanted.name, given);
      else if (isVague(given)) bindings.set(wanted.name, given);
      return true;
    }
    // The wider of the two is what both are.
    if (!fits(given, bound, bindings)) return false;
    bindings.set(wanted.name, given);
    return true;
  }
  if (isAnything(wanted) || isAnything(given)) return true;
  if (isNull(given) && !isNull(wanted)) return isNullable(wanted);
  if (isNull(wanted) && !isNull(given)) return isNullable(given);
  if (wanted.name !== given.name) return false;
  if (wanted.fields !== undefined || given.fields !== undefined) return wanted.name === given.name;
  if (wanted.parameters.length !== given.parameters.length) return wanted.name === "type";
  if (wanted.name === "type") return true;
  return wanted.parameters.every((parameter, index) => fits(parameter, given.parameters[index]!, bindings));
}

export function isAnything({ name }: CelType): boolean {
  return name === "dyn" || name === "error";
}

/** Of an empty list, or of anything: the other one says more. */
function isVague(type: CelType): boolean {
  return type.name === "dyn";
}

function isNull({ name }: CelType): boolean {
  return name === "null_type";
}

function isNullable({ name, fields }: CelType): boolean {
  return fields !== undefined || name === TIMESTAMP.name || name === DURATION.name || name.includes(".");
}

/** With its parameters replaced by what they are bound to. */
export function substitute(type: CelType, bindings: Bindings): CelType {
  if (type.isParameter === true) return bindings.get(type.name) ?? DYN;
  if (type.parameters.length === 0) return type;
  return { ...type, parameters: type.parameters.map((parameter) => substitute(parameter, bindings)) };
}
