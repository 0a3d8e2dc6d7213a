/**
 * The controllers' expectations (pkg/controller UIDTrackingControllerExpectations): creates and deletes that were asked
 * for and have not been seen in the informer's store yet. Until they are, or 5 minutes have passed, the key is not acted on.
 */
export interface Expectations {
  readonly byKey: Map<string, Expectation>;
}

export interface Expectation {
  creations: number;
  deletions: number;
  /** Keys of the objects whose deletion is awaited, so that each is counted once. */
  readonly deletionKeys: Set<string>;
  readonly sinceUs: number;
}

export const EXPECTATION_TIMEOUT_US = 300_000_000;

export function createExpectations(): Expectations {
  return { byKey: new Map() };
}

/** True: nothing is awaited any more (or it was awaited too long). */
export function expectationsSatisfied(expectations: Expectations, key: string, nowUs: number): boolean {
  const expectation = expectations.byKey.get(key);
  if (expectation === undefined) return true;
  if (expectation.creations <= 0 && expectation.deletions <= 0) return true;
  return nowUs - expectation.sinceUs > EXPECTATION_TIMEOUT_US;
}

export function expectCreations(expectations: Expectations, key: string, count: number, nowUs: number): void {
  expectations.byKey.set(key, { creations: count, deletions: 0, deletionKeys: new Set(), sinceUs: nowUs });
}

export function expectDeletions(
  expectations: Expectations,
  key: string,
  objectKeys: readonly string[],
  nowUs: number,
): void {
  const deletionKeys = new Set(objectKeys);
  expectations.byKey.set(key, { creations: 0, deletions: deletionKeys.size, deletionKeys, sinceUs: nowUs });
}

/** Both at once, as the DaemonSet controller does. */
export function setExpectations(
  expectations: Expectations,
  key: string,
  creations: number,
  deletionKeys: readonly string[],
  nowUs: number,
): void {
  const keys = new Set(deletionKeys);
  expectations.byKey.set(key, { creations, deletions: keys.size, deletionKeys: keys, sinceUs: nowUs });
}

export function creationObserved(expectations: Expectations, key: string, count = 1): void {
  const expectation = expectations.byKey.get(key);
  if (expectation !== undefined) expectation.creations -= count;
}

export function deletionObserved(expectations: Expectations, key: string, objectKey: string): void {
  const expectation = expectations.byKey.get(key);
  if (expectation?.deletionKeys.delete(objectKey)) expectation.deletions -= 1;
}

export function deleteExpectations(expectations: Expectations, key: string): void {
  expectations.byKey.delete(key);
}
