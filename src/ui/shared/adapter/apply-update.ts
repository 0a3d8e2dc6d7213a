import type { ListDiff, ViewUpdate } from "../../../protocol/updates.ts";
import type {
  ComponentView,
  EventRow,
  InspectorView,
  LinkView,
  MachineView,
  MessageView,
  PodView,
  StageView,
  TimeView,
  TraceView,
  Views,
} from "../../../protocol/views.ts";

/** The page's copy of what the session last said. Maps keep the session's order. */
export interface ClusterState {
  /** False until the first stage came. */
  readonly known: boolean;
  readonly head: Pick<StageView, "topology" | "seed" | "ready" | "faults">;
  readonly machines: ReadonlyMap<string, MachineView>;
  readonly components: ReadonlyMap<string, ComponentView>;
  readonly pods: ReadonlyMap<string, PodView>;
  readonly links: ReadonlyMap<string, LinkView>;
  readonly messages: ReadonlyMap<number, MessageView>;
  readonly events: ReadonlyMap<string, EventRow>;
  readonly time: TimeView;
  readonly caption: Views["caption"];
  readonly inspector: InspectorView | null;
  readonly trace: TraceView;
  /** Rises with every `reset`: what has kept positions of its own forgets them. */
  readonly epoch: number;
}

const noTime: TimeView = {
  nowUs: 0,
  wallUs: 0,
  playing: false,
  speed: 1,
  following: true,
  pace: "",
  rate: 0,
  followedTrace: null,
  startUs: 0,
  readyUs: 0,
  marks: [],
  branches: [],
  skips: [],
  busy: "",
};

export const emptyCluster: ClusterState = {
  known: false,
  head: { topology: "", seed: 0, ready: false, faults: [] },
  machines: new Map(),
  components: new Map(),
  pods: new Map(),
  links: new Map(),
  messages: new Map(),
  events: new Map(),
  time: noTime,
  caption: { text: "", tone: "off" },
  inspector: null,
  trace: { traces: [], selected: null },
  epoch: 0,
};

/** Removes first, then changes in place or appends. Answers the same map when nothing is to do. */
export function applyList<K extends string | number, T extends { readonly id: K }>(
  before: ReadonlyMap<K, T>,
  diff: ListDiff<T> | undefined,
): ReadonlyMap<K, T> {
  if (!diff || (diff.remove.length === 0 && diff.upsert.length === 0)) return before;
  const after = new Map(before);
  for (const id of diff.remove) after.delete(id as K);
  for (const item of diff.upsert) after.set(item.id, item);
  return after;
}

/** What differs from `before` only; notices are the caller's. */
export function applyUpdate(before: ClusterState, update: ViewUpdate): ClusterState {
  const base: ClusterState = update.reset
    ? { ...emptyCluster, known: before.known, epoch: before.epoch + 1, time: before.time, caption: before.caption }
    : before;
  const stage = update.stage;
  return {
    known: base.known || stage !== undefined,
    head: stage?.head ?? base.head,
    machines: applyList(base.machines, stage?.machines),
    components: applyList(base.components, stage?.components),
    pods: applyList(base.pods, stage?.pods),
    links: applyList(base.links, stage?.links),
    messages: applyList(base.messages, update.messages),
    events: applyList(base.events, update.events),
    time: update.time ?? base.time,
    caption: update.caption ?? base.caption,
    inspector: update.inspector ? update.inspector.value : base.inspector,
    trace: update.trace ?? base.trace,
    epoch: base.epoch,
  };
}
