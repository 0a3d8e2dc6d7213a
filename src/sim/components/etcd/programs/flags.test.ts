import { describe, expect, it } from "vitest";
import { parseFlags } from "./flags.ts";

const SPECS = [
  { name: "rev", value: "number", default: "0", usage: "" },
  { name: "bump", value: "natural", usage: "" },
  { name: "write-out", short: "w", value: "text", usage: "" },
  { name: "prefix", usage: "" },
] as const;

describe("flags of etcd's tools", () => {
  it.each([
    [["--prefix=T", "a"], { prefix: "true", rev: "0" }],
    [["--prefix=0"], { prefix: "false", rev: "0" }],
    [["--rev", "-3"], { rev: "-3" }],
    [["--rev=+07"], { rev: "7" }],
    [["-wjson", "--bump", "9"], { "write-out": "json", bump: "9", rev: "0" }],
  ])("reads %j", (words, flags) => {
    expect(parseFlags(words, SPECS).flags).toEqual(flags);
  });

  it.each([
    [["--prefix=yes"], 'invalid argument "yes" for "--prefix" flag: strconv.ParseBool: parsing "yes": invalid syntax'],
    [["--bump=-1"], 'invalid argument "-1" for "--bump" flag: strconv.ParseUint: parsing "-1": invalid syntax'],
    [["--rev", "x"], 'invalid argument "x" for "--rev" flag: strconv.ParseInt: parsing "x": invalid syntax'],
  ])("refuses %j", (words, problem) => {
    expect(() => parseFlags(words, SPECS)).toThrow(problem);
  });
});
