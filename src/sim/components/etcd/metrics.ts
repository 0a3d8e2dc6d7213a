import type { Context, RequestId } from "../../kernel/types.ts";
import { type HttpLike, httpAnswer } from "./http.ts";
import { NOBODY } from "./raft/types.ts";
import { handleRequest } from "./requests.ts";
import type { EtcdState } from "./state.ts";
import { VERSION } from "./version.ts";

/** The plain HTTP port for probes and metrics: /health, /livez, /readyz, /metrics. */
export function handleHttp(state: EtcdState, context: Context, id: RequestId, request: HttpLike): void {
  const path = request.path.split("?")[0] as string;
  switch (path) {
    case "/livez":
      context.respond(id, httpAnswer(200, "ok\n"));
      return;
    case "/health":
    case "/readyz":
      handleReadiness(state, context, id, path);
      return;
    case "/version":
      context.respond(id, httpAnswer(200, JSON.stringify({ etcdserver: VERSION, etcdcluster: "3.5.0" })));
      return;
    case "/metrics":
      context.respond(id, httpAnswer(200, metricsOf(state)));
      return;
    default:
      context.respond(id, httpAnswer(404, "404 page not found\n"));
  }
}

/** Ready means that a read through the quorum works; it is answered when that is known. */
function handleReadiness(state: EtcdState, context: Context, id: RequestId, path: string): void {
  if (state.phase !== "running" || state.raft.leader === NOBODY) {
    const reason =
      path === "/health"
        ? '{"health":"false","reason":"RAFT NO LEADER"}'
        : "[-]linearizable_read failed: etcdserver: no leader\n";
    context.respond(id, httpAnswer(503, reason));
    return;
  }
  state.probes.set(id, path);
  handleRequest(state, context, id, { op: "health" });
}

export function metricsOf(state: EtcdState): string {
  const { raft, store } = state;
  const gauges: readonly (readonly [string, number])[] = [
    ["etcd_server_has_leader", raft.leader === NOBODY ? 0 : 1],
    ["etcd_server_is_leader", raft.role === "leader" ? 1 : 0],
    ["etcd_server_proposals_committed_total", raft.log.commit],
    ["etcd_server_proposals_applied_total", raft.log.applied],
    ["etcd_server_proposals_pending", state.pending.size],
    ["etcd_mvcc_db_total_size_in_bytes", store.fileBytes],
    ["etcd_mvcc_db_total_size_in_use_in_bytes", store.inUseBytes],
    ["etcd_server_quota_backend_bytes", state.config.quotaBackendBytes],
    ["etcd_server_is_learner", raft.membership.learners.includes(state.id) ? 1 : 0],
    ["etcd_debugging_mvcc_current_revision", store.revision],
    ["etcd_debugging_mvcc_compact_revision", store.compactRevision],
    ["etcd_debugging_mvcc_watcher_total", state.hub.watchers.size],
    ["etcd_debugging_lease_granted_total", store.leases.size],
  ];
  return gauges.map(([name, value]) => `# TYPE ${name} gauge\n${name} ${value}\n`).join("");
}
