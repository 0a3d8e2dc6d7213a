import { kindOfName } from "../../api/kinds.ts";
import type { ApiObject } from "../../api/object.ts";
import type { Component, Context } from "../../kernel/types.ts";
import { readKubeconfig } from "../../machinery/kubeconfig.ts";
import type { ResourceRequest, ResourceResponse } from "../kube-apiserver/messages.ts";

/**
 * What `kubeadm init` does once the API server answers: creates the add-ons (kube-proxy, CoreDNS) and the bindings that
 * the components need, and marks the control-plane nodes. Idempotent; runs once per world and leaves a note on disk.
 */
export interface KubeadmArgs {
  readonly kubeconfig: string;
  /** Created in order; what exists already is left alone. */
  readonly objects: readonly ApiObject[];
  /** Labels that the kubelet may not give to its own node; patched as the nodes appear. */
  readonly nodeLabels: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

interface KubeadmState {
  readonly args: KubeadmArgs;
  next: number;
  readonly unlabelled: string[];
}

type KubeadmMessage = { readonly type: "again" };

export const KUBEADM_DONE = "/var/lib/kubeadm/done";
const RETRY_US = 200_000;
const TIMEOUT_US = 10_000_000;

export const kubeadm: Component<KubeadmState, KubeadmMessage> = {
  kind: "kubeadm",
  start(context, args) {
    const state: KubeadmState = {
      args: args as KubeadmArgs,
      next: 0,
      unlabelled: Object.keys((args as KubeadmArgs).nodeLabels),
    };
    if (context.disk.read(KUBEADM_DONE) !== undefined) context.exit(0);
    else context.setTimer(RETRY_US, { type: "again" });
    return state;
  },
  step(state, message, context) {
    switch (message.type) {
      case "again":
        return proceed(state, context);
      case "response": {
        const { code } = message.body as ResourceResponse;
        if (code < 300 || code === 409) {
          if (message.tag === "object") state.next += 1;
          else state.unlabelled.shift();
          return proceed(state, context);
        }
        context.setTimer(RETRY_US, { type: "again" });
        return;
      }
      case "requestFailed":
        context.setTimer(RETRY_US, { type: "again" });
        return;
      default:
        return;
    }
  },
};

function proceed(state: KubeadmState, context: Context): void {
  const object = state.args.objects[state.next];
  if (object !== undefined) {
    send(context, state, createRequest(object), "object", `POST ${object.kind} ${object.metadata?.name}`);
    return;
  }
  const node = state.unlabelled[0];
  if (node !== undefined) {
    const body = { metadata: { labels: state.args.nodeLabels[node] } };
    const request = {
      ...BASE,
      verb: "patch" as const,
      group: "",
      version: "v1",
      resource: "nodes",
      namespace: "",
      name: node,
      patchType: "merge" as const,
      body,
    };
    send(context, state, request, "node", `PATCH node ${node}`);
    return;
  }
  context.disk.write(KUBEADM_DONE, "done");
  context.disk.sync();
  context.exit(0);
}

const BASE = {
  type: "resource" as const,
  subresource: "",
  options: {},
  credentials: {},
  userAgent: "kubeadm/v1.33.1 (linux/amd64)",
};

function createRequest(object: ApiObject): ResourceRequest {
  const [group, version] = splitApiVersion(object.apiVersion as string);
  const kind = kindOfName(group, object.kind as string);
  if (kind === undefined) throw new Error(`kubeadm knows no kind ${object.kind} of ${object.apiVersion}.`);
  return {
    ...BASE,
    verb: "create",
    group,
    version,
    resource: kind.resource,
    namespace: object.metadata?.namespace ?? "",
    name: "",
    body: object,
  };
}

function splitApiVersion(apiVersion: string): readonly [string, string] {
  const slash = apiVersion.indexOf("/");
  return slash < 0 ? ["", apiVersion] : [apiVersion.slice(0, slash), apiVersion.slice(slash + 1)];
}

function send(context: Context, state: KubeadmState, request: ResourceRequest, tag: string, label: string): void {
  const config = readKubeconfig(context.disk, state.args.kubeconfig);
  if (config === null) throw new Error(`No kubeconfig at ${state.args.kubeconfig}.`);
  context.request({
    to: config.server,
    body: request,
    timeoutUs: TIMEOUT_US,
    tag,
    certificate: config.certificate,
    label,
  });
}
