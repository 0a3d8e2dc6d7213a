import type { Kind } from "../../api/kinds.ts";
import type { ApiObject, Status } from "../../api/object.ts";
import type { Certificate, RequestId, StreamId, TraceRef } from "../../kernel/types.ts";
import type { AggregatedApi } from "./aggregator/api-services.ts";
import type { UserInfo } from "./authn/user.ts";
import type { BootstrapItem } from "./bootstrap/items.ts";
import type { Flags } from "./flags.ts";
import type { HealthAsk } from "./health.ts";
import type { ResponseForm } from "./http/form.ts";
import type { Incoming } from "./http/reply.ts";
import type { ResourceRequest } from "./messages.ts";
import type { WatchCache } from "./watch/cache.ts";

/** Everything that one kube-apiserver process holds in memory. */
export interface ApiServerState {
  readonly flags: Flags;
  /** `connecting`: etcd has not answered yet. `listing`: the caches are being filled. `serving`: port 6443 is open. */
  phase: "connecting" | "listing" | "serving" | "stopping";
  readonly startedAtUs: number;
  readonly etcd: EtcdClient;
  /** What the server shows to kubelets. */
  readonly kubeletCertificate: Certificate | undefined;
  /** Signs and checks service-account tokens. */
  readonly tokenKey: string;
  /** Checks client certificates that the cluster's signer issued. */
  readonly caKey: string;
  /** By resource: `pods`, `deployments.apps`. */
  readonly caches: Map<string, WatchCache>;
  /** Rows of custom resources by `GROUP/VERSION/RESOURCE`, from the definitions that this server knows. */
  readonly customKinds: Map<string, Kind>;
  /** APIServices that are served elsewhere, by name. */
  readonly aggregatedApis: Map<string, AggregatedApi>;
  /** Definitions that this server's own controllers are at work on. */
  readonly definitionWork: Map<string, { step: string; again: boolean; readonly sinceUs: number }>;
  readonly exchanges: Map<number, Exchange>;
  nextExchange: number;
  /** By HTTP, for their audit IDs. */
  requestsServed: number;
  /** Exchanges of its own that ended in this step: dealt with before the step is over. */
  finished: { readonly replyTo: ReplyTo; readonly code: number; readonly object: ApiObject }[];
  /** What a served stream is: a watch of a cache, or a pipe to a kubelet. */
  readonly streams: Map<StreamId, ServedStream>;
  /** Post-start hooks by upstream's name. */
  readonly hooks: Map<string, boolean>;
  /** Replaced whenever a role or a binding changes: what is derived from them hangs on it. */
  rbacVersion: { readonly revision: number };
  /** The last known value of the node-port range, with its revision (0: never written). */
  nodePorts: NodePortRange | null;
  /** Lease in etcd for this server's entry among the masters; 0: none. */
  masterLease: number;
  /** `holderIdentity` of its identity Lease. */
  readonly identity: string;
  /** Leases in etcd that events hang on: the current one, when it was granted, how many keys it has. */
  eventLease: { readonly id: number; readonly grantedAtUs: number; keys: number } | null;
  /** Exchanges that wait for the next event lease. */
  leaseWaiters: number[];
  /** Namespaces in whose quotas something was written lately. */
  readonly quotaBooks: Map<string, QuotaBook>;
  /** The revision that the compactor saw five minutes ago. */
  compactor: { readonly version: number; readonly revision: number };
  /** Watchers that want bookmarks have the shared timer running. */
  bookmarkTimer: boolean;
  etcdHealth: { readonly checkedAtUs: number; readonly error: string };
  /** Health requests that wait for etcd's answer. */
  healthWaiters: { readonly incoming: Incoming; readonly ask: HealthAsk }[];
  /** What the server creates at its start, still to do; and how many of it are on their way. */
  bootstrap: BootstrapItem[];
  bootstrapInFlight: number;
  /** How many of them went wrong in this round. */
  bootstrapFailures: number;
  /** Resource of what was started last. */
  bootstrapping: string;
  /** Lists of caches that are still missing before the port is opened. */
  unsynced: number;
  /** Newest last, bounded: for the page. */
  recent: RecentRequest[];
  /** `VERB group resource subresource code` -> count. */
  readonly requestCounts: Map<string, number>;
}

/** What is known of the charges of one namespace. */
export interface QuotaBook {
  /** A transaction is on its way. */
  busy: boolean;
  /** Exchanges that wait for the next one, and those that this one charges. */
  waiting: number[];
  charging: number[];
  /** What the transaction writes, by name. */
  drafts: readonly (readonly [name: string, quota: ApiObject])[];
  /** Quotas as they were written or read here, newer than the cache has them perhaps; null: gone. */
  readonly written: Map<string, ApiObject | null>;
  tries: number;
}

export interface EtcdClient {
  readonly address: string;
  readonly certificate: Certificate | undefined;
}

export interface NodePortRange {
  readonly modRevision: number;
  /** Base64 bitmap as stored. */
  readonly data: string;
}

export interface RecentRequest {
  readonly atUs: number;
  readonly durationUs: number;
  readonly verb: string;
  readonly path: string;
  readonly user: string;
  readonly userAgent: string;
  readonly code: number;
}

/** Where an answer goes. */
export type ReplyTo =
  | { readonly via: "request"; readonly id: RequestId }
  | { readonly via: "stream"; readonly id: StreamId }
  /** Part of another exchange: an item of a deletecollection, the delete of an eviction. */
  | { readonly via: "exchange"; readonly id: number }
  /** The server's own doing: a post-start hook or a reconciler, by name. */
  | { readonly via: "loopback"; readonly task: string };

/** A request in flight. Its flow is its phase; what comes back from etcd is tagged with its number. */
export interface Exchange {
  readonly id: number;
  readonly replyTo: ReplyTo;
  readonly request: ResourceRequest;
  readonly kind: Kind;
  /** How the answer is written; null for components, which get the objects themselves. */
  readonly form: ResponseForm | null;
  readonly user: UserInfo;
  readonly receivedAtUs: number;
  readonly deadlineAtUs: number;
  readonly trace: TraceRef;
  phase: ExchangePhase;
  /** Final name: that of the request, or a generated one. */
  name: string;
  /** How often etcd was asked to write. */
  attempts: number;
  warnings: string[];
  /** The object that is being written (without resourceVersion). */
  draft: ApiObject | null;
  /** A service's draft before addresses and ports were chosen for it. */
  unallocated: ApiObject | null;
  /** The node-port range as this write leaves it; null: it does not touch it. */
  nodePorts: string | null;
  /** A PUT to a name that was not there: from then on it goes as a create. */
  creates: boolean;
  /** Whether the write removes the object. */
  removes: boolean;
  /** Whether the object that the draft was made from is known to be the newest. */
  live: boolean;
  /** What the write takes of quotas; null: nobody asked yet. */
  charge: QuotaClaim | null;
  /** eviction: the namespace's disruption budgets as etcd has them. */
  budgets: readonly ApiObject[] | null;
  /** deletecollection: answers still missing, and what was deleted. */
  pending: number;
  collected: ApiObject[];
  refusal: Status | null;
}

export interface QuotaClaim {
  readonly object: ApiObject;
  readonly old: ApiObject | null;
  readonly subresource: string;
  /** It is charged, or need not be. */
  readonly done: boolean;
}

export type ExchangePhase =
  | "begin"
  /** Looks for a namespace that the cache does not have (yet). */
  | "namespace"
  /** Reads the object itself from etcd. */
  | "read"
  /** Waits until the watch cache has a revision. */
  | "cache"
  /** Lists from etcd. */
  | "list"
  | "lease"
  /** Waits until its namespace's quotas are charged. */
  | "quota"
  /** Reads the disruption budgets that an eviction has to respect. */
  | "budgets"
  | "write"
  | "children"
  | "kubelet"
  | "done";

export type ServedStream =
  | { readonly use: "watch"; readonly resource: string }
  /** A watch that waits for its cache to be filled or to reach its revision. */
  | { readonly use: "exchange"; readonly exchange: number }
  /** Log, exec, attach, port-forward: `client` is the caller's stream, `kubelet` ours. */
  | {
      readonly use: "proxy";
      readonly client: StreamId;
      readonly kubelet: StreamId;
      readonly http: boolean;
      readonly what: "log" | "exec" | "attach" | "portforward";
      /** exec and attach: what the client asked to see. */
      readonly shown: { readonly stdout: boolean; readonly stderr: boolean };
      /** The exchange that waits for the kubelet to accept; null once it has. */
      readonly exchange: number | null;
    };
