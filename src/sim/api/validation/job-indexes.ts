/** Sets of indexes in a Job's status and policies: `1,3-5,7`. */

export class CompletedIndexesError extends Error {}

/** First and last index of each part, as written. Throws CompletedIndexesError. */
export function parseIndexes(text: string, completions: number): readonly (readonly [number, number])[] {
  if (text === "") return [];
  let last = -1;
  return text.split(",").map((part) => {
    const limits = part.split("-");
    if (limits.length > 2) {
      throw new CompletedIndexesError(
        `the fragment ${JSON.stringify(part)} violates the requirement that an index interval can have at most two parts separated by '-'`,
      );
    }
    const [first, end] = limits.map((limit) => {
      const index = readIndex(limit, completions, last);
      last = index;
      return index;
    });
    return [first!, end ?? first!];
  });
}

function readIndex(limit: string, completions: number, last: number): number {
  if (!/^[+-]?\d+$/.test(limit)) {
    throw new CompletedIndexesError(`cannot convert string to integer for index: ${JSON.stringify(limit)}`);
  }
  const index = Number(limit);
  if (index >= completions) throw new CompletedIndexesError(`too large index: ${JSON.stringify(limit)}`);
  if (last >= 0 && last >= index) {
    throw new CompletedIndexesError(`non-increasing order, previous: ${last}, current: ${index}`);
  }
  return index;
}

/** Throws CompletedIndexesError. */
export function countIndexes(text: string, completions: number): number {
  return parseIndexes(text, completions).reduce((sum, [first, last]) => sum + last - first + 1, 0);
}
