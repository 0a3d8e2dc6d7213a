import { describe, expect, it } from "vitest";
import { NO_ENTRIES, NO_MEMBERS, withEntry, withMember, withoutEntry, withoutMember } from "./collections.ts";
import { copyState } from "./copy.ts";
import { defined, withFields } from "./records.ts";
import { Twins } from "./twins.ts";

describe("copies of records", () => {
  it("leave the original alone and put new fields last", () => {
    const base = Object.freeze({ kind: "Pod", name: "web" });
    expect(Object.entries(withFields(base, { name: "db", uid: "1" }))).toEqual([
      ["kind", "Pod"],
      ["name", "db"],
      ["uid", "1"],
    ]);
    expect(base.name).toBe("web");
  });

  it("have no fields that are undefined", () => {
    expect(Object.keys(defined({ a: 1, b: undefined, c: null }))).toEqual(["a", "c"]);
  });
});

describe("small maps and sets", () => {
  it("are the shared empty one until something is in them, and again afterwards", () => {
    const one = withEntry<string, number>(NO_ENTRIES, "a", 1);
    expect([...withEntry(one, "b", 2)]).toEqual([
      ["a", 1],
      ["b", 2],
    ]);
    expect(withoutEntry(withoutEntry(one, "a"), "b")).toBe(NO_ENTRIES);
    expect(withoutMember(withMember<number>(NO_MEMBERS, 7), 7)).toBe(NO_MEMBERS);
    expect([NO_ENTRIES.size, NO_MEMBERS.size]).toEqual([0, 0]);
  });

  it("are shared by checkpoints while they are empty", () => {
    expect(copyState({ held: NO_MEMBERS, kills: NO_ENTRIES }).held).toBe(NO_MEMBERS);
  });
});

it("keeps the later of what has the same place", () => {
  const recent = new Twins<string>(4);
  expect(recent.share(1, "a")).toBe("a");
  expect([recent.at(1), recent.at(5), recent.share(5, "b"), recent.at(1)]).toEqual(["a", "a", "b", "b"]);
});
