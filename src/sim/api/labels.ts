import { validateLabelValue, validateQualifiedName } from "./names.ts";

/** Label selectors: the text form (`app=web,tier in (a,b),!old`) and the object form (`matchLabels`, `matchExpressions`). */

export type Operator = "=" | "==" | "!=" | "in" | "notin" | "exists" | "!" | "gt" | "lt";

export interface Requirement {
  readonly key: string;
  readonly operator: Operator;
  /** In code-unit order. */
  readonly values: readonly string[];
}

/** All requirements must hold. An empty selector matches everything. Ordered by key. */
export interface LabelSelector {
  readonly requirements: readonly Requirement[];
}

export type Labels = Readonly<Record<string, string>>;

/** `metav1.LabelSelector` as it stands in objects. */
export interface LabelSelectorObject {
  readonly matchLabels?: Labels;
  readonly matchExpressions?: readonly {
    readonly key: string;
    readonly operator: string;
    readonly values?: readonly string[];
  }[];
}

export const EVERYTHING: LabelSelector = Object.freeze({ requirements: Object.freeze([]) });

export class SelectorError extends Error {}

const NO_LABELS: Labels = Object.freeze({});

export function matchesSelector(selector: LabelSelector, labels: Labels | undefined): boolean {
  const given = labels ?? NO_LABELS;
  for (const requirement of selector.requirements) {
    if (!matchesRequirement(requirement, given)) return false;
  }
  return true;
}

function matchesRequirement({ key, operator, values }: Requirement, labels: Labels): boolean {
  const value = Object.hasOwn(labels, key) ? labels[key] : undefined;
  switch (operator) {
    case "=":
    case "==":
    case "in":
      return value !== undefined && values.includes(value);
    case "!=":
    case "notin":
      return value === undefined || !values.includes(value);
    case "exists":
      return value !== undefined;
    case "!":
      return value === undefined;
    case "gt":
    case "lt":
      return value !== undefined && compareIntegers(value, values[0]!, operator);
  }
}

const INTEGER = /^[+-]?\d+$/;

function compareIntegers(value: string, bound: string, operator: "gt" | "lt"): boolean {
  if (!INTEGER.test(value) || !INTEGER.test(bound)) return false;
  return operator === "gt" ? Number(value) > Number(bound) : Number(value) < Number(bound);
}

/** True when every pair of `set` is among `labels`: what a Service's or a ReplicationController's selector asks. */
export function matchesSet(set: Labels, labels: Labels | undefined): boolean {
  for (const key in set) {
    if (labels === undefined || !Object.hasOwn(labels, key) || labels[key] !== set[key]) return false;
  }
  return true;
}

export function selectorFromSet(set: Labels): LabelSelector {
  const requirements = Object.keys(set)
    .sort()
    .map((key): Requirement => ({ key, operator: "=", values: [set[key]!] }));
  return { requirements };
}

const OPERATOR_OF_OBJECT: Readonly<Record<string, Operator>> = {
  In: "in",
  NotIn: "notin",
  Exists: "exists",
  DoesNotExist: "!",
  Gt: "gt",
  Lt: "lt",
};

const compiled = new WeakMap<LabelSelectorObject, LabelSelector | null>();

/**
 * The selector that an object's `metav1.LabelSelector` means: an empty one matches everything, an absent one nothing
 * (null). Kept per frozen object, so asking again costs nothing. Throws SelectorError on an unknown operator.
 */
export function selectorFromObject(object: LabelSelectorObject | null | undefined): LabelSelector | null {
  if (object === null || object === undefined) return null;
  const known = compiled.get(object);
  if (known !== undefined) return known;
  const requirements = [...selectorFromSet(object.matchLabels ?? NO_LABELS).requirements];
  for (const { key, operator, values } of object.matchExpressions ?? []) {
    requirements.push({ key, operator: operatorOf(operator), values: [...(values ?? [])].sort() });
  }
  const selector = { requirements: sortByKey(requirements) };
  if (Object.isFrozen(object)) compiled.set(object, selector);
  return selector;
}

function operatorOf(text: string): Operator {
  const operator = OPERATOR_OF_OBJECT[text];
  if (operator === undefined) throw new SelectorError(`"${text}" is not a valid label selector operator`);
  return operator;
}

/**
 * What is wrong with an object's selector, as `metav1.LabelSelectorAsSelector` words it; null: nothing. The first
 * requirement that is wrong speaks.
 */
export function selectorProblem(object: LabelSelectorObject | null | undefined): string | null {
  try {
    for (const [key, value] of Object.entries(object?.matchLabels ?? NO_LABELS)) checkRequirement(key, "=", [value]);
    for (const { key, operator, values = [] } of object?.matchExpressions ?? []) {
      checkRequirement(key, operatorOf(operator), values);
    }
    return null;
  } catch (error) {
    if (error instanceof SelectorError) return error.message;
    throw error;
  }
}

function checkRequirement(key: string, operator: Operator, values: readonly string[]): void {
  refuse("key", key, validateQualifiedName(key));
  const isSet = operator === "in" || operator === "notin";
  if (isSet && values.length === 0) {
    throw new SelectorError("values: Invalid value: []: for 'in', 'notin' operators, values set can't be empty");
  }
  if ((operator === "exists" || operator === "!") && values.length > 0) {
    const text = values.map((value) => JSON.stringify(value)).join(",");
    throw new SelectorError(`values: Invalid value: [${text}]: values set must be empty for exists and does not exist`);
  }
  values.forEach((value, index) => {
    refuse(`values[${index}][${key}]`, value, validateLabelValue(value));
  });
}

/** Whether an object's `metav1.LabelSelector` matches; an absent selector matches nothing. */
export function matchesObjectSelector(
  object: LabelSelectorObject | null | undefined,
  labels: Labels | undefined,
): boolean {
  const selector = selectorFromObject(object);
  return selector !== null && matchesSelector(selector, labels);
}

function sortByKey(requirements: readonly Requirement[]): Requirement[] {
  return requirements
    .map((requirement, index) => ({ requirement, index }))
    .sort((a, b) =>
      a.requirement.key < b.requirement.key ? -1 : a.requirement.key > b.requirement.key ? 1 : a.index - b.index,
    )
    .map(({ requirement }) => requirement);
}

/** The canonical text: requirements by key, values in order. */
export function formatSelector(selector: LabelSelector): string {
  return selector.requirements.map(formatRequirement).join(",");
}

function formatRequirement({ key, operator, values }: Requirement): string {
  switch (operator) {
    case "exists":
      return key;
    case "!":
      return `!${key}`;
    case "in":
    case "notin":
      return `${key} ${operator} (${values.join(",")})`;
    case "gt":
      return `${key}>${values[0]}`;
    case "lt":
      return `${key}<${values[0]}`;
    default:
      return `${key}${operator}${values[0]}`;
  }
}

/** As `kubectl describe` and table cells show an object's selector (`metav1.FormatLabelSelector`). */
export function formatObjectSelector(object: LabelSelectorObject | null | undefined): string {
  const selector = selectorFromObject(object);
  const text = selector === null ? "" : formatSelector(selector);
  return text === "" ? "<none>" : text;
}

type TokenKind =
  | "identifier"
  | "end"
  | ","
  | "("
  | ")"
  | "="
  | "=="
  | "!="
  | "!"
  | "in"
  | "notin"
  | ">"
  | "<"
  | "error";

interface Token {
  readonly kind: TokenKind;
  readonly text: string;
}

const SPECIAL = "=!(),><";
const SPACE = " \t\r\n";

function tokens(text: string): Token[] {
  const list: Token[] = [];
  let at = 0;
  while (at < text.length) {
    const character = text[at]!;
    if (SPACE.includes(character)) {
      at++;
      continue;
    }
    let end = at;
    if (SPECIAL.includes(character)) {
      end = at + 1;
      if ((character === "=" || character === "!") && text[end] === "=") end++;
      const symbol = text.slice(at, end);
      list.push({ kind: symbol as TokenKind, text: symbol });
    } else {
      while (end < text.length && !SPECIAL.includes(text[end]!) && !SPACE.includes(text[end]!)) end++;
      const word = text.slice(at, end);
      list.push({ kind: word === "in" || word === "notin" ? word : "identifier", text: word });
    }
    at = end;
  }
  list.push({ kind: "end", text: "" });
  return list;
}

/** Recursive descent over the tokens, with upstream's messages. `in` and `notin` are plain words where a value stands. */
class Parser {
  private readonly list: readonly Token[];
  private at = 0;

  constructor(text: string) {
    this.list = tokens(text);
  }

  private look(asValue: boolean): Token {
    const token = this.list[Math.min(this.at, this.list.length - 1)]!;
    return asValue && (token.kind === "in" || token.kind === "notin")
      ? { kind: "identifier", text: token.text }
      : token;
  }

  private take(asValue: boolean): Token {
    const token = this.look(asValue);
    this.at++;
    return token;
  }

  parse(): Requirement[] {
    const requirements: Requirement[] = [];
    for (;;) {
      const { kind, text } = this.look(true);
      if (kind === "end") return requirements;
      if (kind !== "identifier" && kind !== "!") {
        throw new SelectorError(`found '${text}', expected: !, identifier, or 'end of string'`);
      }
      try {
        requirements.push(this.requirement());
      } catch (error) {
        throw new SelectorError(`unable to parse requirement: ${(error as Error).message}`);
      }
      const next = this.take(true);
      if (next.kind === "end") return requirements;
      if (next.kind !== ",") throw new SelectorError(`found '${next.text}', expected: ',' or 'end of string'`);
      const following = this.look(true);
      if (following.kind !== "identifier" && following.kind !== "!") {
        throw new SelectorError(`found '${following.text}', expected: identifier after ','`);
      }
    }
  }

  private requirement(): Requirement {
    let negated = false;
    if (this.look(true).kind === "!") {
      this.at++;
      negated = true;
    }
    const name = this.take(true);
    if (name.kind !== "identifier") throw new SelectorError(`found '${name.text}', expected: identifier`);
    // Upstream's parser has no path here, and says so.
    refuse("<nil>", name.text, validateQualifiedName(name.text));
    const next = this.look(true);
    if (negated || next.kind === "end" || next.kind === ",") {
      return { key: name.text, operator: negated ? "!" : "exists", values: [] };
    }
    const operator = this.operator();
    const values = operator === "in" || operator === "notin" ? this.valueList() : [this.singleValue()];
    if (operator === "gt" || operator === "lt") {
      if (!INTEGER.test(values[0]!)) {
        throw new SelectorError(
          `values[0]: Invalid value: ${JSON.stringify(values[0])}: for 'Gt', 'Lt' operators, the value must be an integer`,
        );
      }
    }
    values.forEach((value, index) => {
      refuse(`values[${index}][${name.text}]`, value, validateLabelValue(value));
    });
    return { key: name.text, operator, values: [...new Set(values)].sort() };
  }

  private operator(): Operator {
    const { kind, text } = this.take(false);
    if (kind === ">") return "gt";
    if (kind === "<") return "lt";
    if (kind === "=" || kind === "==" || kind === "!=" || kind === "in" || kind === "notin") return kind;
    throw new SelectorError(`found '${text}', expected: in, notin, =, ==, !=, gt, lt`);
  }

  private singleValue(): string {
    const { kind, text } = this.look(true);
    if (kind === "end" || kind === ",") return "";
    if (kind !== "identifier") throw new SelectorError(`found '${text}', expected: identifier`);
    this.at++;
    return text;
  }

  private valueList(): string[] {
    const open = this.take(true);
    if (open.kind !== "(") throw new SelectorError(`found '${open.text}' expected: '('`);
    const first = this.look(true);
    if (first.kind === ")") {
      this.at++;
      return [""];
    }
    if (first.kind !== "identifier" && first.kind !== ",") {
      throw new SelectorError(`found '${first.text}', expected: ',', ')' or identifier`);
    }
    const values: string[] = [];
    for (;;) {
      const token = this.take(true);
      if (token.kind === "identifier") {
        values.push(token.text);
        const next = this.look(true);
        if (next.kind === ")") {
          this.at++;
          return values;
        }
        if (next.kind !== ",") throw new SelectorError(`found '${next.text}', expected: ',' or ')'`);
        this.at++;
        const after = this.look(true);
        if (after.kind === ")") {
          this.at++;
          values.push("");
          return values;
        }
        if (after.kind === ",") values.push("");
      } else if (token.kind === ",") {
        if (values.length === 0) values.push("");
        if (this.look(true).kind === ")") {
          this.at++;
          values.push("");
          return values;
        }
      } else throw new SelectorError(`found '${token.text}', expected: ',', or identifier`);
    }
  }
}

function refuse(path: string, value: string, messages: readonly string[]): void {
  if (messages.length === 0) return;
  throw new SelectorError(`${path}: Invalid value: ${JSON.stringify(value)}: ${messages.join("; ")}`);
}

/** Parses the text form; throws SelectorError with upstream's message. */
export function parseSelector(text: string): LabelSelector {
  if (text === "") return EVERYTHING;
  return { requirements: sortByKey(new Parser(text).parse()) };
}
