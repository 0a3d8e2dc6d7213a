import { deepFreeze } from "../../api/object.ts";
import { CONFIG_MIRROR } from "../../api/pod/status.ts";
import type { Context } from "../../kernel/types.ts";
import { call } from "../../machinery/client.ts";
import { clientOf, informerOf } from "../../machinery/machinery.ts";
import { createRequest, deleteRequest } from "../../machinery/requests.ts";
import { PODS } from "../../machinery/resources.ts";
import { CONFIG_HASH } from "./critical.ts";
import type { KubeletState, PodWorker } from "./state.ts";

export interface MirrorTag {
  readonly kubelet: "mirror";
  readonly uid: string;
}

/** What the API shall show of a static pod. Asked for as soon as the node is known there. */
export function ensureMirror(state: KubeletState, worker: PodWorker, context: Context): void {
  if (state.machinery === null || worker.mirrorAsked || worker.phase !== "running") return;
  if (!informerOf(state.machinery, "pods").hasSynced) return;
  const node = informerOf(state.machinery, "node").store.objects.get(state.nodeName);
  if (node === undefined) return;
  const { metadata, spec } = worker.pod;
  const mirror = state.mirrors.get(`${metadata.namespace}/${metadata.name}`);
  if (mirror !== undefined) {
    const isOurs = mirror.metadata.annotations?.[CONFIG_HASH] === worker.uid;
    if (!isOurs || mirror.metadata.deletionTimestamp !== undefined) deleteMirror(state, worker, context);
    return;
  }
  worker.mirrorAsked = true;
  worker.reported = null;
  const { uid: _own, ...rest } = metadata;
  const body = deepFreeze({
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      ...rest,
      annotations: { ...metadata.annotations, [CONFIG_MIRROR]: worker.uid },
      ownerReferences: [
        { apiVersion: "v1", kind: "Node", name: state.nodeName, uid: node.metadata?.uid ?? "", controller: true },
      ],
    },
    spec,
  });
  const tag: MirrorTag = { kubelet: "mirror", uid: worker.uid };
  call(clientOf(state.machinery), context, createRequest(PODS, body), tag);
}

export function deleteMirror(state: KubeletState, worker: PodWorker, context: Context): void {
  const { namespace = "", name = "" } = worker.pod.metadata;
  const mirror = state.mirrors.get(`${namespace}/${name}`);
  if (state.machinery === null || mirror === undefined) return;
  const options = deepFreeze({ gracePeriodSeconds: 0, preconditions: { uid: mirror.metadata.uid ?? "" } });
  call(clientOf(state.machinery), context, deleteRequest(PODS, namespace, name, options), { kubelet: "ignored" });
}
