/**
 * API objects as the API server speaks them: plain JSON, deep-frozen once they are in the world, shared by reference.
 * A component that wants to change one makes a new object and shares what did not change.
 */
export interface OwnerReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  readonly controller?: boolean;
  readonly blockOwnerDeletion?: boolean;
}

export interface ObjectMeta {
  readonly name?: string;
  readonly generateName?: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly generation?: number;
  readonly creationTimestamp?: string;
  readonly deletionTimestamp?: string;
  readonly deletionGracePeriodSeconds?: number;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly ownerReferences?: readonly OwnerReference[];
  readonly finalizers?: readonly string[];
  readonly managedFields?: readonly unknown[];
}

export interface ApiObject {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata?: ObjectMeta;
  readonly [field: string]: unknown;
}

/** `meta/v1 Status`: what the API server answers when it refuses. */
export interface Status extends ApiObject {
  readonly kind: "Status";
  readonly status: "Success" | "Failure";
  readonly message?: string;
  readonly reason?: string;
  readonly details?: StatusDetails;
  readonly code?: number;
}

export interface StatusDetails {
  readonly name?: string;
  readonly group?: string;
  readonly kind?: string;
  readonly uid?: string;
  readonly causes?: readonly { readonly reason?: string; readonly message?: string; readonly field?: string }[];
  readonly retryAfterSeconds?: number;
}

/** Freezes `value` and all that it holds, and gives it back. What is frozen already is taken to be so all through. */
export function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) freezeThrough(value);
  return value;
}

function freezeThrough(value: object): void {
  Object.freeze(value);
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index += 1) freezePart(value[index]);
  } else {
    const record = value as Record<string, unknown>;
    for (const key in record) freezePart(record[key]);
  }
}

function freezePart(value: unknown): void {
  if (typeof value === "string") inOnePiece(value);
  else deepFreeze(value);
}

/**
 * A text that was put together from pieces holds on to all of them until somebody reads in it; in objects that live
 * long (a UID, a time, a token) that is ten times their size. Reading one character makes them one.
 */
function inOnePiece(text: string): boolean {
  return text.length > 12 && text.charCodeAt(text.length - 1) === 0;
}
