import { type ApiObject, deepFreeze } from "../../api/object.ts";
import type { Context } from "../../kernel/types.ts";
import { call } from "../../machinery/client.ts";
import { clientOf } from "../../machinery/machinery.ts";
import { type CallResult, createRequest, isAlreadyExists } from "../../machinery/requests.ts";
import { CSI_NODES } from "../../machinery/resources.ts";
import type { KubeletState } from "./state.ts";
import { after } from "./timers.ts";

/** The node's CSINode: which drivers it has (none), and which volumes of old go to drivers (`csi/nodeinfomanager`). */
const RETRY_US = 1_000_000;
const MIGRATED = ["aws-ebs", "azure-disk", "azure-file", "cinder", "gce-pd", "portworx-volume", "vsphere-volume"];

export interface CsiNodeTag {
  readonly kubelet: "csiNode";
  readonly uid: string;
}

/** `uid`: the Node's, who owns it. */
export function createCsiNode(state: KubeletState, context: Context, uid: string): void {
  if (state.machinery === null) return;
  const object: ApiObject = {
    apiVersion: "storage.k8s.io/v1",
    kind: "CSINode",
    metadata: {
      name: state.nodeName,
      annotations: {
        "storage.alpha.kubernetes.io/migrated-plugins": MIGRATED.map((name) => `kubernetes.io/${name}`).join(","),
      },
      ownerReferences: [{ apiVersion: "v1", kind: "Node", name: state.nodeName, uid }],
    },
    spec: { drivers: null },
  };
  const tag: CsiNodeTag = { kubelet: "csiNode", uid };
  call(clientOf(state.machinery), context, createRequest(CSI_NODES, deepFreeze(object)), tag);
}

export function csiNodeAnswered(context: Context, { uid }: CsiNodeTag, result: CallResult): void {
  if (!result.ok && !isAlreadyExists(result)) after(context, RETRY_US, { type: "csiNode", uid });
}
