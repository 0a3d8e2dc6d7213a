import type { ApiObject } from "../../../../api/object.ts";
import { referencesOf } from "../../../../api/pod/references.ts";
import { INVALID_SINCE_LABEL, LAST_USED_LABEL } from "../../../../api/service-account-token.ts";
import { formatDate, parseTime } from "../../../../api/time.ts";
import { ACCOUNT_NAME, ACCOUNT_UID, type Account } from "../../lib/token-secrets.ts";

const DAY_US = 86_400_000_000;

/** What is done about a Secret that nobody has used for long: first it counts no more, and as long after it goes. */
export type Verdict = "keep" | "invalidate" | "delete";

export interface Situation {
  readonly wallUs: number;
  /** How long a Secret may lie unused. */
  readonly periodUs: number;
  account(namespace: string, name: string): Account | undefined;
  podsOf(namespace: string): Iterable<ApiObject>;
}

/** Use has been noted for long enough to tell what is unused. `since`: the date since when. */
export function isTrackedLongEnough(since: string | undefined, periodUs: number, wallUs: number): boolean {
  const trackedSince = dayOf(since);
  // The day on which it began does not count.
  return trackedSince !== null && wallUs >= trackedSince + DAY_US + periodUs;
}

/** Only Secrets that an account names go: they may have been made by themselves, the others were made by somebody. */
export function verdictOn(secret: ApiObject, situation: Situation): Verdict {
  const { name = "", namespace = "", labels, creationTimestamp, deletionTimestamp } = secret.metadata ?? {};
  const preservedUs = situation.wallUs - situation.periodUs;
  const preservedDay = formatDate(preservedUs);
  if (deletionTimestamp !== undefined || (parseTime(creationTimestamp ?? "") ?? 0) >= preservedUs) return "keep";
  const lastUsed = labels?.[LAST_USED_LABEL];
  if (lastUsed !== undefined && (dayOf(lastUsed) === null || lastUsed >= preservedDay)) return "keep";
  if (accountOf(secret, situation)?.secrets?.some((each) => each.name === name) !== true) return "keep";
  for (const pod of situation.podsOf(namespace)) if (referencesOf(pod).has(`secret/${name}`)) return "keep";
  const invalidSince = labels?.[INVALID_SINCE_LABEL];
  if (invalidSince === undefined || dayOf(invalidSince) === null) return "invalidate";
  return invalidSince < preservedDay ? "delete" : "keep";
}

function accountOf(secret: ApiObject, situation: Situation): Account | undefined {
  const { namespace = "", annotations } = secret.metadata ?? {};
  const account = situation.account(namespace, annotations?.[ACCOUNT_NAME] ?? "");
  const uid = annotations?.[ACCOUNT_UID] ?? "";
  return uid === "" || account?.metadata?.uid === uid ? account : undefined;
}

/** When a day like `2026-11-20` begins; null: it is none. */
function dayOf(text: string | undefined): number | null {
  return parseTime(`${text ?? ""}T00:00:00Z`);
}
