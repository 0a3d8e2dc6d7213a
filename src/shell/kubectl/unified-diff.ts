/** What `diff -u` prints of two texts: a shortest edit script (Myers), in hunks with three lines around. */

interface Edit {
  readonly type: " " | "-" | "+";
  readonly line: string;
}

const around = 3;

/** Null where the texts are equal. `names` stand in the head, each with its time after a tab. */
export function unifiedDiff(before: string, after: string, names: readonly [string, string]): string | null {
  if (before === after) return null;
  const edits = shortestEdits(linesOf(before), linesOf(after));
  return [`--- ${names[0]}`, `+++ ${names[1]}`, ...hunks(edits), ""].join("\n");
}

function linesOf(text: string): readonly string[] {
  return text === "" ? [] : text.replace(/\n$/, "").split("\n");
}

/** Common ends are cut off first; what is left is small in what people change. */
function shortestEdits(a: readonly string[], b: readonly string[]): readonly Edit[] {
  let head = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) head += 1;
  let tail = 0;
  while (tail < a.length - head && tail < b.length - head && a.at(-1 - tail) === b.at(-1 - tail)) tail += 1;
  const kept = (line: string): Edit => ({ type: " ", line });
  return [
    ...a.slice(0, head).map(kept),
    ...myers(a.slice(head, a.length - tail), b.slice(head, b.length - tail)),
    ...a.slice(a.length - tail).map(kept),
  ];
}

function myers(a: readonly string[], b: readonly string[]): readonly Edit[] {
  const size = a.length + b.length;
  const trace: ReadonlyMap<number, number>[] = [];
  let furthest = new Map<number, number>([[1, 0]]);
  for (let depth = 0; depth <= size; depth += 1) {
    trace.push(furthest);
    const next = new Map(furthest);
    for (let diagonal = -depth; diagonal <= depth; diagonal += 2) {
      let x = startOf(next, diagonal, depth);
      while (x < a.length && x - diagonal < b.length && a[x] === b[x - diagonal]) x += 1;
      next.set(diagonal, x);
      if (x >= a.length && x - diagonal >= b.length) return walkBack(a, b, trace, depth);
    }
    furthest = next;
  }
  return [];
}

function startOf(furthest: ReadonlyMap<number, number>, diagonal: number, depth: number): number {
  const above = furthest.get(diagonal + 1) ?? -1;
  const left = furthest.get(diagonal - 1) ?? -1;
  const down = diagonal === -depth || (diagonal !== depth && left < above);
  return down ? above : left + 1;
}

function walkBack(
  a: readonly string[],
  b: readonly string[],
  trace: readonly ReadonlyMap<number, number>[],
  depth: number,
): readonly Edit[] {
  const edits: Edit[] = [];
  let [x, y] = [a.length, b.length];
  for (let level = depth; level > 0; level -= 1) {
    const furthest = trace[level]!;
    const diagonal = x - y;
    const above = furthest.get(diagonal + 1) ?? -1;
    const left = furthest.get(diagonal - 1) ?? -1;
    const down = diagonal === -level || (diagonal !== level && left < above);
    const [fromX, fromY] = down ? [above, above - (diagonal + 1)] : [left, left - (diagonal - 1)];
    while (x > fromX + (down ? 0 : 1) && y > fromY + (down ? 1 : 0)) {
      x -= 1;
      y -= 1;
      edits.push({ type: " ", line: a[x]! });
    }
    if (down) edits.push({ type: "+", line: b[fromY]! });
    else edits.push({ type: "-", line: a[fromX]! });
    [x, y] = [fromX, fromY];
  }
  while (x > 0) {
    x -= 1;
    edits.push({ type: " ", line: a[x]! });
  }
  return removalsFirst(edits.reverse());
}

/** Within a run of changes what goes stands before what comes. */
function removalsFirst(edits: readonly Edit[]): readonly Edit[] {
  const sorted: Edit[] = [];
  for (let index = 0; index < edits.length; ) {
    let end = index;
    while (end < edits.length && edits[end]!.type !== " ") end += 1;
    const run = edits.slice(index, end);
    sorted.push(...run.filter(({ type }) => type === "-"), ...run.filter(({ type }) => type === "+"));
    if (end < edits.length) sorted.push(edits[end]!);
    index = end + 1;
  }
  return sorted;
}

function hunks(edits: readonly Edit[]): readonly string[] {
  const changed = edits.flatMap(({ type }, index) => (type === " " ? [] : [index]));
  const groups: [number, number][] = [];
  for (const index of changed) {
    const last = groups.at(-1);
    if (last && index - last[1] <= 2 * around) last[1] = index;
    else groups.push([index, index]);
  }
  return groups.flatMap(([first, last]) => {
    const from = Math.max(0, first - around);
    const part = edits.slice(from, last + around + 1);
    const before = edits.slice(0, from);
    const range = (other: "+" | "-"): string => {
      const count = part.filter(({ type }) => type !== other).length;
      const start = before.filter(({ type }) => type !== other).length + (count === 0 ? 0 : 1);
      return count === 1 ? `${start}` : `${start},${count}`;
    };
    return [`@@ -${range("+")} +${range("-")} @@`, ...part.map(({ type, line }) => `${type}${line}`)];
  });
}
