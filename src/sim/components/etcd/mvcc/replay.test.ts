import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { type Recording, replay } from "../replay.ts";

for (const file of ["mvcc-open.json", "mvcc-by-chance.json", "gateway-open.json"]) {
  const recording = JSON.parse(readFileSync(new URL(`../testdata/${file}`, import.meta.url), "utf8")) as Recording;
  for (const sequence of recording.sequences) {
    test(`answers as a recorded etcd did: ${sequence.name} of ${file}`, () => {
      const replayed = replay({ sequences: [sequence] });
      expect(replayed.filter(({ difference }) => difference !== null)).toEqual([]);
      expect(replayed).toHaveLength((sequence.steps ?? sequence.exchanges ?? []).length);
    });
  }
}

test("an answer that is not the recorded one is told", () => {
  const exchanges = [
    { path: "/v3/kv/put", request: { key: "YQ==", value: "MQ==" }, response: { header: { revision: "2" } } },
    { path: "/v3/kv/range", request: { key: "YQ==" }, response: { header: { revision: "2" }, count: "2" } },
    { path: "/v3/watch", message: { result: { events: [] } } },
  ];
  const differences = replay({ sequences: [{ name: "wrong", exchanges }] }).map(({ difference }) => difference);
  expect(differences[0]).toBeNull();
  expect(differences[1]?.got).toContain('"count":1');
  expect(differences[2]).not.toBeNull();
});
