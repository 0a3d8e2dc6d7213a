import { utf8Bytes, utf8Text } from "../../base64.ts";
import {
  type Bytes,
  CelFault,
  type CelMapping,
  type CelSequence,
  type CelValue,
  itemsOf,
  numberOf,
  typeNameOf,
} from "../values.ts";
import { formatDouble } from "./numbers.ts";
import { formatDuration, formatTimestamp } from "./times.ts";

/** `"%d of %s".format([1, "x"])` (cel-go's `ext/formatting.go`). */

const PRECISION_DEFAULT = 6;
/** The engine writes no more digits than that; the text of the fault is this project's own. */
const PRECISION_MAX = 100;

export function formatText(pattern: string, args: readonly CelValue[]): string {
  let used = 0;
  const text = pattern.replace(/%(%|(?:\.(\d*))?(\w?))/g, (_, all: string, digits: string | undefined, verb = "") => {
    if (all === "%") return "%";
    const index = used++;
    if (index >= args.length) throw new CelFault(`index ${index} out of range`);
    const precision = digits === undefined || digits === "" ? PRECISION_DEFAULT : Number(digits);
    if (precision > PRECISION_MAX) throw new CelFault(`precision ${precision} exceeds the limit ${PRECISION_MAX}`);
    return clause(verb, args[index]!, precision);
  });
  return text;
}

function clause(verb: string, value: CelValue, precision: number): string {
  switch (verb) {
    case "s":
      return textOf(value, false);
    case "d":
      return decimal(value);
    case "f":
      return fixed(value, precision);
    case "e":
      return scientific(value, precision);
    case "b":
      return binary(value);
    case "x":
      return hexadecimal(value);
    case "X":
      return hexadecimal(value).toUpperCase();
    case "o":
      return octal(value);
    default:
      throw new CelFault(`could not parse formatting clause: unrecognized formatting clause "${verb}"`);
  }
}

function wrong(verb: string, what: string, value: CelValue): CelFault {
  return new CelFault(
    `error during formatting: ${verb} clause can only be used on ${what}, was given ${typeNameOf(value)}`,
  );
}

/** `inner`: in a list or a map texts are quoted, in `%s` itself not. */
function textOf(value: CelValue, inner: boolean): string {
  switch (typeof value) {
    case "string":
      return inner ? JSON.stringify(value) : value;
    case "number":
      return formatDouble(value);
    case "bigint":
    case "boolean":
      return String(value);
    default:
  }
  if (value === null) return "null";
  switch (value.kind) {
    case "uint":
      return String(value.value);
    case "bytes":
      return utf8Text((value as Bytes).bytes);
    case "timestamp":
      return inner ? `timestamp("${formatTimestamp(value)}")` : formatTimestamp(value);
    case "duration":
      return inner ? `duration("${formatDuration(value)}")` : formatDuration(value);
    case "type":
      return value.name;
    case "list":
      return `[${itemsOf(value as CelSequence)
        .map((item) => textOf(item, true))
        .join(", ")}]`;
    case "map":
      return mapText(value);
    default:
      throw new CelFault(
        `error during formatting: string clause can only be used on strings, bools, bytes, ints, doubles, maps, lists, types, durations, and timestamps, was given ${typeNameOf(value)}`,
      );
  }
}

function mapText(map: CelMapping): string {
  const entries = map.keys().map((key) => `${textOf(key, true)}:${textOf(map.get(key)!, true)}`);
  return `{${entries.sort().join(", ")}}`;
}

const SPECIAL: Readonly<Record<string, string>> = { NaN: "NaN", "+Inf": "Infinity", "-Inf": "-Infinity" };

function decimal(value: CelValue): string {
  const number = numberOf(value);
  if (typeof number === "bigint") return String(number);
  const special = typeof number === "number" ? SPECIAL[formatDouble(number)] : undefined;
  if (special !== undefined) return special;
  throw wrong("decimal", "integers", value);
}

function asDouble(verb: string, value: CelValue): number {
  const number = numberOf(value);
  if (number === null) throw wrong(verb, "doubles", value);
  return Number(number);
}

function fixed(value: CelValue, precision: number): string {
  const number = asDouble("fixed-point", value);
  return SPECIAL[formatDouble(number)] ?? number.toFixed(precision);
}

function scientific(value: CelValue, precision: number): string {
  const number = asDouble("scientific", value);
  const special = SPECIAL[formatDouble(number)];
  if (special !== undefined) return special;
  const [mantissa = "", power = "+0"] = number.toExponential(precision).split("e");
  return `${mantissa}e${power[0]}${power.slice(1).padStart(2, "0")}`;
}

function binary(value: CelValue): string {
  if (typeof value === "boolean") return value ? "1" : "0";
  const number = numberOf(value);
  if (typeof number === "bigint") return number.toString(2);
  throw wrong("binary", "integers and bools", value);
}

function octal(value: CelValue): string {
  const number = numberOf(value);
  if (typeof number === "bigint") return number.toString(8);
  throw wrong("octal", "integers", value);
}

function hexadecimal(value: CelValue): string {
  const number = numberOf(value);
  if (typeof number === "bigint") return number.toString(16);
  const bytes = typeof value === "string" ? utf8Bytes(value) : bytesOf(value);
  if (bytes === null) throw wrong("hex", "integers, byte buffers, and strings", value);
  return bytes.map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function bytesOf(value: CelValue): readonly number[] | null {
  return typeof value === "object" && value !== null && value.kind === "bytes" ? value.bytes : null;
}
