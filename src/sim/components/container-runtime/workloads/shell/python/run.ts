/**
 * Runs what people have Python do in one line of a manifest: prints, arithmetic, loops, sleeps and an end. A script is a
 * flat program over variables, so that it can stop in the middle with nothing but data as its state.
 */
import { constantOf, type Doing, FUNCTIONS, methodOf, type Surroundings } from "./library.ts";
import { compared, operate } from "./operators.ts";
import { parsePython } from "./parse.ts";
import { type Expression, type PythonProgram, PythonSyntaxError, type Value } from "./syntax.ts";
import {
  boundedText,
  bytesOf,
  formatted,
  ITEMS_MAX,
  inText,
  isList,
  isModule,
  isTrue,
  itemAt,
  itemsOf,
  lengthOf,
  nodesOf,
  PythonError,
  PythonMemoryWanted,
  TEXT_MAX,
  toText,
} from "./values.ts";

export interface PythonState {
  readonly program: PythonProgram;
  /** As tracebacks name it. */
  readonly file: string;
  next: number;
  variables: Record<string, Value>;
  readonly loops: { readonly over: Value; next: bigint }[];
}

/** What came of running on: `out` and `err` were printed; `after` says what now. */
export interface PythonTurn {
  readonly out: string;
  readonly err: string;
  readonly after:
    | { readonly sleepUs: number }
    | { readonly status: number }
    /** It wants so much memory at once. */
    | { readonly wantedBytes: number }
    | "more";
}

const OUTPUT_MAX = 1 << 20;
/** Values that are worked out, items copied and hundreds of characters, until the world goes on. */
const WORK_MAX = 200_000;
/** In a single statement; what takes longer is not worked out. */
const STATEMENT_WORK_MAX = 5_000_000;
/** Bytes of all variables. */
const HELD_MAX = 268_435_456;

/** Texts of what is no Python are a turn that ends. */
export function startPython(script: string, file: string): PythonState | PythonTurn {
  try {
    return { program: Object.freeze(parsePython(script)), file, next: 0, variables: {}, loops: [] };
  } catch (error) {
    if (!(error instanceof PythonSyntaxError)) throw error;
    const { line, message, unknown } = error;
    const shown = (script.split("\n")[line - 1] ?? "").trim();
    return ended(
      unknown
        ? `${file}, line ${line}: ${shown}\n${BEYOND}\n`
        : `  File "${file}", line ${line}\n    ${shown}\nSyntaxError: ${message}\n`,
      unknown ? 2 : 1,
    );
  }
}

export const BEYOND =
  "python3: of Python, this world runs assignments, expressions, if, while, for, print, time.sleep and sys.exit";

function ended(err: string, status: number): PythonTurn {
  return { out: "", err, after: { status } };
}

/** At most so many steps, until it sleeps or is over. */
export function runPython(state: PythonState, world: Surroundings, stepsMax: number): PythonTurn {
  const { steps, lines } = state.program;
  const written = { out: "", err: "" };
  let after: PythonTurn["after"] = "more";
  const doing: Doing = {
    print: (stream, text) => {
      written[stream] += text;
    },
    sleep: (seconds) => {
      after = { sleepUs: Math.round(seconds * 1_000_000) };
    },
    exit: (status) => {
      after = { status };
    },
  };
  const machine = new Machine(state, world, doing);
  try {
    for (
      let count = 0;
      count < stepsMax && after === "more" && written.out.length < OUTPUT_MAX && machine.work < WORK_MAX;
      count++
    ) {
      if (state.next >= steps.length) after = { status: 0 };
      else machine.step();
    }
  } catch (error) {
    if (error instanceof PythonMemoryWanted) return { ...written, after: { wantedBytes: error.bytes } };
    // What an operation of the engine refuses ends the script, not the world.
    const raised = error instanceof PythonError ? error : new PythonError("SystemError", "this is not worked out here");
    const where = `Traceback (most recent call last):\n  File "${state.file}", line ${lines[state.next - 1] ?? 1}, in <module>\n`;
    const text = raised.message === "" ? raised.type : `${raised.type}: ${raised.message}`;
    written.err += `${where}${text}\n`;
    after = { status: 1 };
  }
  if (after === "more" && machine.work >= WORK_MAX) {
    const held = heldBytes(state);
    if (held > HELD_MAX) return { ...written, after: { wantedBytes: Number.POSITIVE_INFINITY } };
  }
  return { ...written, after };
}

export function heldBytes({ variables, loops }: PythonState): number {
  let bytes = 0;
  for (const value of Object.values(variables)) bytes += bytesOf(value);
  for (const { over } of loops) bytes += bytesOf(over);
  return bytes;
}

/** What gives a value that there was before. */
const SIMPLE: ReadonlySet<Expression["kind"]> = new Set(["value", "name", "index", "attribute", "choice", "either"]);
const CHARACTERS_PER_WORK = 100;
const FACTORIAL_WORK = 20_000;
const LARGE = 1n << 256n;

/** What it takes to make a value. */
function workOf(value: Value): number {
  if (typeof value === "string") return value.length / CHARACTERS_PER_WORK;
  if (typeof value === "bigint") return value < LARGE && value > -LARGE ? 0 : workOfLarge(value);
  return isList(value) ? nodesOf(value) : 0;
}

/** Products of long numbers take longer than the numbers are long. */
function workOfLarge(value: bigint): number {
  const digits = value.toString(16).length;
  return digits + (digits * digits) / 10_000;
}

class Machine {
  work = 0;
  private started = 0;
  private readonly state: PythonState;
  private readonly world: Surroundings;
  private readonly doing: Doing;

  constructor(state: PythonState, world: Surroundings, doing: Doing) {
    this.state = state;
    this.world = world;
    this.doing = doing;
  }

  step(): void {
    const { state } = this;
    const step = state.program.steps[state.next];
    state.next += 1;
    this.started = this.work;
    switch (step?.op) {
      case "evaluate":
        this.value(step.expression);
        return;
      case "assign":
        this.assign(step.names, this.value(step.expression));
        return;
      case "jump":
        state.next = step.to;
        return;
      case "unless":
        if (!isTrue(this.value(step.test))) state.next = step.to;
        return;
      case "iterate": {
        const given = this.value(step.expression);
        lengthOf(given);
        const over = typeof given === "string" ? itemsOf(given, TEXT_MAX) : given;
        this.spend(isList(over) ? over.length : 1);
        state.loops.push({ over, next: 0n });
        return;
      }
      case "next": {
        const loop = state.loops.at(-1);
        if (loop === undefined || loop.next >= lengthOf(loop.over)) {
          state.loops.pop();
          state.next = step.to;
          return;
        }
        this.assign(step.names, itemAt(loop.over, loop.next));
        loop.next += 1n;
        return;
      }
      case "drop":
        state.loops.pop();
        return;
      case "raise":
        throw this.raised(step.expression);
      case undefined:
        return;
    }
  }

  private raised(expression: Expression): PythonError {
    if (expression.kind === "call" && expression.callee.kind === "name") {
      const status = expression.args[0] === undefined ? null : this.value(expression.args[0]);
      if (expression.callee.name === "SystemExit") {
        FUNCTIONS.exit?.([status], {}, this.world, this.doing);
        return new PythonError("SystemExit", "");
      }
      return new PythonError(expression.callee.name, status === null ? "" : toText(status));
    }
    return new PythonError(expression.kind === "name" ? expression.name : "TypeError", "");
  }

  private assign(names: readonly string[], value: Value): void {
    const [name, more] = names;
    if (name !== undefined && more === undefined) {
      this.state.variables[name] = value;
      return;
    }
    const items = itemsOf(value, ITEMS_MAX);
    if (items.length < names.length)
      throw new PythonError(
        "ValueError",
        `not enough values to unpack (expected ${names.length}, got ${items.length})`,
      );
    if (items.length > names.length)
      throw new PythonError("ValueError", `too many values to unpack (expected ${names.length})`);
    names.forEach((each, index) => {
      this.state.variables[each] = items[index] as Value;
    });
  }

  private spend(work: number): void {
    this.work += work;
    if (this.work - this.started > STATEMENT_WORK_MAX)
      throw new PythonError("NotImplementedError", "a statement that takes this long is not worked out here");
  }

  private value(expression: Expression): Value {
    const value = this.evaluated(expression);
    this.spend(1 + (SIMPLE.has(expression.kind) ? 0 : workOf(value)));
    return value;
  }

  private evaluated(expression: Expression): Value {
    switch (expression.kind) {
      case "value":
        return expression.value;
      case "name":
        return this.named(expression.name);
      case "list":
        return expression.items.map((item) => this.value(item));
      case "unary": {
        const of = this.value(expression.of);
        if (expression.operator === "not") return !isTrue(of);
        return expression.operator === "-" ? operate("-", typeof of === "number" ? -0 : 0n, of) : of;
      }
      case "binary":
        return operate(expression.operator, this.value(expression.left), this.value(expression.right));
      case "compare": {
        let left = this.value(expression.first);
        for (const [operator, next] of expression.rest) {
          const right = this.value(next);
          if (typeof right === "string") this.spend(workOf(right));
          else if (isList(right)) this.spend(right.length);
          if (!compared(operator, left, right)) return false;
          left = right;
        }
        return true;
      }
      case "choice":
        return this.value(isTrue(this.value(expression.test)) ? expression.yes : expression.no);
      case "either": {
        const left = this.value(expression.left);
        return isTrue(left) === expression.until ? left : this.value(expression.right);
      }
      case "attribute": {
        const path = this.path(expression);
        const found = path === null ? undefined : constantOf(path, this.world);
        if (found !== undefined) return found;
        if (path !== null) return { module: path };
        throw new PythonError("AttributeError", `object has no attribute '${expression.name}'`);
      }
      case "call":
        return this.call(expression);
      case "index":
        return this.at(expression);
      case "slice":
        return this.slice(expression);
      case "format":
        return boundedText(
          expression.parts
            .map((part) => (typeof part === "string" ? part : formatted(this.value(part.value), part.how)))
            .join(""),
        );
      case "each":
        return this.each(expression);
    }
  }

  private variable(name: string): Value | undefined {
    return Object.hasOwn(this.state.variables, name) ? this.state.variables[name] : undefined;
  }

  private named(name: string): Value {
    const found = this.variable(name);
    if (found !== undefined) return found;
    if (name === "__name__") return "__main__";
    throw new PythonError("NameError", `name '${name}' is not defined`);
  }

  /** The full name of a part of a module; null: it is none. */
  private path(expression: Expression): string | null {
    if (expression.kind === "name") {
      const found = this.variable(expression.name);
      if (found === undefined) return Object.hasOwn(FUNCTIONS, expression.name) ? expression.name : null;
      return isModule(found) ? found.module : null;
    }
    if (expression.kind !== "attribute") return null;
    const outer = this.path(expression.of);
    return outer === null ? null : `${outer}.${expression.name}`;
  }

  private call({ callee, args, named }: Extract<Expression, { kind: "call" }>): Value {
    const path = this.path(callee);
    const known = path !== null && Object.hasOwn(FUNCTIONS, path) ? FUNCTIONS[path] : undefined;
    if (path === "math.factorial") this.spend(FACTORIAL_WORK);
    const values = args.map((arg) => this.value(arg));
    for (const value of values) if (typeof value === "string") this.spend(workOf(value));
    if (known !== undefined) {
      const byName: Record<string, Value> = {};
      for (const [name, expression] of Object.entries(named)) byName[name] = this.value(expression);
      return known(values, byName, this.world, this.doing);
    }
    if (callee.kind === "attribute" && path === null) return this.method(callee, values);
    if (callee.kind === "name" && path === null) this.named(callee.name);
    if (path?.includes(".") === true) {
      const module = path.split(".")[0];
      throw new PythonError(
        "NotImplementedError",
        `${path}: this world has nothing of module ${module} but a few functions`,
      );
    }
    throw new PythonError("TypeError", `'${path ?? "object"}' object is not callable`);
  }

  private method({ of, name }: Extract<Expression, { kind: "attribute" }>, args: readonly Value[]): Value {
    const self = this.value(of);
    if (isList(self) && of.kind === "name" && (name === "append" || name === "extend" || name === "pop")) {
      const more = name === "append" ? args : name === "extend" ? itemsOf(args[0] ?? [], ITEMS_MAX) : [];
      const changed = name === "pop" ? self.slice(0, -1) : [...self, ...more];
      this.spend(workOf(changed));
      this.state.variables[of.name] = changed;
      if (name !== "pop") return null;
      if (self.length === 0) throw new PythonError("IndexError", "pop from empty list");
      return self.at(-1) as Value;
    }
    const result = methodOf(self, name, args);
    if (result === undefined)
      throw new PythonError("AttributeError", `'${inText(self).slice(0, 20)}' object has no attribute '${name}'`);
    return result;
  }

  private at({ of, at }: Extract<Expression, { kind: "index" }>): Value {
    const key = this.value(at);
    if (this.path(of) === "os.environ") {
      const found = this.world.env[toText(key)];
      if (found === undefined) throw new PythonError("KeyError", inText(key));
      return found;
    }
    const value = this.value(of);
    if (typeof value === "string") this.spend(workOf(value));
    const length = lengthOf(value);
    if (typeof key !== "bigint") throw new PythonError("TypeError", "indices must be integers or slices");
    const index = key < 0n ? key + length : key;
    if (index < 0n || index >= length) throw new PythonError("IndexError", "index out of range");
    return itemAt(value, index);
  }

  private slice({ of, from, to }: Extract<Expression, { kind: "slice" }>): Value {
    const value = this.value(of);
    const bound = (expression: Expression | null): number | undefined =>
      expression === null ? undefined : Number(this.value(expression));
    const [start, end] = [bound(from), bound(to)];
    return typeof value === "string" ? value.slice(start, end) : itemsOf(value, ITEMS_MAX).slice(start, end);
  }

  private each({ item, name, source, test }: Extract<Expression, { kind: "each" }>): Value {
    const before = this.state.variables[name];
    const items: Value[] = [];
    for (const value of itemsOf(this.value(source), ITEMS_MAX)) {
      this.state.variables[name] = value;
      if (test === null || isTrue(this.value(test))) items.push(this.value(item));
    }
    if (before === undefined) delete this.state.variables[name];
    else this.state.variables[name] = before;
    return items;
  }
}
