/** Field selectors: `spec.nodeName=worker-1,status.phase!=Failed`. Values escape `\`, `,` and `=` with a backslash. */

export interface FieldRequirement {
  readonly field: string;
  readonly operator: "=" | "!=";
  readonly value: string;
}

export interface FieldSelector {
  readonly requirements: readonly FieldRequirement[];
}

export class FieldSelectorError extends Error {}

export const ALL_FIELDS: FieldSelector = Object.freeze({ requirements: Object.freeze([]) });

/** `fields` gives the object's value of a field; a field that it does not have counts as "". */
export function matchesFields(selector: FieldSelector, fields: (name: string) => string | undefined): boolean {
  for (const { field, operator, value } of selector.requirements) {
    if (((fields(field) ?? "") === value) !== (operator === "=")) return false;
  }
  return true;
}

/** The one value that an object's field must have to match, if the selector says so: what an index can be asked for. */
export function requiredValue(selector: FieldSelector, field: string): string | undefined {
  return selector.requirements.find((requirement) => requirement.field === field && requirement.operator === "=")
    ?.value;
}

export function escapeFieldValue(value: string): string {
  return value.replace(/[\\,=]/g, "\\$&");
}

export function formatFieldSelector(selector: FieldSelector): string {
  return selector.requirements
    .map(({ field, operator, value }) => `${field}${operator}${escapeFieldValue(value)}`)
    .join(",");
}

function unescapeFieldValue(text: string): string {
  let value = "";
  for (let index = 0; index < text.length; index++) {
    const character = text[index]!;
    if (character === "\\") {
      const next = text[++index];
      if (next === undefined || !"\\,=".includes(next)) {
        const sequence = next === undefined ? "\\" : `\\${next}`;
        throw new FieldSelectorError(`invalid field selector: invalid escape sequence: ${sequence}`);
      }
      value += next;
    } else if (character === "," || character === "=") {
      throw new FieldSelectorError(`invalid field selector: unescaped character in value: ${character.charCodeAt(0)}`);
    } else value += character;
  }
  return value;
}

/** Cuts at commas that no backslash precedes. */
function splitTerms(text: string): string[] {
  const terms: string[] = [];
  let start = 0;
  for (let index = 0; index < text.length; index++) {
    if (text[index] === "\\") index++;
    else if (text[index] === ",") {
      terms.push(text.slice(start, index));
      start = index + 1;
    }
  }
  terms.push(text.slice(start));
  return terms;
}

const OPERATORS = ["!=", "==", "="] as const;

function parseTerm(term: string, whole: string): FieldRequirement {
  for (let index = 0; index < term.length; index++) {
    for (const operator of OPERATORS) {
      if (!term.startsWith(operator, index)) continue;
      const value = unescapeFieldValue(term.slice(index + operator.length));
      return { field: term.slice(0, index), operator: operator === "!=" ? "!=" : "=", value };
    }
  }
  throw new FieldSelectorError(`invalid selector: '${whole}'; can't understand '${term}'`);
}

/** Parses the text; throws FieldSelectorError with upstream's message. */
export function parseFieldSelector(text: string): FieldSelector {
  if (text === "") return ALL_FIELDS;
  // In order of their text, so that of several bad terms the first in that order is reported.
  const terms = splitTerms(text)
    .filter((term) => term !== "")
    .sort();
  return { requirements: terms.map((term) => parseTerm(term, text)).sort(byField) };
}

function byField(a: FieldRequirement, b: FieldRequirement): number {
  return a.field < b.field ? -1 : a.field > b.field ? 1 : 0;
}
