import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isError } from "../is-error.ts";
import type { KeyValue, TxnOperation } from "../messages.ts";
import { range } from "./range.ts";
import { compactStore, copyStore, createStore, defragment, type Store } from "./store.ts";
import { applyOperation } from "./txn.ts";
import { addWatcher, createWatchHub, missedEvents, notify, type Watcher } from "./watch.ts";

const header = (revision: number) => ({ clusterId: "0", memberId: "0", revision, raftTerm: 1 });

function apply(store: Store, operation: TxnOperation): void {
  applyOperation(store, operation, header, null);
}

function put(store: Store, key: string, text: string): void {
  apply(store, { op: "put", key, value: { data: text, sizeBytes: text.length } });
}

function watcherOf(key: string, rangeEnd: string, nextRevision: number): Watcher {
  return {
    id: 1,
    key,
    rangeEnd,
    prevKv: true,
    progressNotify: false,
    requireLeader: false,
    noPut: false,
    noDelete: false,
    nextRevision,
  };
}

function textsAt(store: Store, revision: number): string[] | string {
  const result = range(store, { op: "range", key: "\0", rangeEnd: "\0", revision }, store.revision);
  return isError(result)
    ? result.text
    : result.kvs.map((kv: KeyValue) => `${kv.key}=${String(kv.value.data)}@${kv.version}`);
}

const change = fc.record({ key: fc.constantFrom("a", "b", "c", "d"), text: fc.option(fc.constantFrom("1", "2", "3")) });

describe("the store against a list of all its past states", () => {
  it("reads every revision that is not compacted as it was", () => {
    fc.assert(
      fc.property(fc.array(change, { maxLength: 40 }), fc.nat(40), (changes, compactAt) => {
        const store = createStore();
        const past: string[][] = [[], []];
        for (const { key, text } of changes) {
          const before = store.revision;
          if (text === null) apply(store, { op: "deleteRange", key });
          else put(store, key, text);
          if (store.revision > before) past[store.revision] = textsAt(store, 0) as string[];
        }
        const compacted = Math.min(compactAt, store.revision);
        if (compacted > 0) compactStore(store, compacted);
        for (let revision = Math.max(1, compacted); revision <= store.revision; revision += 1) {
          expect(textsAt(store, revision)).toEqual(past[revision]);
        }
        if (compacted > 1)
          expect(textsAt(store, compacted - 1)).toBe("etcdserver: mvcc: required revision has been compacted");
      }),
    );
  });

  it("tells a watcher that comes late what it told one that was there", () => {
    fc.assert(
      fc.property(fc.array(change, { maxLength: 40 }), (changes) => {
        const store = createStore();
        const hub = createWatchHub();
        addWatcher(hub, watcherOf("b", "d", 2));
        const seen: unknown[] = [];
        for (const { key, text } of changes) {
          const operation: TxnOperation =
            text === null ? { op: "deleteRange", key } : { op: "put", key, value: { data: text, sizeBytes: 1 } };
          const { events } = applyOperation(store, operation, header, null);
          if (events.length > 0) notify(hub, events, (_watcher, wanted) => seen.push(...wanted.map(plain)));
        }
        const missed = missedEvents(store, watcherOf("b", "d", 2));
        expect(missed === "compacted" ? missed : missed.map(plain)).toEqual(seen);
      }),
    );
  });
});

function plain({ type, kv, prevKv }: { type: string; kv: KeyValue; prevKv?: KeyValue }): unknown {
  return { type, kv, prevKv };
}

it("costs nothing to copy, and copies do not disturb each other", () => {
  const store = createStore();
  put(store, "a", "1");
  const copy = copyStore(store);
  put(store, "a", "2");
  put(copy, "b", "3");
  expect(textsAt(store, 0)).toEqual(["a=2@2"]);
  expect(textsAt(copy, 0)).toEqual(["a=1@1", "b=3@1"]);
});

it("gives space back to the file system only when defragmented", () => {
  const store = createStore();
  for (let number = 0; number < 100; number += 1)
    apply(store, { op: "put", key: "a", value: { data: "", sizeBytes: 10_000 } });
  const full = store.fileBytes;
  expect(full).toBeGreaterThan(1_000_000);
  compactStore(store, store.revision);
  expect(store.fileBytes).toBe(full);
  expect(store.inUseBytes).toBeLessThan(50_000);
  defragment(store);
  expect(store.fileBytes).toBeLessThan(50_000);
});

it("leaves holes in pages that small versions share, until it is defragmented", () => {
  const store = createStore();
  for (let number = 0; number < 1000; number += 1) put(store, `k${number % 500}`, "x".repeat(400));
  const written = store.inUseBytes;
  compactStore(store, store.revision);
  expect(store.inUseBytes).toBe(written);
  for (let number = 0; number < 3500; number += 1) put(store, `k${number % 500}`, "x".repeat(400));
  compactStore(store, store.revision);
  const compacted = store.inUseBytes;
  const { fileBytes } = store;
  expect(compacted).toBeLessThan(fileBytes / 2);
  for (let number = 0; number < 500; number += 1) put(store, `k${number}`, "x".repeat(400));
  expect(store.fileBytes).toBe(fileBytes);
  const inUse = store.inUseBytes;
  expect(inUse).toBeGreaterThan(compacted);
  defragment(store);
  expect(store.fileBytes).toBeLessThan(inUse);
});

it("keeps one version of what several members apply, and another one where they differ", () => {
  const [first, second, late] = [createStore(), createStore(), createStore()];
  const operation: TxnOperation = { op: "put", key: "a", value: { data: "1", sizeBytes: 1 } };
  apply(first, operation);
  apply(second, operation);
  expect(second.newest.get("a")).toBe(first.newest.get("a"));
  put(late, "before", "0");
  apply(late, operation);
  expect(late.newest.get("a")?.kv.createRevision).toBe(3);
  expect(first.newest.get("a")?.kv.createRevision).toBe(2);
});

it("goes on from a copy without changing it, in a revision of many changes and where one was compacted", () => {
  const store = createStore();
  for (const key of ["a", "b", "c"]) put(store, key, "1");
  apply(store, { op: "deleteRange", key: "a", rangeEnd: "c" });
  const copy = copyStore(store);
  put(store, "a", "2");
  compactStore(store, store.revision);
  expect(textsAt(copy, 4)).toEqual(["a=1@1", "b=1@1", "c=1@1"]);
  expect(copy.history.size).toBe(5);
  expect([textsAt(store, store.revision), store.history.size]).toEqual([["a=2@1", "c=1@1"], 2]);
});
