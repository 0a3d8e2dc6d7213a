import {
  CelFault,
  type CelValue,
  compareValues,
  equalValues,
  NO_SUCH_OVERLOAD,
  type TypeValue,
  typeNameOf,
} from "../values.ts";
import { type Overload, overload } from "./overload.ts";

const NUMBERS = ["int", "uint", "double"];
const OTHERS = ["bool", "string", "bytes", "timestamp", "duration"];

const PAIRS = [
  ...NUMBERS.flatMap((left) => NUMBERS.map((right) => `${left}, ${right}`)),
  ...OTHERS.map((type) => `${type}, ${type}`),
];

const ORDERS: Readonly<Record<string, (order: number) => boolean>> = {
  "_<_": (order) => order < 0,
  "_<=_": (order) => order <= 0,
  "_>_": (order) => order > 0,
  "_>=_": (order) => order >= 0,
};

/** A number that is none has no order: every comparison with it is false. */
function ordered(a: CelValue, b: CelValue, holds: (order: number) => boolean): boolean {
  const order = compareValues(a, b);
  if (order !== undefined) return holds(order);
  if (Number.isNaN(a) || Number.isNaN(b)) return false;
  throw new CelFault(NO_SUCH_OVERLOAD);
}

export const COMPARISONS: readonly Overload[] = [
  overload("_==_(A, A): bool", equalValues),
  overload("_!=_(A, A): bool", (a: CelValue, b: CelValue) => !equalValues(a, b)),
  ...Object.entries(ORDERS).flatMap(([name, holds]) =>
    PAIRS.map((pair) => overload(`${name}(${pair}): bool`, (a: CelValue, b: CelValue) => ordered(a, b, holds))),
  ),
  overload("type(A): type(A)", (value: CelValue): TypeValue => ({ kind: "type", name: typeNameOf(value) })),
  overload("dyn(A): dyn", (value: CelValue) => value),
];
