import type { TraceRef } from "../../../kernel/types.ts";
import type {
  Compare,
  EtcdEvent,
  KeyValue,
  RangeRequest,
  RangeResponse,
  ResponseHeader,
  TxnOperation,
  TxnResponse,
} from "../../etcd/messages.ts";

/** As much of etcd's store as the API server's tests need: every version of every key, in memory, nothing compacted. */
export interface TestStore {
  revision: number;
  /** Versions of a key, oldest first; null: deleted. */
  readonly keys: Map<string, { readonly revision: number; readonly pair: KeyValue | null }[]>;
}

type Answer = TxnResponse["responses"][number];

export function headerAt(revision: number): ResponseHeader {
  return { clusterId: "1", memberId: "1", revision, raftTerm: 2 };
}

export function apply(
  store: TestStore,
  request: TxnOperation,
  trace: TraceRef | null,
): { answer: Answer; events: EtcdEvent[] } {
  const events: EtcdEvent[] = [];
  const next = store.revision + 1;
  const answer = perform(store, request, next, trace, events);
  if (events.length > 0) store.revision = next;
  return { answer: { ...answer, header: headerAt(store.revision) } as Answer, events };
}

function perform(
  store: TestStore,
  request: TxnOperation,
  next: number,
  trace: TraceRef | null,
  events: EtcdEvent[],
): Answer {
  const header = headerAt(store.revision);
  switch (request.op) {
    case "range":
      return range(store, request);
    case "put": {
      const previous = pairAt(store, request.key, next);
      const pair: KeyValue = Object.freeze({
        key: request.key,
        createRevision: previous?.createRevision ?? next,
        modRevision: next,
        version: (previous?.version ?? 0) + 1,
        lease: request.lease ?? 0,
        value: request.value,
        trace,
      });
      versionsOf(store, request.key).push({ revision: next, pair });
      events.push({ type: "PUT", kv: pair });
      return { op: "put", header };
    }
    case "deleteRange": {
      const pair = pairAt(store, request.key, next);
      if (pair === null) return { op: "deleteRange", header, deleted: 0, prevKvs: [] };
      versionsOf(store, request.key).push({ revision: next, pair: null });
      events.push({ type: "DELETE", kv: { ...pair, modRevision: next, trace } });
      return { op: "deleteRange", header, deleted: 1, prevKvs: [] };
    }
    case "txn": {
      const succeeded = request.compare.every((compare) => holds(store, compare));
      const operations = succeeded ? request.success : request.failure;
      return {
        op: "txn",
        header,
        succeeded,
        responses: operations.map((each) => perform(store, each, next, trace, events)),
      };
    }
  }
}

function holds(store: TestStore, { key, target, operand }: Compare): boolean {
  const pair = pairAt(store, key, store.revision);
  const value = target === "VERSION" ? pair?.version : pair?.modRevision;
  return (value ?? 0) === operand;
}

function versionsOf(store: TestStore, key: string): { revision: number; pair: KeyValue | null }[] {
  const known = store.keys.get(key);
  if (known !== undefined) return known;
  const versions: { revision: number; pair: KeyValue | null }[] = [];
  store.keys.set(key, versions);
  return versions;
}

function pairAt(store: TestStore, key: string, revision: number): KeyValue | null {
  return store.keys.get(key)?.findLast((version) => version.revision <= revision)?.pair ?? null;
}

function range(store: TestStore, request: RangeRequest): RangeResponse {
  const revision = request.revision || store.revision;
  const keys =
    request.rangeEnd === undefined
      ? [request.key]
      : [...store.keys.keys()].filter((key) => key >= request.key && key < request.rangeEnd!).sort();
  const found = keys.flatMap((key) => pairAt(store, key, revision) ?? []);
  const kvs = request.limit ? found.slice(0, request.limit) : found;
  return { op: "range", header: headerAt(store.revision), kvs, more: kvs.length < found.length, count: found.length };
}
