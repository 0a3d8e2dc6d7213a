import { describe, expect, it } from "vitest";
import type { ApiObject } from "../../../../api/object.ts";
import { parseTime } from "../../../../api/time.ts";
import { isTrackedLongEnough, type Verdict, verdictOn } from "./unused.ts";

const YEAR_US = 365 * 86_400_000_000;
const NOW = parseTime("2026-11-20T09:00:00Z")!;
const A_YEAR_AGO = "2025-11-20";
const EARLIER = "2025-11-19";

interface Case {
  readonly labels?: Readonly<Record<string, string>>;
  readonly metadata?: object;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly secrets?: readonly string[];
  readonly pods?: readonly object[];
}

const used = (day: string) => ({ "kubernetes.io/legacy-token-last-used": day });
const invalid = (day: string) => ({ "kubernetes.io/legacy-token-invalid-since": day });

const CASES: readonly (readonly [about: string, verdict: Verdict, given: Case])[] = [
  ["one that nobody has used counts no more", "invalidate", {}],
  ["nor one that was used more than a year ago", "invalidate", { labels: used(EARLIER) }],
  ["one that was used since stays", "keep", { labels: used(A_YEAR_AGO) }],
  ["nobody knows when this one was used", "keep", { labels: used("yesterday") }],
  ["one that does not count for more than a year goes", "delete", { labels: invalid(EARLIER) }],
  ["one that does not count for less stays", "keep", { labels: invalid(A_YEAR_AGO) }],
  ["a date that is none is written anew", "invalidate", { labels: invalid("long") }],
  ["a young one stays", "keep", { metadata: { creationTimestamp: "2025-11-20T09:00:00Z" } }],
  ["so does one that is being deleted", "keep", { metadata: { deletionTimestamp: "2026-11-20T08:00:00Z" } }],
  ["and one that its account does not name", "keep", { secrets: ["other"] }],
  ["and one of another account of that name", "keep", { annotations: { "kubernetes.io/service-account.uid": "old" } }],
  ["and one that a pod mounts", "keep", { pods: [{ volumes: [{ name: "t", secret: { secretName: "token" } }] }] }],
];

describe("a Secret with a service account's token", () => {
  it.each(CASES)("%s", (_about, verdict, { labels, metadata, annotations, secrets = ["token"], pods = [] }) => {
    const secret: ApiObject = {
      metadata: {
        name: "token",
        namespace: "default",
        creationTimestamp: "2025-01-01T00:00:00Z",
        labels,
        annotations: {
          "kubernetes.io/service-account.name": "robot",
          "kubernetes.io/service-account.uid": "new",
          ...annotations,
        },
        ...metadata,
      },
    } as ApiObject;
    const account = { metadata: { uid: "new" }, secrets: secrets.map((name) => ({ name })) };
    const found = verdictOn(secret, {
      wallUs: NOW,
      periodUs: YEAR_US,
      account: (namespace, name) => (`${namespace}/${name}` === "default/robot" ? account : undefined),
      podsOf: () => pods.map((spec) => ({ spec })),
    });
    expect(found).toBe(verdict);
  });

  it("stays until its use has been noted for long enough", () => {
    const isLong = (since?: string) => isTrackedLongEnough(since, YEAR_US, NOW);
    expect([isLong(EARLIER), isLong(A_YEAR_AGO), isLong("ever"), isLong()]).toEqual([true, false, false, false]);
  });
});
