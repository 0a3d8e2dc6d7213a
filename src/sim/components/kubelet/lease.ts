import { deepFreeze } from "../../api/object.ts";
import { formatMicroTime } from "../../api/time.ts";
import { defined } from "../../kernel/records.ts";
import type { Context } from "../../kernel/types.ts";
import { call } from "../../machinery/client.ts";
import { klog, quote } from "../../machinery/klog.ts";
import { clientOf, informerOf } from "../../machinery/machinery.ts";
import { type CallResult, createRequest, getRequest, isNotFound, updateRequest } from "../../machinery/requests.ts";
import { LEASES } from "../../machinery/resources.ts";
import type { KubeletState } from "./state.ts";
import { after } from "./timers.ts";

const NAMESPACE = "kube-node-lease";
const DURATION_SECONDS = 40;
const RENEW_US = 10_000_000;
/** Each round is up to 4 % longer. */
const JITTER_US = 400_000;

export interface LeaseTag {
  readonly kubelet: "lease";
  readonly ask: "get" | "create" | "update";
}

/** Every 10 s: say that the node is alive. */
export function renewLease(state: KubeletState, context: Context): void {
  after(context, RENEW_US + context.random.int(JITTER_US), { type: "leaseRenew" });
  if (state.machinery === null) return;
  if (!state.node.leaseKnown) {
    call(clientOf(state.machinery), context, getRequest(LEASES, NAMESPACE, state.nodeName), tagOf("get"));
    return;
  }
  update(state, context);
}

function tagOf(ask: LeaseTag["ask"]): LeaseTag {
  return { kubelet: "lease", ask };
}

function lease(state: KubeletState, context: Context): Parameters<typeof createRequest>[1] {
  const node =
    state.machinery === null ? undefined : informerOf(state.machinery, "node").store.objects.get(state.nodeName);
  const owner = { apiVersion: "v1", kind: "Node", name: state.nodeName, uid: node?.metadata?.uid ?? "" };
  return deepFreeze({
    apiVersion: "coordination.k8s.io/v1",
    kind: "Lease",
    metadata: defined({
      name: state.nodeName,
      namespace: NAMESPACE,
      ownerReferences: node === undefined ? undefined : [owner],
      resourceVersion: state.node.leaseVersion || undefined,
    }),
    spec: {
      holderIdentity: state.nodeName,
      leaseDurationSeconds: DURATION_SECONDS,
      renewTime: formatMicroTime(context.wallUs()),
    },
  });
}

function update(state: KubeletState, context: Context): void {
  if (state.machinery !== null)
    call(clientOf(state.machinery), context, updateRequest(LEASES, lease(state, context)), tagOf("update"));
}

export function leaseAnswered(state: KubeletState, context: Context, tag: LeaseTag, result: CallResult): void {
  const { node, machinery } = state;
  if (machinery === null) return;
  if (result.ok) {
    node.leaseKnown = true;
    node.leaseVersion = result.object.metadata?.resourceVersion ?? "";
    node.lastRenewFailed = false;
    if (tag.ask === "get") update(state, context);
    else node.lastRenewAtUs = context.nowUs;
    return;
  }
  node.lastRenewFailed = true;
  const where = tag.ask === "update" ? "controller.go:195" : "controller.go:145";
  const what = tag.ask === "update" ? "Failed to update lease" : "Failed to ensure lease exists, will retry";
  if (!isNotFound(result)) klog(context, "E", where, `"${what}" err=${quote(result.text)}`);
  node.leaseKnown = false;
  node.leaseVersion = "";
  if (tag.ask === "get" && isNotFound(result))
    call(clientOf(machinery), context, createRequest(LEASES, lease(state, context)), tagOf("create"));
  else if (tag.ask === "update" && result.code === 409)
    call(clientOf(machinery), context, getRequest(LEASES, NAMESPACE, state.nodeName), tagOf("get"));
}
