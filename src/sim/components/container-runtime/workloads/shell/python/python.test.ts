import { describe, expect, test } from "vitest";
import type { Surroundings } from "./library.ts";
import { runPython, startPython } from "./run.ts";

const world: Surroundings = {
  env: { GREETING: "hello" },
  argv: ["-c"],
  hostname: "pod",
  directory: "/",
  wallUs: () => 1_000_000,
  random: () => 0.5,
};

function run(script: string): { out: string; err: string; status: number; sleptUs: number } {
  const all = { out: "", err: "", status: -1, sleptUs: 0 };
  const state = startPython(script, "<string>");
  let turn = "after" in state ? state : runPython(state, world, 1_000);
  for (;;) {
    all.out += turn.out;
    all.err += turn.err;
    if (turn.after !== "more" && "status" in turn.after) return { ...all, status: turn.after.status };
    if (turn.after !== "more" && "wantedBytes" in turn.after) return { ...all, err: "killed" };
    if (turn.after !== "more") all.sleptUs += turn.after.sleepUs;
    if ("after" in state) throw new Error("It cannot go on.");
    turn = runPython(state, world, 1_000);
  }
}

describe("what scripts print", () => {
  test.each([
    ['print("hello", 1, 2.0, True, None, sep="-", end="!\\n")', "hello-1-2.0-True-None!\n"],
    ["print(7 // 2, -7 // 2, -7 % 3, 7 / 2, 2 ** 100, 10 % 3.5)", "3 -4 2 3.5 1267650600228229401496703205376 3.0\n"],
    [
      "import math; print(math.pi, math.factorial(20), round(2.5), round(3.14159, 2))",
      `${Math.PI} 2432902008176640000 2 3.14\n`,
    ],
    ["x = 0\nfor i in range(10):\n  if i == 7: break\n  elif i % 2: continue\n  x += i\nprint(x)", "12\n"],
    ["a, b = 0, 1\nwhile a < 50:\n    print(a, end=' ')\n    a, b = b, a + b", "0 1 1 2 3 5 8 13 21 34 "],
    [
      "print([n * n for n in range(5) if n != 2], sum(x for x in [1, 2.5]), len('abc'), 'b' in 'abc')",
      "[0, 1, 9, 16] 3.5 3 True\n",
    ],
    [
      'n = 3.14159; print(f"{n:.2f} {n!r:} {\'x\':>3} {10:05d}", "%d of %s" % (2, "it"), "{} {:.1f}".format("a", 2))',
      "3.14 3.14159   x 00010 2 of it a 2.0\n",
    ],
    [
      'import os; print(os.environ["GREETING"], os.getenv("NOPE", "none"), 1e16, 1 < 2 <= 2)',
      "hello none 1e+16 True\n",
    ],
    ["pi = 0.0\nfor k in range(1000):\n    pi += (-1) ** k * 4 / (2 * k + 1)\nprint(f'{pi:.4f}')", "3.1406\n"],
  ])("%s", (script, out) => {
    expect(run(script)).toEqual({ out, err: "", status: 0, sleptUs: 0 });
  });
});

describe("how scripts end", () => {
  test.each([
    ["import sys; print('a'); sys.exit(3); print('b')", "a\n", "", 3],
    ["exit('no more')", "", "no more\n", 1],
    [
      "x = 1\nprint(x / 0)",
      "",
      'Traceback (most recent call last):\n  File "<string>", line 2, in <module>\nZeroDivisionError: division by zero\n',
      1,
    ],
    [
      "raise ValueError('bad')",
      "",
      'Traceback (most recent call last):\n  File "<string>", line 1, in <module>\nValueError: bad\n',
      1,
    ],
    [
      "print(x)",
      "",
      "Traceback (most recent call last):\n  File \"<string>\", line 1, in <module>\nNameError: name 'x' is not defined\n",
      1,
    ],
    ["print('a'", "", "  File \"<string>\", line 1\n    print('a'\nSyntaxError: invalid syntax\n", 1],
  ])("%s", (script, out, err, status) => {
    expect(run(script)).toEqual({ out, err, status, sleptUs: 0 });
  });

  test("what is not understood is said", () => {
    const { err, status } = run("def f():\n  return 1\nprint(f())");
    expect(err).toContain("of Python, this world runs");
    expect(status).toBe(2);
  });

  test("sleeps take their time", () => {
    const slept = run("import time\nfor i in range(3):\n  print(i)\n  time.sleep(0.5)");
    expect(slept).toEqual({ out: "0\n1\n2\n", err: "", status: 0, sleptUs: 1_500_000 });
  });
});
