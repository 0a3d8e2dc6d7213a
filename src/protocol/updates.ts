import type {
  ComponentView,
  EventRow,
  LinkView,
  MachineView,
  MessageView,
  PodView,
  StageView,
  Views,
} from "./views.ts";

/** Changes of a list whose items have an `id`: applied in this order. `order` only when the order changed. */
export interface ListDiff<T> {
  readonly remove: readonly (string | number)[];
  readonly upsert: readonly T[];
}

/**
 * At most one update per frame. Absent = unchanged. Small views come whole when they changed; lists come as
 * differences; `reset` says: forget everything first (a new world, a rewind, a branch).
 */
export interface ViewUpdate {
  readonly reset: boolean;
  readonly time?: Views["time"];
  readonly caption?: Views["caption"];
  readonly inspector?: { readonly value: Views["inspector"] };
  readonly trace?: Views["trace"];
  readonly stage?: StageDiff;
  readonly messages?: ListDiff<MessageView>;
  readonly events?: ListDiff<EventRow>;
  readonly notices?: readonly Notice[];
}

export interface StageDiff {
  readonly head?: Pick<StageView, "topology" | "seed" | "ready" | "faults">;
  readonly machines?: ListDiff<MachineView>;
  readonly components?: ListDiff<ComponentView>;
  readonly pods?: ListDiff<PodView>;
  readonly links?: ListDiff<LinkView>;
}

/** Something to tell the person: one sentence and what to do. */
export interface Notice {
  readonly id: string;
  readonly tone: "info" | "warning" | "error";
  readonly text: string;
  readonly detail: string;
}
