import { semanticEqual } from "../../../../api/equal.ts";
import { deepFreeze } from "../../../../api/object.ts";
import type { ControllerDefinition } from "../../../../machinery/controller-runtime.ts";
import { createRequest, updateRequest } from "../../../../machinery/requests.ts";
import { CONFIG_MAPS, NAMESPACES } from "../../../../machinery/resources.ts";
import type { Namespace } from "../../lib/types.ts";
import type { ControllerOptions } from "../../options.ts";

const NAME = "kube-root-ca.crt";
const DESCRIPTION =
  "Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters.";

interface Memory {
  readonly rootCa: string;
}

/** pkg/controller/certificates/rootcacertpublisher: a ConfigMap with the cluster's CA in every namespace. */
export const rootCaPublisher: ControllerDefinition<Memory> = {
  name: "root-ca-certificate-publisher-controller",
  workers: 1,
  informers: [{ resource: NAMESPACES }, { resource: CONFIG_MAPS }],
  createMemory: (options) => ({ rootCa: (options as ControllerOptions).rootCa }),
  onDelta(informer, delta, hands) {
    const { name = "", namespace = "" } = delta.object.metadata ?? {};
    if (informer === "namespaces" && delta.type === "added") hands.add(name, delta.trace);
    if (informer === "configmaps" && name === NAME && delta.type !== "added") hands.add(namespace, delta.trace);
  },
  reconcile(view, key) {
    const namespace = view.store("namespaces").objects.get(key) as Namespace | undefined;
    if (namespace === undefined || namespace.metadata?.deletionTimestamp !== undefined) return {};
    const held = view.store("configmaps").objects.get(`${key}/${NAME}`);
    const annotations = { "kubernetes.io/description": DESCRIPTION };
    const data = { "ca.crt": view.memory.rootCa };
    if (held === undefined) {
      const metadata = { name: NAME, namespace: key, annotations };
      const map = deepFreeze({ apiVersion: "v1", kind: "ConfigMap", metadata, data });
      return { writes: [{ request: createRequest(CONFIG_MAPS, map), ignore: ["AlreadyExists"] }] };
    }
    const described = held.metadata?.annotations?.["kubernetes.io/description"] === DESCRIPTION;
    if (semanticEqual(held.data, data) && described) return {};
    const metadata = { ...held.metadata, annotations: { ...held.metadata?.annotations, ...annotations } };
    return { writes: [{ request: updateRequest(CONFIG_MAPS, deepFreeze({ ...held, metadata, data })) }] };
  },
};
