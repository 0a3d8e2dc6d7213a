import { deepFreeze } from "../../../../api/object.ts";
import type { ControllerDefinition } from "../../../../machinery/controller-runtime.ts";
import { createRequest } from "../../../../machinery/requests.ts";
import { NAMESPACES, SERVICE_ACCOUNTS } from "../../../../machinery/resources.ts";
import type { Namespace } from "../../lib/types.ts";

/** pkg/controller/serviceaccount: every active namespace has a service account `default`. Keys are namespaces. */
export const serviceAccountController: ControllerDefinition<null> = {
  name: "serviceaccount-controller",
  workers: 1,
  informers: [{ resource: NAMESPACES }, { resource: SERVICE_ACCOUNTS }],
  createMemory: () => null,
  onDelta(informer, delta, hands) {
    const { name = "", namespace = "" } = delta.object.metadata ?? {};
    if (informer === "namespaces" && delta.type !== "deleted") hands.add(name, delta.trace);
    if (informer === "serviceaccounts" && delta.type === "deleted" && name === "default")
      hands.add(namespace, delta.trace);
  },
  reconcile(view, key) {
    const namespace = view.store("namespaces").objects.get(key) as Namespace | undefined;
    if (namespace === undefined || namespace.status?.phase === "Terminating") return {};
    if (namespace.metadata?.deletionTimestamp !== undefined) return {};
    if (view.store("serviceaccounts").objects.has(`${key}/default`)) return {};
    const metadata = { name: "default", namespace: key };
    const account = deepFreeze({ apiVersion: "v1", kind: "ServiceAccount", metadata });
    return { writes: [{ request: createRequest(SERVICE_ACCOUNTS, account), ignore: ["AlreadyExists"] }] };
  },
};
