import { expect, it } from "vitest";
import { grantLease, revokeLease } from "./lease.ts";
import { createStore, keysOfLease, type Store } from "./store.ts";
import { applyOperation } from "./txn.ts";

const header = (revision: number) => ({ clusterId: "0", memberId: "0", revision, raftTerm: 1 });

function put(store: Store, key: string, lease: number): void {
  applyOperation(store, { op: "put", key, value: { data: key, sizeBytes: 1 }, lease }, header, null);
}

it("knows the keys that hang on it now, in their order, and takes them along", () => {
  const store = createStore();
  for (const id of [7, 8]) grantLease(store, id, 60, 2);
  for (const [key, lease] of [
    ["c", 7],
    ["a", 7],
    ["b", 8],
    ["c", 7],
    ["a", 0],
    ["d", 7],
  ] as const)
    put(store, key, lease);
  expect([keysOfLease(store, 7), keysOfLease(store, 8), keysOfLease(store, 9)]).toEqual([["c", "d"], ["b"], []]);
  expect(revokeLease(store, 7, null)?.map(({ kv }) => kv.key)).toEqual(["c", "d"]);
  expect(keysOfLease(store, 7)).toEqual([]);
});
