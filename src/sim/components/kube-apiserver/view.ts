import { checksOf } from "./health.ts";
import { pathOf, RECENT_MAX } from "./respond.ts";
import type { ApiServerState, ExchangePhase, RecentRequest } from "./state.ts";
import { historyLength } from "./watch/history.ts";

/** What the page's inspector shows of an API server. */
export interface ApiServerView {
  readonly phase: ApiServerState["phase"];
  readonly ready: boolean;
  readonly checks: readonly { readonly name: string; readonly ok: boolean }[];
  /** The request chain's stages in their order, for the pipeline's boxes. */
  readonly stages: readonly string[];
  readonly inFlight: readonly RequestInFlight[];
  readonly caches: readonly CacheView[];
  readonly watchers: readonly WatcherView[];
  /** Newest first. */
  readonly recent: readonly RecentRequest[];
}

export interface RequestInFlight {
  readonly id: number;
  readonly verb: string;
  readonly path: string;
  readonly user: string;
  readonly userAgent: string;
  /** One of `stages`. */
  readonly stage: string;
  readonly sinceUs: number;
  readonly attempts: number;
}

export interface CacheView {
  readonly resource: string;
  readonly phase: string;
  readonly objects: number;
  readonly revision: number;
  readonly historyEvents: number;
  readonly watchers: number;
}

export interface WatcherView {
  readonly resource: string;
  readonly user: string;
  readonly userAgent: string;
  /** `namespace default`, `node worker-1`, "" for everything. */
  readonly scope: string;
  readonly sentEvents: number;
  readonly bookmarks: boolean;
}

const STAGES = [
  "authentication",
  "authorization",
  "admission",
  "validation",
  "etcd",
  "watch cache",
  "kubelet",
  "response",
];

const STAGE_OF_PHASE: Readonly<Record<ExchangePhase, string>> = {
  begin: "authentication",
  namespace: "admission",
  read: "etcd",
  cache: "watch cache",
  list: "etcd",
  lease: "etcd",
  quota: "admission",
  budgets: "etcd",
  write: "etcd",
  children: "etcd",
  kubelet: "kubelet",
  done: "response",
};

export function viewOf(state: ApiServerState): ApiServerView {
  const checks = checksOf(state, "readyz");
  const caches = [...state.caches.values()];
  return {
    phase: state.phase,
    ready: state.phase === "serving" && checks.every(({ ok }) => ok),
    checks,
    stages: STAGES,
    inFlight: [...state.exchanges.values()].map((exchange) => ({
      id: exchange.id,
      verb: exchange.request.verb,
      path: exchange.form?.path ?? pathOf(exchange),
      user: exchange.user.name,
      userAgent: exchange.request.userAgent,
      stage: STAGE_OF_PHASE[exchange.phase],
      sinceUs: exchange.receivedAtUs,
      attempts: exchange.attempts,
    })),
    caches: caches.map((cache) => ({
      resource: cache.resource,
      phase: cache.phase,
      objects: cache.objects.size,
      revision: cache.revision,
      historyEvents: historyLength(cache.history),
      watchers: cache.watchers.byStream.size,
    })),
    watchers: caches.flatMap((cache) =>
      [...cache.watchers.byStream.values()].map(({ user, userAgent, bucket, sentEvents, bookmarks }) => ({
        resource: cache.resource,
        user,
        userAgent,
        scope: bucket,
        sentEvents,
        bookmarks,
      })),
    ),
    recent: state.recent.slice(-RECENT_MAX).reverse(),
  };
}
