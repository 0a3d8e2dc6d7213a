import fc from "fast-check";
import { expect, it } from "vitest";
import { copyState } from "../../../kernel/copy.ts";
import { hashState } from "../../../kernel/hash.ts";
import { grantLease, revokeLease } from "./lease.ts";
import { range } from "./range.ts";
import { compactStore, copyStore, createStore, defragment, hashStore, keysOfLease, type Store } from "./store.ts";
import { applyOperation } from "./txn.ts";
import { missedEvents } from "./watch.ts";

const header = (revision: number) => ({ clusterId: "0", memberId: "0", revision, raftTerm: 1 });
const key = fc.integer({ min: 0, max: 12 }).map((number) => `k${number}`);
const operation = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant("put" as const),
      key,
      lease: fc.nat(2),
      times: fc.integer({ min: 1, max: 120 }),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("delete" as const), from: key, to: key }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("putMany" as const),
      keys: fc.uniqueArray(key, { minLength: 1, maxLength: 5 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("grant" as const), id: fc.integer({ min: 1, max: 2 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("revoke" as const), id: fc.integer({ min: 1, max: 2 }) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("compact" as const), back: fc.nat(300) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("defragment" as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("snapshot" as const) }) },
);
type Operation = typeof operation extends fc.Arbitrary<infer T> ? T : never;

/** What it answers, and in what it leaves the store. */
function live(store: Store, value: Operation): unknown {
  switch (value.do) {
    case "put": {
      const lease = store.leases.has(String(value.lease).padStart(16, "0")) ? value.lease : 0;
      for (let time = 0; time < value.times; time += 1) {
        const data = `${value.lease}.${time}`;
        applyOperation(
          store,
          { op: "put", key: value.key, value: { data, sizeBytes: data.length }, lease },
          header,
          null,
        );
      }
      return null;
    }
    case "delete":
      return applyOperation(
        store,
        { op: "deleteRange", key: value.from, rangeEnd: value.to, prevKv: true },
        header,
        null,
      );
    case "putMany": {
      const success = value.keys.map((each) => ({ op: "put" as const, key: each, value: { data: "m", sizeBytes: 1 } }));
      return applyOperation(store, { op: "txn", compare: [], success, failure: [] }, header, null);
    }
    case "grant":
      return grantLease(store, value.id, 60, 2);
    case "revoke":
      return revokeLease(store, value.id, null);
    case "compact": {
      const revision = Math.max(1, store.revision - value.back);
      if (revision > store.compactRevision) compactStore(store, revision);
      return null;
    }
    case "defragment":
      return defragment(store);
    case "snapshot":
      // A raft snapshot: from then on both share what they have.
      return copyStore(store).revision;
  }
}

function liveAll(store: Store, operations: readonly Operation[]): unknown[] {
  return operations.map((each) => live(store, each));
}

/** Everything that can be asked. */
function answers(store: Store): unknown {
  const watcher = { id: 1, key: "k", rangeEnd: "l", prevKv: true, progressNotify: false, requireLeader: false };
  const revisions = [0, Math.max(1, store.compactRevision), Math.floor((store.compactRevision + store.revision) / 2)];
  return {
    hash: hashStore(store, store.revision),
    reads: revisions.map((revision) =>
      range(store, { op: "range", key: "\0", rangeEnd: "\0", revision }, store.revision),
    ),
    missed: missedEvents(store, {
      ...watcher,
      noPut: false,
      noDelete: false,
      nextRevision: Math.max(1, store.compactRevision),
    }),
    leased: [1, 2].map((id) => keysOfLease(store, id)),
    sizes: [store.fileBytes, store.inUseBytes, store.sharedBytes, store.holeBytes, store.history.size],
  };
}

it("lives on from a checkpoint or a snapshot as a store that was never copied, whatever the others do", () => {
  const part = fc.array(operation, { maxLength: 25 });
  fc.assert(
    fc.property(part, part, part, fc.boolean(), (before, after, other, whole) => {
      const store = createStore();
      liveAll(store, before);
      const copy = whole ? copyState(store) : copyStore(store);
      const atCopy = answers(copy);
      liveAll(store, other);
      expect(answers(copy)).toEqual(atCopy);
      const again = copyState(copy);
      const fresh = createStore();
      liveAll(fresh, before);
      const expected = liveAll(fresh, after);
      expect(liveAll(copy, after)).toEqual(expected);
      expect(liveAll(again, after)).toEqual(expected);
      expect(answers(copy)).toEqual(answers(fresh));
      expect(answers(again)).toEqual(answers(fresh));
      expect([hashState(copy), hashState(again)]).toEqual([hashState(fresh), hashState(fresh)]);
    }),
    { numRuns: 60 },
  );
});
