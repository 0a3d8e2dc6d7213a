import { parseTopology, type Topology, topologyByName } from "../sim/cluster/topology.ts";
import type { ConsoleInput } from "../sim/components/console/messages.ts";
import type { LoggedInput, SessionInput } from "./inputs.ts";
import type { Session } from "./session.ts";
import type { Position } from "./timeline.ts";

/** A session as text: what makes its world, and every input. Small, and enough to live it again. */
interface SavedSession {
  readonly kubarium: 1;
  readonly topology: string | Topology;
  readonly seed: number;
  readonly end: Position;
  readonly inputs: readonly LoggedInput[];
}

const SAVED_BYTES_MAX = 20 * 1024 * 1024;
const INPUTS_MAX = 200_000;
/** 100 virtual days. */
const AT_US_MAX = 100 * 86_400_000_000;
const NESTING_MAX = 200;

export function saveSession(session: Session): string {
  const { topology } = session;
  const saved: SavedSession = {
    kubarium: 1,
    topology: topologyByName(topology.name) === topology ? topology.name : topology,
    seed: session.seed,
    end: session.branch.end,
    inputs: session.branch.inputs,
  };
  return JSON.stringify(saved);
}

/** Reads what `saveSession` wrote. Hostile input: throws an Error of one sentence. */
export function readSaved(text: string): SavedSession & { readonly parsedTopology: Topology } {
  if (text.length > SAVED_BYTES_MAX) throw new Error("The saved session is too large.");
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Error("This is no saved session: it is not valid JSON.");
  }
  if (!isRecord(value) || value.kubarium !== 1 || !Array.isArray(value.inputs) || !isCount(value.seed))
    throw new Error("This is no saved session of Kubarium.");
  if (value.inputs.length > INPUTS_MAX) throw new Error("The saved session has too many inputs.");
  if (!isPosition(value.end)) throw new Error("The saved session has no end.");
  const parsedTopology = readTopology(value.topology);
  const inputs = readInputs(value.inputs);
  const last = inputs.at(-1);
  if (last !== undefined && (last.atUs > value.end.atUs || last.handled > value.end.handled))
    throw new Error("The saved session goes on after its end.");
  const { atUs, handled } = value.end;
  return {
    kubarium: 1,
    topology: typeof value.topology === "string" ? value.topology : parsedTopology,
    seed: value.seed,
    end: { atUs, handled },
    inputs,
    parsedTopology,
  };
}

function readTopology(value: unknown): Topology {
  if (isRecord(value)) return parseTopology(JSON.stringify(value));
  const known = typeof value === "string" ? topologyByName(value) : undefined;
  if (known === undefined) throw new Error(`The saved session wants a topology that is not known: ${String(value)}.`);
  return known;
}

function readInputs(values: readonly unknown[]): LoggedInput[] {
  let last: Position = { atUs: 0, handled: 0 };
  return values.map((value, index) => {
    if (!isRecord(value) || !isPosition(value) || value.handled < last.handled || value.atUs < last.atUs)
      throw new Error("The saved session's inputs are out of order.");
    last = value;
    if (!isInput((value as { readonly input?: unknown }).input) || nesting(value) > NESTING_MAX)
      throw new Error(`Input ${index + 1} of the saved session is not one that Kubarium knows.`);
    const { atUs, handled, input } = value as unknown as LoggedInput;
    return { atUs, handled, input };
  });
}

function isInput(value: unknown): value is SessionInput {
  if (!isRecord(value)) return false;
  switch (value.type) {
    case "console":
      return (
        hasOnly(value, ["type", "machine", "input", "trace", "command"]) &&
        isText(value.machine) &&
        isConsoleInput(value.input) &&
        (value.trace === undefined || isCount(value.trace)) &&
        (value.command === undefined || isText(value.command))
      );
    case "break":
      return (
        hasOnly(value, ["type", "fault", "target", "parameters"]) &&
        isText(value.fault) &&
        isText(value.target) &&
        isRecord(value.parameters) &&
        Object.values(value.parameters).every(isText)
      );
    case "heal":
      return hasOnly(value, ["type", "id"]) && isText(value.id);
    case "healEverything":
      return hasOnly(value, ["type"]);
    default:
      return false;
  }
}

function isConsoleInput(value: unknown): value is ConsoleInput {
  if (!isRecord(value)) return false;
  switch (value.type) {
    case "request":
    case "stream":
      return (
        hasOnly(value, ["type", "exchange", "to", "body", "timeoutUs", "certificate", "label"]) &&
        isCount(value.exchange) &&
        isText(value.to) &&
        isBody(value.to, value.body) &&
        isCount(value.timeoutUs) &&
        (value.certificate === null || isText(value.certificate)) &&
        isText(value.label)
      );
    case "frame":
      return hasOnly(value, ["type", "exchange", "frame"]) && isCount(value.exchange) && isRecord(value.frame);
    case "close":
      return hasOnly(value, ["type", "exchange"]) && isCount(value.exchange);
    case "writeFile":
      return hasOnly(value, ["type", "path", "value"]) && isPath(value.path) && isText(value.value);
    case "removeFile":
      return hasOnly(value, ["type", "path"]) && isPath(value.path);
    case "changeFiles":
      return (
        hasOnly(value, ["type", "copies", "removals", "writes"]) &&
        isListOf(value.copies, (each) => isRecord(each) && isPath(each.from) && isPath(each.to)) &&
        isListOf(value.removals, isPath) &&
        isListOf(value.writes, (each) => isRecord(each) && isPath(each.path) && isText(each.text))
      );
    default:
      return false;
  }
}

function isListOf(value: unknown, isEach: (each: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(isEach);
}

/** Servers check what they are asked, but an HTTP request is taken to have the form of one. */
function isBody(to: string, body: unknown): boolean {
  if (!isRecord(body)) return false;
  if (body.type !== "http") return !to.endsWith(":6443");
  return (
    isText(body.method) &&
    isText(body.path) &&
    isText(body.body) &&
    isRecord(body.headers) &&
    Object.values(body.headers).every(isText)
  );
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** `__proto__` and the like are no fields of ours either. */
function hasOnly(record: Readonly<Record<string, unknown>>, names: readonly string[]): boolean {
  return Object.keys(record).every((name) => names.includes(name));
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}

function isPath(value: unknown): boolean {
  return isText(value) && value.startsWith("/") && !value.includes("\uffff");
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isPosition(value: unknown): value is Position {
  const place = value as Position | undefined;
  return isCount(place?.atUs) && isCount(place?.handled) && place.atUs <= AT_US_MAX;
}

function nesting(value: unknown): number {
  let depth = 0;
  let level: unknown[] = [value];
  while (level.length > 0 && depth <= NESTING_MAX) {
    depth += 1;
    level = level.flatMap((each) => (typeof each === "object" && each !== null ? Object.values(each) : []));
  }
  return depth;
}
