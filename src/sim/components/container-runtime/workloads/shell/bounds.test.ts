import { describe, expect, it } from "vitest";
import { logOf } from "../../../../machinery/testing/small-world.ts";
import { exitCode, output, start } from "./container-world.ts";

/** Exit code after some seconds; undefined: it still runs, and the world with it. */
function fate(argv: readonly string[]): number | undefined {
  const world = start(argv, argv[0] === "sh" ? "busybox:1.36" : "docker.io/library/python:3.13");
  world.advance(3_000_000);
  for (const line of logOf(world, "c")) expect(line.length).toBeLessThanOrEqual(16_384);
  return exitCode(world);
}

describe("scripts that want more than there is", () => {
  it.each([
    ["x=a; while true; do x=$x$x; done", 137],
    ["printf '%1000000000d' 1", 137],
    ["echo 1 | awk '{printf \"%1000000000d\", 1}'", 137],
    ["seq 1 1000000000 | wc -l", 137],
    [`echo $((${"(".repeat(2_000)}1${")".repeat(2_000)}))`, 137],
    ["echo aaaaaaaaaaaaaaaa > /tmp/f; while true; do cat /tmp/f /tmp/f > /tmp/g; mv /tmp/g /tmp/f; done", undefined],
    ["while true; do sleep 0; done", undefined],
    ["yes > /dev/null", undefined],
    ["yes", undefined],
    ["cat /dev/zero > /dev/null", undefined],
    ["dd if=/dev/zero of=/dev/null", undefined],
    [":(){ :|:& };:", undefined],
    ["x=$(yes xxxxxxxxxxxxxxxx); echo $x", 0],
  ])("%s", (script, code) => {
    expect(fate(["sh", "-c", script])).toBe(code);
  });

  it.each([
    ["while True: pass", undefined],
    ["x = 'a' * 10**10", 137],
    ["x = [0] * 10**9", 137],
    ["print(2**10**9)", 1],
    ["x = 'a'\nwhile True: x = x + x", 137],
    ["x = [1]\nwhile True: x = x + x", 137],
    ["x = []\nwhile True: x.append('x' * 1024 * 1024 * 10)", 137],
    ["x = []\nfor i in range(100): x = [x, x]\nprint(x)", 137],
    ["x = []\nfor i in range(30000): x = [x]\nprint(x)", 137],
    ["x = 3\nwhile True: x = x * x", 1],
    ["print([[0 for i in range(100000)] for j in range(100000)])", 1],
    ["x = 'a' * 10**6\nwhile True: x[5]", undefined],
    ["a, b = 1, 1\nwhile True: a, b = b, a + b", undefined],
    ["import time\nwhile True: time.sleep(0)", undefined],
    ["while True: print('x' * 10**6)", undefined],
    [`print(${"(".repeat(5_000)}1${")".repeat(5_000)})`, 1],
    [`x = ${"1+".repeat(50_000)}1`, 2],
    ["print(f'{1:1000000000}', chr(-1))", 1],
    ["print(constructor)", 1],
    ["import random\nprint(random.choice([]))", 1],
    ["print(hex(None), '%x' % 'a')", 1],
    ["print('%x' % 'a')", 1],
    ["import math\nwhile True: math.factorial(4999)", undefined],
  ])("python: %s", (script, code) => {
    expect(fate(["python3", "-c", script])).toBe(code);
  });
});

describe("regular expressions", () => {
  const as = "a".repeat(60);
  it.each([
    [`echo ${as}b | grep -cE '(a+)+$'`, ["0"]],
    [`echo ${as}b | sed -E 's/(a*)*c/x/'`, [`${as}b`]],
    ["echo a | grep '\\('; echo $?", ["grep: bad regex '\\('", "2"]],
    ["echo 'a(b' | sed 's/(/[/'", ["a[b"]],
    ["echo a | awk '/(/ {print}'; echo $?", ["awk: bad regex '('", "2"]],
    ["echo 'a||b' | awk -F'[|]+' '{print $2}'", ["b"]],
    ["echo john smith | sed 's/\\([a-z]*\\) \\([a-z]*\\)/\\2, \\1 (&)/'", ["smith, john (john smith)"]],
    ["echo aXbXc | sed 's/x/-/gi'; echo abc | sed 's/x*/-/g'", ["a-b-c", "-a-b-c-"]],
    ["printf 'a1\\nb22\\nc\\n' | grep -E '^[[:alpha:]][0-9]{1,2}$'", ["a1", "b22"]],
    ["printf 'a|b\\na\\n' | grep 'a|b'; printf 'x\\nb\\n' | grep 'a\\|b'", ["a|b", "b"]],
  ])("%s", (script, expected) => {
    expect(output(script)).toEqual(expected);
  });
});

describe("patterns", () => {
  const many = "a".repeat(200);
  it.each([
    [`case ${many} in *a*a*a*a*a*a*a*a*a*b) echo y;; *) echo n;; esac`, ["n"]],
    ["case a in [z-a]) echo y;; [!b-d]) echo n;; esac", ["n"]],
    [
      // biome-ignore lint/suspicious/noTemplateCurlyInString: the shell's.
      "p=/a/b.tar.gz; echo ${p##*/} ${p#*/} ${p%.*} ${p%%.*} ${p%x} ${p#x}",
      ["b.tar.gz a/b.tar.gz /a/b.tar /a/b /a/b.tar.gz /a/b.tar.gz"],
    ],
  ])("%s", (script, expected) => {
    expect(output(script)).toEqual(expected);
  });
});

it("has $RANDOM, of each pod its own", () => {
  const [one, two, three] = output("echo $RANDOM; echo $RANDOM; echo $((RANDOM % 6 + 1))").map(Number);
  expect(one).not.toBe(two);
  for (const number of [one, two]) expect(number).toBeLessThan(32_768);
  expect([1, 2, 3, 4, 5, 6]).toContain(three);
});

it("reads devices, and counts bytes", () => {
  const [word, zeros] = output("tr -dc A-Z < /dev/urandom | head -c 8; echo; head -c 2k /dev/zero | wc -c");
  expect(word).toMatch(/^[A-Z]{8}$/);
  expect(zeros).toBe("2048");
});
