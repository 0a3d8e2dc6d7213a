import { expect, it } from "vitest";
import { piDigits, runPerl } from "./perl.ts";

it.each([
  [1, "3"],
  [2, "3.1"],
  [5, "3.1416"],
  [30, "3.14159265358979323846264338328"],
])("%i digits of pi are rounded", (digits, text) => expect(piDigits(digits)).toBe(text));

it("prints the 2000 digits of Kubernetes' example", () => {
  const result = runPerl(["perl", "-Mbignum=bpi", "-wle", "print bpi(2000)"]);
  expect(result?.out).toHaveLength(2002);
  expect(result?.out.slice(-11)).toBe("4780275901\n");
});

it.each([
  [["perl", "-e", 'print "a\\n"; exit 3; print "b"'], { out: "a\n", err: "", status: 3 }],
  [["perl", "-e", "die 'no luck'"], { out: "", err: "no luck at -e line 1.\n", status: 255 }],
  [["perl", "-e", "fork"], null],
  [["perl", "script.pl"], null],
])("%j", (argv, result) => expect(runPerl(argv)).toEqual(result));
