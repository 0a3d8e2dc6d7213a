import { type Topology, topologyByName } from "../sim/cluster/topology.ts";
import type { LoggedInput } from "./inputs.ts";
import type { Session } from "./session.ts";

/** A session as text: what makes its world, and every input. Small, and enough to live it again. */
interface SavedSession {
  readonly kubarium: 1;
  readonly topology: string | Topology;
  readonly seed: number;
  readonly end: { readonly atUs: number; readonly handled: number };
  readonly inputs: readonly LoggedInput[];
}

const SAVED_BYTES_MAX = 20 * 1024 * 1024;
const INPUTS_MAX = 200_000;

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
  const saved = value as SavedSession;
  if (saved?.kubarium !== 1 || !Array.isArray(saved.inputs) || !Number.isSafeInteger(saved.seed)) {
    throw new Error("This is no saved session of Kubarium.");
  }
  if (saved.inputs.length > INPUTS_MAX) throw new Error("The saved session has too many inputs.");
  const parsedTopology = typeof saved.topology === "string" ? topologyByName(saved.topology) : saved.topology;
  if (parsedTopology === undefined)
    throw new Error(`The saved session wants a topology that is not known: ${String(saved.topology)}.`);
  let last = -1;
  for (const logged of saved.inputs) {
    if (!Number.isSafeInteger(logged?.atUs) || !Number.isSafeInteger(logged?.handled) || logged.handled < last) {
      throw new Error("The saved session's inputs are out of order.");
    }
    last = logged.handled;
  }
  if (!Number.isSafeInteger(saved.end?.atUs) || !Number.isSafeInteger(saved.end?.handled))
    throw new Error("The saved session has no end.");
  return { ...saved, parsedTopology };
}
