import { beforeAll, expect, it } from "vitest";
import { nameOf, objectNamed, ROWS } from "./testing/every-kind.ts";
import { createHarness, type Harness } from "./testing/harness.ts";

/** Objects with a part missing, empty or null: refused or taken, but answered. */

let harness: Harness;

beforeAll(() => {
  harness = createHarness();
  harness.http("POST", "/api/v1/namespaces/default/serviceaccounts", { metadata: { name: "default" } });
});

const REPLACEMENTS: readonly unknown[] = [undefined, null, "", 0, {}, [], [{}], [null]];

/** Each place in the value, replaced by each of those. */
function* mutilated(value: unknown): Generator<unknown> {
  if (Array.isArray(value)) {
    for (const [index, inner] of value.entries())
      for (const other of mutilated(inner)) yield value.map((each, at) => (at === index ? other : each));
  } else if (typeof value === "object" && value !== null) {
    for (const [key, inner] of Object.entries(value)) {
      for (const other of REPLACEMENTS) yield { ...value, [key]: other };
      for (const other of mutilated(inner)) yield { ...value, [key]: other };
    }
  }
}

it.each(ROWS)("$path", (row) => {
  const name = nameOf(row, 9);
  const { metadata, apiVersion, kind, ...rest } = objectNamed(row, name) as Record<string, unknown>;
  const path = `/${row.path}`;
  const unanswered: string[] = [];
  const ask = (method: string, to: string, body: unknown, type = "application/json"): number => {
    const { status, body: text } = harness.http(method, to, body, { "content-type": type });
    if (status === undefined || status >= 500) unanswered.push(`${method} ${JSON.stringify(body)}: ${text}`);
    return status;
  };
  expect(ask("POST", path, { apiVersion, kind, metadata, ...rest })).toBe(201);
  ask("POST", `${path}?dryRun=All`, { apiVersion, kind, metadata: { name: nameOf(row, 8) } });
  for (const odd of mutilated(rest) as Generator<Record<string, unknown>>) {
    ask("POST", `${path}?dryRun=All`, { apiVersion, kind, metadata: { name: nameOf(row, 8) }, ...odd });
    ask("PUT", `${path}/${name}?dryRun=All`, { apiVersion, kind, metadata, ...odd });
    ask("PATCH", `${path}/${name}?dryRun=All`, odd, "application/merge-patch+json");
  }
  if (row.status !== null)
    for (const odd of mutilated({ status: row.status }))
      ask("PATCH", `${path}/${name}/status?dryRun=All`, odd, "application/merge-patch+json");
  expect(unanswered).toEqual([]);
  ask("DELETE", `${path}/${name}?gracePeriodSeconds=0`, undefined);
});
