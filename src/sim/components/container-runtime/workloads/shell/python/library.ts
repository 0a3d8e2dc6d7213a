import { compared, operate } from "./operators.ts";
import type { Value } from "./syntax.ts";
import {
  boundedText,
  decimals,
  formatted,
  ITEMS_MAX,
  inText,
  isList,
  isRange,
  isTrue,
  itemAt,
  itemsOf,
  lengthOf,
  PythonError,
  PythonMemoryWanted,
  TEXT_MAX,
  toText,
  typeName,
} from "./values.ts";

/** What a script reaches of the world around it. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string>>;
  readonly argv: readonly string[];
  readonly hostname: string;
  readonly directory: string;
  wallUs(): number;
  random(): number;
}

/** What a script does that is more than to work out a value. */
export interface Doing {
  print(stream: "out" | "err", text: string): void;
  sleep(seconds: number): void;
  exit(status: number): void;
}

type Call = (
  args: readonly Value[],
  named: Readonly<Record<string, Value>>,
  world: Surroundings,
  doing: Doing,
) => Value;

const FACTORIAL_MAX = 5_000n;

function wholeOf(value: Value): bigint {
  if (typeof value === "bigint") return value;
  if (typeof value === "boolean") return value ? 1n : 0n;
  throw new PythonError("TypeError", `'${typeName(value)}' object cannot be interpreted as an integer`);
}

/** Functions by their full names, built-in ones by their plain ones. */
export const FUNCTIONS: Readonly<Record<string, Call>> = {
  print: (args, { sep = " ", end = "\n", file = null }, _world, doing) => {
    doing.print(isStderr(file) ? "err" : "out", args.map(toText).join(toText(sep)) + toText(end ?? "\n"));
    return null;
  },
  range: ([a = 0n, b, c = 1n]) => {
    const [start, stop] = b === undefined ? [0n, a] : [a, b];
    if (typeof start !== "bigint" || typeof stop !== "bigint" || typeof c !== "bigint")
      throw new PythonError("TypeError", "'float' object cannot be interpreted as an integer");
    if (c === 0n) throw new PythonError("ValueError", "range() arg 3 must not be zero");
    return { range: [start, stop, c] };
  },
  len: ([value = null]) => lengthOf(value),
  str: ([value = ""]) => toText(value),
  repr: ([value = null]) => inText(value),
  int: ([value = 0n, base = 10n]) => whole(value, Number(base)),
  float: ([value = 0n]) => fraction(value),
  bool: ([value = false]) => isTrue(value),
  abs: ([value = 0n]) => (compared("<", value, 0n) ? operate("-", 0n, value) : value),
  sum: ([values = [], start = 0n]) => {
    if (isRange(values) && start === 0n) {
      const [first, , step] = values.range;
      const count = lengthOf(values);
      return count * first + (step * count * (count - 1n)) / 2n;
    }
    return itemsOf(values, ITEMS_MAX).reduce((sum, value) => operate("+", sum, value), start);
  },
  min: (args) => extreme(args, "<"),
  max: (args) => extreme(args, ">"),
  list: ([values = []]) => itemsOf(values, ITEMS_MAX),
  tuple: ([values = []]) => itemsOf(values, ITEMS_MAX),
  sorted: ([values = []]) => [...itemsOf(values, ITEMS_MAX)].sort((a, b) => (compared("<", a, b) ? -1 : 1)),
  reversed: ([values = []]) => [...itemsOf(values, ITEMS_MAX)].reverse(),
  enumerate: ([values = []]) => itemsOf(values, ITEMS_MAX).map((value, index) => [BigInt(index), value]),
  round: ([value = 0n, digits]) => {
    if (digits === undefined) return whole(roundedHalfEven(Number(value)), 10);
    return Number(Number(value).toFixed(decimals(toText(digits))));
  },
  pow: ([a = 0n, b = 0n]) => operate("**", a, b),
  divmod: ([a = 0n, b = 1n]) => [operate("//", a, b), operate("%", a, b)],
  ord: ([text = ""]) => BigInt(toText(text).codePointAt(0) ?? 0),
  chr: ([code = 0n]) => {
    if (!(Number(code) >= 0 && Number(code) < 0x110000))
      throw new PythonError("ValueError", "chr() arg not in range(0x110000)");
    return String.fromCodePoint(Number(code));
  },
  hex: ([value = 0n]) => `0x${wholeOf(value).toString(16)}`,
  bin: ([value = 0n]) => `0b${wholeOf(value).toString(2)}`,
  exit: (args, _named, _world, doing) => leave(args, doing),
  quit: (args, _named, _world, doing) => leave(args, doing),
  "sys.exit": (args, _named, _world, doing) => leave(args, doing),
  "os._exit": (args, _named, _world, doing) => leave(args, doing),
  "sys.stdout.write": ([text = ""], _named, _world, doing) => {
    doing.print("out", toText(text));
    return BigInt(toText(text).length);
  },
  "sys.stderr.write": ([text = ""], _named, _world, doing) => {
    doing.print("err", toText(text));
    return BigInt(toText(text).length);
  },
  "sys.stdout.flush": () => null,
  "sys.stderr.flush": () => null,
  "time.sleep": ([seconds = 0n], _named, _world, doing) => {
    if (typeof seconds !== "bigint" && typeof seconds !== "number" && typeof seconds !== "boolean")
      throw new PythonError("TypeError", `'${typeName(seconds)}' object cannot be interpreted as an integer`);
    if (Number(seconds) < 0) throw new PythonError("ValueError", "sleep length must be non-negative");
    doing.sleep(Number(seconds));
    return null;
  },
  "time.time": (_args, _named, world) => world.wallUs() / 1_000_000,
  "time.monotonic": (_args, _named, world) => world.wallUs() / 1_000_000,
  "time.perf_counter": (_args, _named, world) => world.wallUs() / 1_000_000,
  "random.random": (_args, _named, world) => world.random(),
  "random.randint": ([a = 0n, b = 0n], _named, world) =>
    wholeOf(a) + BigInt(Math.floor(world.random() * Number(wholeOf(b) - wholeOf(a) + 1n))),
  "random.uniform": ([a = 0n, b = 0n], _named, world) => Number(a) + world.random() * (Number(b) - Number(a)),
  "random.choice": ([values = []], _named, world) => {
    if (lengthOf(values) === 0n) throw new PythonError("IndexError", "Cannot choose from an empty sequence");
    return itemAt(values, BigInt(Math.floor(world.random() * Number(lengthOf(values)))));
  },
  "os.getenv": ([name = "", otherwise = null], _named, { env }) => env[toText(name)] ?? otherwise,
  "os.environ.get": ([name = "", otherwise = null], _named, { env }) => env[toText(name)] ?? otherwise,
  "os.getpid": () => 1n,
  "os.getcwd": (_args, _named, { directory }) => directory,
  "socket.gethostname": (_args, _named, { hostname }) => hostname,
  "platform.node": (_args, _named, { hostname }) => hostname,
  "math.sqrt": ([x = 0n]) => Math.sqrt(Number(x)),
  "math.pow": ([x = 0n, y = 0n]) => operate("**", Number(x), y),
  "math.floor": ([x = 0n]) => whole(Math.floor(Number(x)), 10),
  "math.ceil": ([x = 0n]) => whole(Math.ceil(Number(x)), 10),
  "math.factorial": ([n = 0n]) => {
    let product = 1n;
    if (wholeOf(n) > FACTORIAL_MAX)
      throw new PythonError("NotImplementedError", `factorials beyond ${FACTORIAL_MAX} are not worked out here`);
    for (let factor = 2n; factor <= wholeOf(n); factor++) product *= factor;
    return product;
  },
};

/** Values that modules have by name. */
export function constantOf(path: string, { env, argv }: Surroundings): Value | undefined {
  if (path.startsWith("os.environ.")) return undefined;
  switch (path) {
    case "math.pi":
      return Math.PI;
    case "math.e":
      return Math.E;
    case "sys.argv":
      return argv;
    case "sys.version":
      return "3.13.3 (main, Apr  9 2025, 00:00:00) [GCC 12.2.0]";
    case "os.environ":
      return Object.keys(env).length === 0 ? [] : undefined;
    default:
      return undefined;
  }
}

/** Methods of texts and lists; undefined: there is none of that name. */
export function methodOf(of: Value, name: string, args: readonly Value[]): Value | undefined {
  if (typeof of === "string") return methodOfText(of, name, args);
  if (isList(of) && name === "count") return BigInt(of.filter((item) => item === args[0]).length);
  if (isList(of) && name === "index") return BigInt(of.indexOf(args[0] as Value));
  return undefined;
}

function methodOfText(of: string, name: string, args: readonly Value[]): Value | undefined {
  if (of.length > TEXT_MAX)
    throw new PythonError("NotImplementedError", `texts of more than ${TEXT_MAX} characters are only held here`);
  const [a = null, b = null] = args;
  switch (name) {
    case "upper":
      return of.toUpperCase();
    case "lower":
      return of.toLowerCase();
    case "strip":
      return of.trim();
    case "lstrip":
      return of.trimStart();
    case "rstrip":
      return of.trimEnd();
    case "title":
      return of.replace(/[A-Za-z]+/g, (word) => word.charAt(0).toUpperCase() + word.slice(1).toLowerCase());
    case "split":
      return a === null ? of.split(/\s+/).filter((part) => part !== "") : of.split(toText(a));
    case "splitlines":
      return of.replace(/\n$/, "").split("\n");
    case "join":
      return joined(
        of,
        itemsOf(a ?? [], ITEMS_MAX).map((item) => {
          if (typeof item === "string") return item;
          throw new PythonError("TypeError", `sequence item 0: expected str instance, ${typeName(item)} found`);
        }),
      );
    case "replace":
      return joined(toText(b), of.split(toText(a)));
    case "startswith":
      return of.startsWith(toText(a));
    case "endswith":
      return of.endsWith(toText(a));
    case "find":
      return BigInt(of.indexOf(toText(a)));
    case "count":
      return BigInt(of.split(toText(a)).length - 1);
    case "isdigit":
      return /^\d+$/.test(of);
    case "encode":
    case "decode":
      return of;
    case "format": {
      let next = 0;
      return boundedText(
        of.replace(/\{(\d*)(?::([^}]*))?\}/g, (_whole, place: string, how: string | undefined) =>
          formatted(args[place === "" ? next++ : Number(place)] ?? null, how ?? ""),
        ),
      );
    }
    default:
      return undefined;
  }
}

function joined(between: string, parts: readonly string[]): string {
  let length = between.length * Math.max(0, parts.length - 1);
  for (const part of parts) length += part.length;
  if (length > TEXT_MAX) throw new PythonMemoryWanted(length);
  return parts.join(between);
}

function isStderr(file: Value): boolean {
  return typeof file === "object" && file !== null && "module" in file && file.module === "sys.stderr";
}

function leave([status = null]: readonly Value[], doing: Doing): Value {
  if (typeof status === "string") doing.print("err", `${status}\n`);
  doing.exit(status === null ? 0 : typeof status === "string" ? 1 : Number(status) & 255);
  return null;
}

function whole(value: Value, base: number): bigint {
  if (typeof value === "number") {
    if (Number.isNaN(value)) throw new PythonError("ValueError", "cannot convert float NaN to integer");
    if (!Number.isFinite(value)) throw new PythonError("OverflowError", "cannot convert float infinity to integer");
    return BigInt(Math.trunc(value));
  }
  if (typeof value === "bigint") return value;
  if (typeof value === "boolean") return value ? 1n : 0n;
  if (typeof value === "string") {
    const digits = value.trim();
    if (base === 10 && /^[-+]?\d+$/.test(digits)) return BigInt(digits);
    const parsed = Number.parseInt(digits, base);
    if (base !== 10 && !Number.isNaN(parsed)) return BigInt(parsed);
    throw new PythonError("ValueError", `invalid literal for int() with base ${base}: ${inText(value)}`);
  }
  throw new PythonError(
    "TypeError",
    `int() argument must be a string, a bytes-like object or a real number, not '${typeName(value)}'`,
  );
}

function fraction(value: Value): number {
  if (typeof value !== "string") return Number(value);
  const named = /^([-+]?)(inf|infinity|nan)$/i.exec(value.trim());
  if (named !== null)
    return named[2]?.toLowerCase() === "nan"
      ? Number.NaN
      : named[1] === "-"
        ? -Number.POSITIVE_INFINITY
        : Number.POSITIVE_INFINITY;
  if (value.trim() === "" || Number.isNaN(Number(value)))
    throw new PythonError("ValueError", `could not convert string to float: ${inText(value)}`);
  return Number(value);
}

function extreme(args: readonly Value[], operator: "<" | ">"): Value {
  const values = args.length === 1 ? itemsOf(args[0] as Value, ITEMS_MAX) : args;
  const [first, ...rest] = values;
  if (first === undefined) throw new PythonError("ValueError", "iterable argument is empty");
  return rest.reduce((best, value) => (compared(operator, value, best) ? value : best), first);
}

function roundedHalfEven(value: number): number {
  const floor = Math.floor(value);
  if (value - floor !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}
