import type { Component, Context, KernelMessage } from "../../../kernel/types.ts";
import type { EtcdEvent, EtcdRequest, EtcdWatchRequest, TxnOperation } from "../../etcd/messages.ts";
import { apply, headerAt, type TestStore } from "./store.ts";

/** One etcd member without Raft: a store behind port 2379. For tests of the API server alone. */
export interface FakeEtcd {
  readonly store: TestStore;
  readonly watches: Map<number, EtcdWatchRequest>;
  nextLease: number;
  /** Set by tests: every request fails with this text. */
  failing: string;
}

export const fakeEtcd: Component<FakeEtcd> = {
  kind: "etcd",
  start(context) {
    context.listen(2379);
    return { store: { revision: 1, keys: new Map() }, watches: new Map(), nextLease: 1, failing: "" };
  },
  step,
};

function step(state: FakeEtcd, message: KernelMessage, context: Context): void {
  if (message.type === "request") {
    context.respond(message.id, answerTo(state, message.body as EtcdRequest, context));
  } else if (message.type === "streamOpened") {
    state.watches.set(message.id, message.body as EtcdWatchRequest);
    context.sendFrame(message.id, { type: "created", header: headerAt(state.store.revision) });
  } else if (message.type === "streamClosed") state.watches.delete(message.id);
}

function answerTo(state: FakeEtcd, request: EtcdRequest, context: Context): unknown {
  if (state.failing !== "") return { op: "error", code: "Unavailable", text: state.failing };
  const header = headerAt(state.store.revision);
  switch (request.op) {
    case "leaseGrant":
      return { op: "leaseGrant", header, id: state.nextLease++, ttlSeconds: request.ttlSeconds };
    case "leaseKeepAlive":
      return { op: "leaseKeepAlive", header, id: request.id, ttlSeconds: 15 };
    case "compact":
      return { op: "compact", header };
    default: {
      const { answer, events } = apply(state.store, request as TxnOperation, context.trace);
      tell(state, events, context);
      return answer;
    }
  }
}

function tell(state: FakeEtcd, events: readonly EtcdEvent[], context: Context): void {
  if (events.length === 0) return;
  for (const [id, { key, rangeEnd = "" }] of state.watches) {
    const wanted = events.filter(({ kv }) => kv.key >= key && kv.key < rangeEnd);
    if (wanted.length > 0)
      context.sendFrame(id, { type: "events", header: headerAt(state.store.revision), events: wanted });
  }
}
