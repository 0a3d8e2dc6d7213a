import type { Component, Context, KernelMessage } from "../../../kernel/types.ts";
import type { EtcdEvent, EtcdRequest, EtcdWatchRequest, ResponseHeader, TxnOperation } from "../../etcd/messages.ts";
import { grantLease } from "../../etcd/mvcc/lease.ts";
import { createStore, type Store } from "../../etcd/mvcc/store.ts";
import { applyOperation } from "../../etcd/mvcc/txn.ts";

/** One etcd member without Raft: the store behind port 2379. For tests of the API server alone. */
export interface FakeEtcd {
  readonly store: Store;
  readonly watches: Map<number, EtcdWatchRequest>;
  nextLease: number;
  /** Set by tests: every request fails with this text. */
  failing: string;
}

export const fakeEtcd: Component<FakeEtcd> = {
  kind: "etcd",
  start(context) {
    context.listen(2379);
    return { store: createStore(), watches: new Map(), nextLease: 1, failing: "" };
  },
  step,
};

function headerAt(revision: number): ResponseHeader {
  return { clusterId: "1", memberId: "1", revision, raftTerm: 2 };
}

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
  switch (request.op) {
    case "leaseGrant": {
      const id = state.nextLease++;
      grantLease(state.store, id, request.ttlSeconds, 2);
      return { op: "leaseGrant", header: headerAt(state.store.revision), id, ttlSeconds: request.ttlSeconds };
    }
    case "leaseKeepAlive":
      return { op: "leaseKeepAlive", header: headerAt(state.store.revision), id: request.id, ttlSeconds: 15 };
    case "compact":
      return { op: "compact", header: headerAt(state.store.revision) };
    default: {
      const applied = applyOperation(state.store, request as TxnOperation, headerAt, context.trace);
      tell(state, applied.events, context);
      return applied.response;
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
