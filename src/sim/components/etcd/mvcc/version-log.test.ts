import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { copyState } from "../../../kernel/copy.ts";
import {
  addVersion,
  copyVersionLog,
  createVersionLog,
  forgetVersions,
  type Version,
  type VersionLog,
  versionOf,
  visitVersions,
} from "./version-log.ts";

function versionAt(modRevision: number, sub: number): Version {
  const kv = {
    key: `k${sub}`,
    createRevision: 1,
    modRevision,
    version: 1,
    lease: 0,
    value: { data: "", sizeBytes: 0 },
  };
  return Object.freeze({
    type: "PUT",
    kv: Object.freeze({ ...kv, trace: null }),
    sub,
    previousRevision: 0,
    previousSub: 0,
    sizeBytes: 64,
  });
}

function contents(log: VersionLog): string[] {
  const found: string[] = [];
  visitVersions(log, 0, Number.POSITIVE_INFINITY, ({ kv, sub }) => found.push(`${kv.modRevision}.${sub}`));
  return found;
}

/** Revisions `from` to `to`, each of one change, but for those that are told. */
function write(log: VersionLog, from: number, to: number, changesOf: (revision: number) => number = () => 1): void {
  for (let revision = from; revision <= to; revision += 1)
    for (let sub = 0; sub < changesOf(revision); sub += 1) addVersion(log, versionAt(revision, sub));
}

describe("the log of versions", () => {
  it("may be asked again to forget all changes of one revision, after its chunk was shared", () => {
    const log = createVersionLog();
    write(log, 2, 201, (revision) => (revision === 200 ? 2 : 1));
    const both = [
      { revision: 200, sub: 0 },
      { revision: 200, sub: 1 },
    ];
    expect(forgetVersions(log, both)).toHaveLength(2);
    write(log, 202, 300);
    expect(forgetVersions(log, both)).toEqual([]);
    expect(contents(log)).toHaveLength(298);
  });

  const step = fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({ what: fc.constant("write" as const), count: fc.integer({ min: 1, max: 300 }) }),
    },
    {
      weight: 6,
      arbitrary: fc.record({
        what: fc.constant("forget" as const),
        back: fc.array(fc.integer({ min: 0, max: 600 }), { maxLength: 30 }),
        subs: fc.subarray([0, 1, 2], { minLength: 1 }),
      }),
    },
    { weight: 2, arbitrary: fc.record({ what: fc.constant("snapshot" as const) }) },
    { weight: 2, arbitrary: fc.record({ what: fc.constant("checkpoint" as const) }) },
  );
  const changesOf = (revision: number) => (revision % 3 === 0 ? 3 : 1);

  it("holds what a plain list would, and so does every copy of it, whatever happens to the others", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), fc.array(fc.nat(3), { maxLength: 40 }), (steps, turns) => {
        const lives: { log: VersionLog; list: string[]; revision: number }[] = [
          { log: createVersionLog(), list: [], revision: 1 },
        ];
        steps.forEach((each, turn) => {
          const life = lives[(turns[turn] ?? 0) % lives.length]!;
          switch (each.what) {
            case "write":
              write(life.log, life.revision + 1, life.revision + each.count, changesOf);
              for (let at = life.revision + 1; at <= life.revision + each.count; at += 1)
                for (let sub = 0; sub < changesOf(at); sub += 1) life.list.push(`${at}.${sub}`);
              life.revision += each.count;
              break;
            case "forget": {
              const places = each.back.flatMap((back) =>
                each.subs.map((sub) => ({ revision: Math.max(0, life.revision - back), sub })),
              );
              const names = new Set(places.map(({ revision, sub }) => `${revision}.${sub}`));
              const gone = forgetVersions(life.log, places).map(({ kv, sub }) => `${kv.modRevision}.${sub}`);
              expect(new Set(gone)).toEqual(new Set(life.list.filter((name) => names.has(name))));
              expect(gone).toHaveLength(new Set(gone).size);
              life.list = life.list.filter((name) => !names.has(name));
              break;
            }
            default: {
              const log = each.what === "snapshot" ? copyVersionLog(life.log) : copyState(life.log);
              lives.push({ ...life, log, list: life.list.slice() });
            }
          }
          for (const { log, list } of lives) expect(log.size).toBe(list.length);
        });
        for (const { log, list } of lives) {
          expect(contents(log)).toEqual(list);
          for (const name of list) {
            const [revision, sub] = name.split(".").map(Number);
            expect(versionOf(log, revision!, sub!)?.kv.modRevision).toBe(revision);
          }
        }
      }),
      { numRuns: 100 },
    );
  });
});
