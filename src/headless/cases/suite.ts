/** What a suite of recorded cases is: inputs and the answers that the real programs gave. */

/** One entry of a case file. What else it holds depends on the suite. */
export interface RecordedCase {
  readonly name: string;
  readonly [field: string]: unknown;
}

export interface CaseFile {
  readonly suite: string;
  readonly cases: readonly RecordedCase[];
}

export type Outcome =
  | { readonly result: "pass" }
  | { readonly result: "fail"; readonly difference: string }
  /** The case asks about a part that the product does not have. */
  | { readonly result: "skip"; readonly reason: string };

export interface Suite {
  /** As in the case file's `suite`. */
  readonly name: string;
  /** Puts one case to the product's own functions. What it throws counts as a failure. */
  run(recorded: RecordedCase): Outcome;
}

export const PASS: Outcome = { result: "pass" };

export function fail(difference: string): Outcome {
  return { result: "fail", difference };
}

export function skip(reason: string): Outcome {
  return { result: "skip", reason };
}

/** Passes when both are equal as JSON: order of keys and absent or undefined fields aside. */
export function expectSame(actual: unknown, expected: unknown): Outcome {
  const difference = differenceOf(actual, expected, "", false);
  return difference === null ? PASS : fail(difference);
}

/** As `expectSame`, but fields of records that `expected` does not name are free. */
export function expectPartly(actual: unknown, expected: unknown): Outcome {
  const difference = differenceOf(actual, expected, "", true);
  return difference === null ? PASS : fail(difference);
}

/** Passes when both lists hold the same elements, in any order. */
export function expectSameSet(actual: readonly unknown[], expected: readonly unknown[]): Outcome {
  const texts = (list: readonly unknown[]): string[] => list.map((one) => stableText(one)).sort();
  return expectSame(texts(actual), texts(expected));
}

/** The first of several outcomes that is no pass, else a pass. */
export function allOf(...outcomes: readonly Outcome[]): Outcome {
  return outcomes.find(({ result }) => result !== "pass") ?? PASS;
}

/** JSON with keys in order. */
export function stableText(value: unknown): string {
  return JSON.stringify(value, (_key, field: unknown) =>
    isRecord(field) ? Object.fromEntries(Object.entries(field).sort(([a], [b]) => (a < b ? -1 : 1))) : field,
  );
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Where and how the two differ first, or null. */
export function differenceOf(actual: unknown, expected: unknown, path: string, partly: boolean): string | null {
  const here = path === "" ? "the answer" : path;
  if (Array.isArray(expected)) {
    if (!Array.isArray(actual)) return `${here} is ${show(actual)}, expected ${show(expected)}`;
    if (actual.length !== expected.length) return `${here} is ${show(actual)}, expected ${show(expected)}`;
    for (const [index, one] of expected.entries()) {
      const difference = differenceOf(actual[index], one, `${path}[${index}]`, partly);
      if (difference !== null) return difference;
    }
    return null;
  }
  if (isRecord(expected)) {
    if (!isRecord(actual)) return `${here} is ${show(actual)}, expected ${show(expected)}`;
    const keys = new Set([...Object.keys(expected), ...(partly ? [] : Object.keys(actual))]);
    for (const key of keys) {
      const difference = differenceOf(actual[key], expected[key], path === "" ? key : `${path}.${key}`, partly);
      if (difference !== null) return difference;
    }
    return null;
  }
  return Object.is(actual, expected) ? null : `${here} is ${show(actual)}, expected ${show(expected)}`;
}

export function show(value: unknown): string {
  return value === undefined ? "absent" : stableText(value);
}
