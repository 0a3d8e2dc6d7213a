import type { Context } from "../../../kernel/types.ts";
import { askEtcd, type EtcdAnswer } from "../registry/etcd-client.ts";
import type { ApiServerState } from "../state.ts";

/**
 * etcd's history is kept for five to ten minutes: every five minutes one API server (whoever is first to raise the
 * version of the key) compacts to the revision of five minutes ago.
 */
const KEY = "compact_rev_key";
export const COMPACT_EVERY_US = 300_000_000;

export function compact(state: ApiServerState, context: Context): void {
  const { version, revision } = state.compactor;
  const body = {
    op: "txn",
    compare: [{ key: KEY, target: "VERSION", result: "EQUAL", operand: version }],
    success: [{ op: "put", key: KEY, value: { data: String(revision), sizeBytes: 16 } }],
    failure: [{ op: "range", key: KEY }],
  } as const;
  askEtcd(state, context, body, { use: "task", task: "compactor" }, 10_000_000);
}

export function compactorAnswered(state: ApiServerState, context: Context, answer: EtcdAnswer): void {
  if (!answer.ok || answer.body.op !== "txn") return;
  const { succeeded, header, responses } = answer.body;
  const { version, revision } = state.compactor;
  if (!succeeded) {
    const range = responses[0];
    const held = range?.op === "range" ? range.kvs[0] : undefined;
    state.compactor = { version: held?.version ?? 0, revision: header.revision };
    return;
  }
  state.compactor = { version: version + 1, revision: header.revision };
  if (revision > 0)
    askEtcd(state, context, { op: "compact", revision }, { use: "task", task: "compacted" }, 10_000_000);
}
