import { randomUid } from "../api/hash.ts";
import { type ApiObject, deepFreeze } from "../api/object.ts";
import { formatMicroTime } from "../api/time.ts";
import type { Context, KernelMessage, TimerId } from "../kernel/types.ts";
import { type ApiClient, call } from "./client.ts";
import { klog } from "./klog.ts";
import { type ApiRequest, createRequest, getRequest, isNotFound, resultOf, updateRequest } from "./requests.ts";
import { LEASES } from "./resources.ts";

/**
 * client-go's leaderelection over a Lease. A candidate asks every 2 s (and up to 2.4 s more) and measures the lease's
 * age by its own clock from when it saw the record change; the leader renews every 2 s and gives up when it could not
 * for 10 s.
 */
export interface LeaderElection {
  readonly client: string;
  readonly namespace: string;
  readonly name: string;
  readonly identity: string;
  readonly leaseDurationUs: number;
  readonly renewDeadlineUs: number;
  readonly retryPeriodUs: number;
  role: "stopped" | "candidate" | "leader";
  /** The Lease as last seen, and when (own clock) its record last changed. */
  observed: ApiObject | null;
  observedAtUs: number;
  /** Of whom `leaderChanged` was told last. */
  reportedLeader: string;
  deadline: TimerId | null;
  /** Counts rounds: answers of earlier ones do not matter. */
  epoch: number;
}

export interface ElectionTag {
  readonly machinery: "election";
  readonly epoch: number;
  readonly ask: "get" | "create" | "update" | "renew" | "release";
}

export interface ElectionTimer {
  readonly type: "machinery/election";
  readonly epoch: number;
  readonly what: "try" | "deadline";
}

export type ElectionOutcome =
  | { readonly type: "elected" }
  /** The process is to end, as upstream: `leaderelection lost`. */
  | { readonly type: "leadershipLost" }
  | { readonly type: "leaderChanged"; readonly identity: string };

interface LeaseSpec {
  readonly holderIdentity?: string;
  readonly leaseDurationSeconds?: number;
  readonly acquireTime?: string;
  readonly renewTime?: string;
  readonly leaseTransitions?: number;
}

export function createLeaderElection(options: {
  readonly name: string;
  readonly identity: string;
  readonly namespace?: string;
  readonly client?: string;
  readonly leaseDurationUs?: number;
  readonly renewDeadlineUs?: number;
  readonly retryPeriodUs?: number;
}): LeaderElection {
  return {
    client: options.client ?? "default",
    namespace: options.namespace ?? "kube-system",
    name: options.name,
    identity: options.identity,
    leaseDurationUs: options.leaseDurationUs ?? 15_000_000,
    renewDeadlineUs: options.renewDeadlineUs ?? 10_000_000,
    retryPeriodUs: options.retryPeriodUs ?? 2_000_000,
    role: "stopped",
    observed: null,
    observedAtUs: 0,
    reportedLeader: "",
    deadline: null,
    epoch: 0,
  };
}

/** `<hostname>_<uuid>` */
export function newIdentity(context: Context): string {
  return `${context.machine.name}_${randomUid((bound) => context.random.int(bound))}`;
}

export function startLeaderElection(election: LeaderElection, client: ApiClient, context: Context): void {
  election.role = "candidate";
  klog(context, "I", "leaderelection.go:257", `attempting to acquire leader lease ${lockName(election)}...`);
  tryAcquireOrRenew(election, client, context);
}

/** ReleaseOnCancel: gives the lease up so that a successor need not wait. The answer does not matter. */
export function releaseLease(election: LeaderElection, client: ApiClient, context: Context): void {
  if (election.role !== "leader" || election.observed === null) return;
  const now = formatMicroTime(context.wallUs());
  const spec: LeaseSpec = {
    holderIdentity: "",
    leaseDurationSeconds: 1,
    acquireTime: now,
    renewTime: now,
    leaseTransitions: specOf(election.observed).leaseTransitions ?? 0,
  };
  stop(election, context);
  const lease = deepFreeze({ ...election.observed, spec });
  call(client, context, updateRequest(LEASES, lease), tagOf(election, "release"));
}

export function handleElectionMessage(
  election: LeaderElection,
  client: ApiClient,
  message: KernelMessage | ElectionTimer,
  context: Context,
): ElectionOutcome[] {
  if (message.type === "machinery/election") {
    if (message.epoch !== election.epoch || election.role === "stopped") return [];
    if (message.what === "deadline") return lost(election, context);
    tryAcquireOrRenew(election, client, context);
    return [];
  }
  if (message.type !== "response" && message.type !== "requestFailed") return [];
  const tag = message.tag as ElectionTag;
  if (tag.epoch !== election.epoch || election.role === "stopped") return [];
  return answered(election, client, tag, message, context);
}

function tryAcquireOrRenew(election: LeaderElection, client: ApiClient, context: Context): void {
  const held = election.observed;
  if (election.role === "leader" && held !== null && specOf(held).holderIdentity === election.identity) {
    const lease = renewed(election, held, context);
    call(client, context, updateRequest(LEASES, lease), tagOf(election, "renew"));
    return;
  }
  ask(election, client, context, getRequest(LEASES, election.namespace, election.name), "get");
}

function answered(
  election: LeaderElection,
  client: ApiClient,
  tag: ElectionTag,
  message: Extract<KernelMessage, { type: "response" | "requestFailed" }>,
  context: Context,
): ElectionOutcome[] {
  const request = getRequest(LEASES, election.namespace, election.name);
  const result = resultOf(message, request, client.server);
  if (tag.ask === "get") {
    if (result.ok) return leaseRead(election, client, result.object, context);
    if (isNotFound(result)) {
      const lease = acquired(election, null, context);
      ask(election, client, context, createRequest(LEASES, lease), "create");
      return [];
    }
    klog(context, "E", "leaderelection.go:436", `error retrieving resource lock ${lockName(election)}: ${result.text}`);
    return failed(election, context);
  }
  if (result.ok) {
    observe(election, result.object, context);
    return succeeded(election, context);
  }
  if (tag.ask === "renew") {
    klog(
      context,
      "E",
      "leaderelection.go:429",
      `Failed to update lease optimistically, falling back to slow path: ${result.text}`,
    );
    ask(election, client, context, request, "get");
    return [];
  }
  if (tag.ask === "create") {
    klog(context, "E", "leaderelection.go:449", `error initially creating leader election record: ${result.text}`);
  } else {
    klog(context, "E", "leaderelection.go:484", `Failed to update lease: ${result.text}`);
  }
  return failed(election, context);
}

function leaseRead(election: LeaderElection, client: ApiClient, lease: ApiObject, context: Context): ElectionOutcome[] {
  const seen = election.observed === null ? null : specOf(election.observed);
  const spec = specOf(lease);
  const changed = seen === null || seen.renewTime !== spec.renewTime || seen.holderIdentity !== spec.holderIdentity;
  if (changed) election.observedAtUs = context.nowUs;
  election.observed = lease;
  const holder = spec.holderIdentity ?? "";
  const isOwn = holder === election.identity;
  const lasts = election.observedAtUs + (spec.leaseDurationSeconds ?? 0) * 1_000_000 > context.nowUs;
  if (holder !== "" && !isOwn && lasts)
    return [...reportLeader(election, holder, context), ...failed(election, context)];
  const written = isOwn ? renewed(election, lease, context) : acquired(election, lease, context);
  ask(election, client, context, updateRequest(LEASES, written), "update");
  return [];
}

function succeeded(election: LeaderElection, context: Context): ElectionOutcome[] {
  if (election.deadline !== null) context.clearTimer(election.deadline);
  const outcomes: ElectionOutcome[] = [];
  if (election.role === "candidate") {
    election.role = "leader";
    klog(context, "I", "leaderelection.go:271", `successfully acquired lease ${lockName(election)}`);
    outcomes.push({ type: "elected" });
  }
  outcomes.push(...reportLeader(election, election.identity, context));
  election.epoch += 1;
  setTimer(election, context, election.retryPeriodUs, "try");
  election.deadline = setTimer(election, context, election.retryPeriodUs + election.renewDeadlineUs, "deadline");
  return outcomes;
}

/** Not this time: ask again after the retry period (a candidate: with jitter). */
function failed(election: LeaderElection, context: Context): ElectionOutcome[] {
  const jitterUs = election.role === "candidate" ? context.random.int(Math.round(election.retryPeriodUs * 1.2)) : 0;
  setTimer(election, context, election.retryPeriodUs + jitterUs, "try");
  return [];
}

function lost(election: LeaderElection, context: Context): ElectionOutcome[] {
  stop(election, context);
  klog(context, "I", "leaderelection.go:297", `failed to renew lease ${lockName(election)}: context deadline exceeded`);
  return [{ type: "leadershipLost" }];
}

function stop(election: LeaderElection, context: Context): void {
  election.role = "stopped";
  election.epoch += 1;
  if (election.deadline !== null) context.clearTimer(election.deadline);
  election.deadline = null;
}

function observe(election: LeaderElection, lease: ApiObject, context: Context): void {
  election.observed = lease;
  election.observedAtUs = context.nowUs;
}

function reportLeader(election: LeaderElection, identity: string, context: Context): ElectionOutcome[] {
  if (identity === election.reportedLeader) return [];
  election.reportedLeader = identity;
  if (identity !== election.identity) klog(context, "I", "leaderelection.go:378", `new leader elected: ${identity}`);
  return [{ type: "leaderChanged", identity }];
}

function acquired(election: LeaderElection, old: ApiObject | null, context: Context): ApiObject {
  const now = formatMicroTime(context.wallUs());
  const spec: LeaseSpec = {
    holderIdentity: election.identity,
    leaseDurationSeconds: Math.round(election.leaseDurationUs / 1_000_000),
    acquireTime: now,
    renewTime: now,
    leaseTransitions: old === null ? 0 : (specOf(old).leaseTransitions ?? 0) + 1,
  };
  if (old !== null) return deepFreeze({ ...old, spec });
  const metadata = { name: election.name, namespace: election.namespace };
  return deepFreeze({ apiVersion: "coordination.k8s.io/v1", kind: "Lease", metadata, spec });
}

function renewed(election: LeaderElection, lease: ApiObject, context: Context): ApiObject {
  const spec = { ...specOf(lease), renewTime: formatMicroTime(context.wallUs()) };
  return deepFreeze({ ...lease, spec });
}

function ask(
  election: LeaderElection,
  client: ApiClient,
  context: Context,
  request: ApiRequest,
  what: ElectionTag["ask"],
): void {
  call(client, context, request, tagOf(election, what));
}

function tagOf(election: LeaderElection, what: ElectionTag["ask"]): ElectionTag {
  return Object.freeze({ machinery: "election", epoch: election.epoch, ask: what });
}

function setTimer(election: LeaderElection, context: Context, delayUs: number, what: ElectionTimer["what"]): TimerId {
  const timer: ElectionTimer = { type: "machinery/election", epoch: election.epoch, what };
  return context.setTimer(delayUs, timer);
}

function specOf(lease: ApiObject): LeaseSpec {
  return (lease.spec ?? {}) as LeaseSpec;
}

function lockName(election: LeaderElection): string {
  return `${election.namespace}/${election.name}`;
}
