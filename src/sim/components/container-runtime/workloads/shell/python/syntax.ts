/** What a Python script is made of, as far as it is understood here: expressions are trees, statements a flat program. */

/** Lists and tuples are values: a change gives a new one. Whole numbers are bigint, fractions number. */
export type Value = bigint | number | string | boolean | null | readonly Value[] | Range | Module;

export interface Range {
  readonly range: readonly [bigint, bigint, bigint];
}

/** A module or a function of one: `time`, `time.sleep`. */
export interface Module {
  readonly module: string;
}

export type Expression =
  | { readonly kind: "value"; readonly value: Value }
  | { readonly kind: "name"; readonly name: string }
  | { readonly kind: "list"; readonly items: readonly Expression[] }
  | { readonly kind: "unary"; readonly operator: "-" | "+" | "not"; readonly of: Expression }
  | { readonly kind: "binary"; readonly operator: string; readonly left: Expression; readonly right: Expression }
  | { readonly kind: "compare"; readonly first: Expression; readonly rest: readonly (readonly [string, Expression])[] }
  | { readonly kind: "choice"; readonly test: Expression; readonly yes: Expression; readonly no: Expression }
  | { readonly kind: "either"; readonly until: boolean; readonly left: Expression; readonly right: Expression }
  | { readonly kind: "attribute"; readonly of: Expression; readonly name: string }
  | { readonly kind: "call"; readonly callee: Expression; readonly args: readonly Expression[]; readonly named: Named }
  | { readonly kind: "index"; readonly of: Expression; readonly at: Expression }
  | {
      readonly kind: "slice";
      readonly of: Expression;
      readonly from: Expression | null;
      readonly to: Expression | null;
    }
  | {
      readonly kind: "format";
      readonly parts: readonly (string | { readonly value: Expression; readonly how: string })[];
    }
  | {
      readonly kind: "each";
      readonly item: Expression;
      readonly name: string;
      readonly source: Expression;
      readonly test: Expression | null;
    };

export type Named = Readonly<Record<string, Expression>>;

export type Step =
  | { readonly op: "evaluate"; readonly expression: Expression }
  | { readonly op: "assign"; readonly names: readonly string[]; readonly expression: Expression }
  | { readonly op: "jump"; readonly to: number }
  | { readonly op: "unless"; readonly test: Expression; readonly to: number }
  /** Begins a loop over what it gives; `next` takes the next one or leaves, `drop` gives the loop up. */
  | { readonly op: "iterate"; readonly expression: Expression }
  | { readonly op: "next"; readonly names: readonly string[]; readonly to: number }
  | { readonly op: "drop" }
  | { readonly op: "raise"; readonly expression: Expression };

/** Beside each step the number of its line. */
export interface PythonProgram {
  readonly steps: readonly Step[];
  readonly lines: readonly number[];
}

/** `unknown`: it may well be Python, but nothing that is understood here. */
export class PythonSyntaxError extends Error {
  readonly line: number;
  readonly unknown: boolean;

  constructor(message: string, line: number, unknown = false) {
    super(message);
    this.line = line;
    this.unknown = unknown;
  }
}
