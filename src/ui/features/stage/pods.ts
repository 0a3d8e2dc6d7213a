import type { ComponentView, PodView } from "../../../protocol/views.ts";
import type { ClusterState } from "../../shared/adapter/apply-update.ts";
import { hasTile } from "./layout/places.ts";

interface Grouping {
  readonly pods: ReadonlyMap<string, PodView>;
  readonly components: ReadonlyMap<string, ComponentView>;
  readonly byMachine: ReadonlyMap<string, readonly PodView[]>;
}

const none: readonly PodView[] = [];
let last: Grouping = { pods: new Map(), components: new Map(), byMachine: new Map() };

/** Pods of a machine that are drawn as pods; "" for those without a node. What is a tile already is left out. */
export function podsOn(state: Pick<ClusterState, "pods" | "components">, machine: string): readonly PodView[] {
  if (last.pods !== state.pods || last.components !== state.components) last = group(state);
  return last.byMachine.get(machine) ?? none;
}

function group({ pods, components }: Pick<ClusterState, "pods" | "components">): Grouping {
  const tiles = new Map<string, string[]>();
  for (const { machine, name } of components.values()) {
    if (!hasTile(name)) continue;
    tiles.set(machine, [...(tiles.get(machine) ?? []), `${name}-`]);
  }
  const byMachine = new Map<string, PodView[]>();
  for (const pod of pods.values()) {
    if (pod.system && tiles.get(pod.machine)?.some((prefix) => pod.name.startsWith(prefix))) continue;
    const list = byMachine.get(pod.machine);
    if (list) list.push(pod);
    else byMachine.set(pod.machine, [pod]);
  }
  // The person's own pods first; each keeps its place while it lives.
  for (const list of byMachine.values()) list.sort((a, b) => Number(a.system) - Number(b.system));
  return { pods, components, byMachine };
}

/** `web-7d9c5b8f4-x7k2p` of owner `web` is `web-x7k2p` on the stage; `sum-3-x7k2p` of an indexed Job `sum` is `sum-3`. */
export function shortPodName(pod: Pick<PodView, "name" | "owner">): string {
  if (!pod.owner || !pod.name.startsWith(`${pod.owner}-`)) return pod.name;
  const index = /^(\d{1,6})-[a-z0-9]{5}$/.exec(pod.name.slice(pod.owner.length + 1))?.[1];
  if (index !== undefined) return `${pod.owner}-${index}`;
  const suffix = pod.name.slice(pod.name.lastIndexOf("-") + 1);
  return `${pod.owner}-${suffix}`;
}

const bands = ["#3f72d9", "#b5487f", "#2f8f83", "#b86f1d", "#7a5bc7", "#5b8a2c", "#c0564a", "#4b8fb5"];

/** The owner's colour, the same wherever it stands. */
export function ownerColour(owner: string): string {
  let hash = 7;
  for (let index = 0; index < owner.length; index++) hash = (hash * 31 + owner.charCodeAt(index)) >>> 0;
  return owner ? bands[hash % bands.length]! : "transparent";
}
