import { describe, expect, it } from "vitest";
import { withHarmlessSpreads } from "../scripts/spreads.mjs";

const edited = (code: string): string => withHarmlessSpreads(code, "chunk.mjs");

describe("spreads in what is bundled for Node", () => {
  it.each([
    ["an object that goes on", "a = {...x, b: 1};", "a = {...null, ...x, b: 1};"],
    ["one inside of another", "a = { ...{...x, y}, z };", "a = { ...null, ...{...null, ...x, y}, z };"],
    ["one after a comment", "a = { // {...x, y}\n ...x, y };", "a = { // {...x, y}\n ...null, ...x, y };"],
    ["one in a template", "a = `é🚢$" + "{{...x, y}.y}`;", "a = `é🚢$" + "{{...null, ...x, y}.y}`;"],
    ["one after letters of more than a byte", "b = 'é🚢'; a = {...x, y};", "b = 'é🚢'; a = {...null, ...x, y};"],
    ["a choice", "a = {...b ? c : d, e};", "a = {...null, ...b ? c : d, e};"],
  ])("%s begins with nothing", (_, code, expected) => {
    expect(edited(code)).toBe(expected);
  });

  it.each([
    ["a plain copy", "a = {...x};"],
    ["a spread that is not the first", "a = {b, ...x, c};"],
    ["lists and arguments", "a = [...x, 1]; f(...x, 1); new F(...x, 1);"],
    ["patterns", "const {...a} = b; function f({...c}, ...d) {} ({...e.f} = g);"],
    ["texts", "a = '{...x, y}' + `{ ...x, y }` + \"{...x, y}\";"],
    ["regular expressions", String.raw`a = /\{...x, y}/.test(b) / 2;`],
    ["comments", "/* {...x, y} */ // {...x, y}\na = 1;"],
  ])("%s stays as it is", (_, code) => {
    expect(edited(code)).toBe(code);
  });

  it("changes nothing that the program sees", () => {
    const code = `
      const seen = [];
      const x = { get a() { seen.push("a"); return 1; }, b: 2 };
      const all = [{ ...x, b: 3, c: 4 }, { ...null, d: 1 }, { ...undefined, e: 1 }, { ..."fg", h: 1 }, { ...[1], i: 2 }];
      answer(JSON.stringify([all, seen]));`;
    const answers: string[] = [];
    for (const each of [code, edited(code)]) new Function("answer", each)((text: string) => answers.push(text));
    expect(answers[1]).toBe(answers[0]);
    expect(edited(code)).not.toBe(code);
  });

  it("refuses what it cannot read", () => {
    expect(() => edited("a = {...x, y} ...z")).toThrow("chunk.mjs");
  });
});
