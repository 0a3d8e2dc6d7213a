/** Sets of indexes in a Job's status and policies: `1,3-5,7`. */

export class CompletedIndexesError extends Error {}

/** First and last index of each part, as written. Throws CompletedIndexesError. */
export function parseIndexes(text: string, completions: number): readonly (readonly [number, number])[] {
  if (text === "") return [];
  let last: number | null = null;
  return text.split(",").map((part) => {
    const [first, end] = parseInterval(part, completions);
    if (last !== null) checkOrder(last, first);
    last = end;
    return [first, end];
  });
}

function parseInterval(part: string, completions: number): readonly [number, number] {
  const limits = part.split("-");
  if (limits.length > 2) {
    throw new CompletedIndexesError(
      `the fragment ${JSON.stringify(part)} violates the requirement that an index interval can have at most two parts separated by '-'`,
    );
  }
  const first = readIndex(limits[0]!, completions);
  if (limits.length === 1) return [first, first];
  const end = readIndex(limits[1]!, completions);
  checkOrder(first, end);
  return [first, end];
}

function checkOrder(previous: number, current: number): void {
  if (previous < current) return;
  throw new CompletedIndexesError(`non-increasing order, previous: ${previous}, current: ${current}`);
}

function readIndex(limit: string, completions: number): number {
  if (!/^[+-]?\d+$/.test(limit)) {
    throw new CompletedIndexesError(`cannot convert string to integer for index: ${JSON.stringify(limit)}`);
  }
  const index = Number(limit);
  if (index >= completions) throw new CompletedIndexesError(`too large index: ${JSON.stringify(limit)}`);
  return index;
}

/** Throws CompletedIndexesError. */
export function countIndexes(text: string, completions: number): number {
  return parseIndexes(text, completions).reduce((sum, [first, last]) => sum + last - first + 1, 0);
}
