import { semanticEqual } from "../../../../api/equal.ts";
import { matchesSet } from "../../../../api/labels.ts";
import { type ApiObject, deepFreeze } from "../../../../api/object.ts";
import { isPodReady } from "../../../../api/pod/status.ts";
import { formatTime } from "../../../../api/time.ts";
import type { ControllerDefinition, Plan, View } from "../../../../machinery/controller-runtime.ts";
import { referenceTo } from "../../../../machinery/event-recorder.ts";
import { createRequest, deleteRequest, updateRequest } from "../../../../machinery/requests.ts";
import { ENDPOINTS, PODS, SERVICES } from "../../../../machinery/resources.ts";
import { forEachByIndex, keyOf } from "../../../../machinery/store.ts";
import type { Pod, Service } from "../../lib/types.ts";
import {
  addressTypes,
  belongs,
  type EndpointPort,
  endpointPorts,
  isOfType,
  podAddresses,
  publishesHostname,
} from "../endpointslice/endpoint.ts";
import { podChanged, type SyncTimes } from "../endpointslice/index.ts";
import { portsKey } from "../endpointslice/reconcile.ts";

const CAPACITY = 1000;
const OVER_CAPACITY = "endpoints.kubernetes.io/over-capacity";
const TRIGGER_TIME = "endpoints.kubernetes.io/last-change-trigger-time";
const MANAGED_BY = "endpoints.kubernetes.io/managed-by";
const HEADLESS = "service.kubernetes.io/headless";

interface EndpointAddress {
  readonly ip: string;
  readonly hostname?: string;
  readonly nodeName?: string;
  readonly targetRef: {
    readonly kind: string;
    readonly namespace: string;
    readonly name: string;
    readonly uid: string;
  };
}

interface EndpointSubset {
  readonly addresses?: readonly EndpointAddress[];
  readonly notReadyAddresses?: readonly EndpointAddress[];
  readonly ports?: readonly EndpointPort[];
}

/** pkg/controller/endpoint: the older Endpoints objects. Keys are services. */
export const endpointsController: ControllerDefinition<SyncTimes> = {
  name: "endpoints-controller",
  workers: 5,
  maxRetries: 15,
  informers: [
    { resource: SERVICES, indexes: ["namespace"] },
    { resource: PODS, indexes: ["namespace"] },
    { resource: ENDPOINTS },
  ],
  createMemory: () => ({ lastSyncUs: new Map() }),
  onDelta(informer, delta, hands) {
    if (informer === "services") hands.add(keyOf(delta.object), delta.trace);
    else if (informer === "pods") podChanged(delta, hands);
    else if (delta.type === "deleted") hands.add(keyOf(delta.object), delta.trace);
  },
  reconcile(view, key) {
    const service = view.store("services").objects.get(key) as Service | undefined;
    const held = view.store("endpoints").objects.get(key);
    if (service === undefined) {
      view.memory.lastSyncUs.delete(key);
      if (held === undefined || held.metadata?.labels?.[MANAGED_BY] === undefined) return {};
      const { namespace = "", name = "" } = held.metadata;
      return { writes: [{ request: deleteRequest(ENDPOINTS, namespace, name), ignore: ["NotFound"] }] };
    }
    if (service.spec?.selector === undefined || service.spec.type === "ExternalName") return {};
    view.memory.lastSyncUs.set(key, view.nowUs);
    return sync(view, service, held);
  },
};

function sync(view: View<SyncTimes>, service: Service, held: ApiObject | undefined): Plan {
  const { subsets, isOverCapacity } = subsetsOf(view, service);
  const labels: Record<string, string> = { ...service.metadata?.labels, [MANAGED_BY]: "endpoint-controller" };
  if (service.spec?.clusterIP === "None") labels[HEADLESS] = "";
  const isSame =
    held !== undefined &&
    semanticEqual(held.subsets ?? [], subsets) &&
    semanticEqual(held.metadata?.labels, labels) &&
    (held.metadata?.annotations?.[OVER_CAPACITY] !== undefined) === isOverCapacity;
  if (isSame) return {};
  const annotations = {
    ...(isOverCapacity ? { [OVER_CAPACITY]: "truncated" } : {}),
    [TRIGGER_TIME]: formatTime(view.wallUs),
  };
  const { name = "", namespace = "" } = service.metadata ?? {};
  const metadata = { ...(held?.metadata ?? { name, namespace }), labels, annotations };
  const endpoints = deepFreeze({ apiVersion: "v1", kind: "Endpoints", ...held, metadata, subsets });
  const request = held === undefined ? createRequest(ENDPOINTS, endpoints) : updateRequest(ENDPOINTS, endpoints);
  const message = `Failed to update endpoint ${namespace}/${name}: {error}`;
  const object = referenceTo(SERVICES, service);
  return { writes: [{ request, onFailure: { object, type: "Warning", reason: "FailedToUpdateEndpoint", message } }] };
}

function subsetsOf(view: View<SyncTimes>, service: Service): { subsets: EndpointSubset[]; isOverCapacity: boolean } {
  const family = addressTypes(service)[0] ?? "IPv4";
  const groups = new Map<string, { ports: EndpointPort[]; ready: EndpointAddress[]; notReady: EndpointAddress[] }>();
  let count = 0;
  forEachByIndex<Pod>(view.store("pods"), "namespace", service.metadata?.namespace ?? "", (pod) => {
    if (!matchesSet(service.spec?.selector ?? {}, pod.metadata?.labels)) return true;
    if (!belongs(pod, service.spec?.publishNotReadyAddresses ?? false)) return true;
    const ip = podAddresses(pod).find((address) => isOfType(address, family));
    if (ip === undefined) return true;
    const ports = endpointPorts(service, pod);
    if (ports.length === 0 && (service.spec?.ports ?? []).length > 0) return true;
    const key = portsKey(ports);
    const group = groups.get(key) ?? { ports, ready: [], notReady: [] };
    groups.set(key, group);
    const isReady = isPodReady(pod) || (service.spec?.publishNotReadyAddresses ?? false);
    count += 1;
    if (count <= CAPACITY) (isReady ? group.ready : group.notReady).push(addressOf(pod, service, ip));
    return true;
  });
  const subsets = [...groups.entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, { ports, ready, notReady }]) => ({
      ...(ready.length > 0 ? { addresses: ready.sort(byIp) } : {}),
      ...(notReady.length > 0 ? { notReadyAddresses: notReady.sort(byIp) } : {}),
      ...(ports.length > 0 ? { ports } : {}),
    }));
  return { subsets, isOverCapacity: count > CAPACITY };
}

function addressOf(pod: Pod, service: Service, ip: string): EndpointAddress {
  const { namespace = "", name = "", uid = "" } = pod.metadata ?? {};
  return {
    ip,
    ...(publishesHostname(pod, service) ? { hostname: pod.spec?.hostname ?? "" } : {}),
    ...(pod.spec?.nodeName ? { nodeName: pod.spec.nodeName } : {}),
    targetRef: { kind: "Pod", namespace, name, uid },
  };
}

function byIp(a: EndpointAddress, b: EndpointAddress): number {
  return a.ip < b.ip ? -1 : a.ip > b.ip ? 1 : 0;
}
