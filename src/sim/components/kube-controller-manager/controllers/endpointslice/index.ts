import { semanticEqual } from "../../../../api/equal.ts";
import { matchesSet } from "../../../../api/labels.ts";
import { isPodReady } from "../../../../api/pod/status.ts";
import { formatTime } from "../../../../api/time.ts";
import type { ControllerDefinition, Hands, Plan, View } from "../../../../machinery/controller-runtime.ts";
import { type EventToRecord, referenceTo } from "../../../../machinery/event-recorder.ts";
import {
  creationObserved,
  deleteExpectations,
  expectationsSatisfied,
  expectCreations,
} from "../../../../machinery/expectations.ts";
import type { Delta } from "../../../../machinery/informer.ts";
import { ENDPOINT_SLICES, NODES, PODS, SERVICES } from "../../../../machinery/resources.ts";
import { forEachByIndex, keyOf, objectsByIndex } from "../../../../machinery/store.ts";
import { conditionOf } from "../../lib/pods.ts";
import type { Node, Pod, Service } from "../../lib/types.ts";
import {
  type AddressType,
  addressTypes,
  belongs,
  type Endpoint,
  type EndpointPort,
  endpointPorts,
  podToEndpoint,
} from "./endpoint.ts";
import { cpuSharesOf, type HintsMemory, overloadedServices, withHints } from "./hints.ts";
import {
  CONTROLLER,
  type EndpointSlice,
  MANAGED_BY_LABEL,
  type PortGroup,
  portsKey,
  reconcileSlices,
  SERVICE_LABEL,
  writesFor,
} from "./reconcile.ts";

const MIN_SYNC_DELAY_US = 1_000_000;

export const SERVICE_OF_SLICE_INDEX = "serviceOfSlice";

export function serviceOfSliceIndex(object: EndpointSlice): readonly string[] {
  const labels = object.metadata?.labels;
  if (labels?.[MANAGED_BY_LABEL] !== CONTROLLER || labels[SERVICE_LABEL] === undefined) return [];
  return [`${object.metadata?.namespace}/${labels[SERVICE_LABEL]}`];
}

interface Memory extends SyncTimes, HintsMemory {}

export interface SyncTimes {
  /** Service -> when it was synced last: syncs of one service are a second apart. */
  readonly lastSyncUs: Map<string, number>;
}

/** pkg/controller/endpointslice. Keys are services. */
export const endpointSliceController: ControllerDefinition<Memory> = {
  name: "endpointslice-controller",
  workers: 5,
  maxRetries: 15,
  informers: [
    { resource: SERVICES, indexes: ["namespace"] },
    { resource: PODS, indexes: ["namespace"] },
    { resource: NODES },
    { resource: ENDPOINT_SLICES, indexes: [SERVICE_OF_SLICE_INDEX] },
  ],
  createMemory: () => ({ lastSyncUs: new Map(), cpuShares: null, hinted: new Map() }),
  onDelta(informer, delta, hands) {
    if (informer === "services") hands.add(keyOf(delta.object), delta.trace);
    else if (informer === "nodes") nodeChanged(delta, hands);
    else if (informer === "pods") podChanged(delta, hands);
    else if (informer === "endpointslices") sliceChanged(delta, hands);
  },
  reconcile(view, key) {
    const service = view.store("services").objects.get(key) as Service | undefined;
    if (service === undefined) {
      view.memory.lastSyncUs.delete(key);
      view.memory.hinted.delete(key);
      deleteExpectations(view.expectations, key);
      return {};
    }
    if (service.spec?.type === "ExternalName" || service.spec?.selector === undefined) return {};
    if (!expectationsSatisfied(view.expectations, key, view.nowUs)) return {};
    view.memory.lastSyncUs.set(key, view.nowUs);
    return sync(view, key, service);
  },
  logError(key, error) {
    return {
      severity: "E",
      source: "endpointslice_controller.go:345",
      text: `"Unhandled Error" err="error syncing endpoint slices for service \\"${key}\\", retrying. Error: ${error}"`,
    };
  },
};

/** Services of the pod, if anything changed that endpoints show. Syncs of one service stay a second apart. */
export function podChanged(delta: Delta, hands: Hands<SyncTimes>): void {
  const pod = delta.object as Pod;
  const old = delta.old as Pod | null;
  if (delta.type === "updated" && old !== null && !endpointChanged(old, pod)) return;
  const namespace = pod.metadata?.namespace ?? "";
  forEachByIndex<Service>(hands.store("services"), "namespace", namespace, (service) => {
    const selector = service.spec?.selector;
    if (selector === undefined) return true;
    if (matchesSet(selector, pod.metadata?.labels) || (old !== null && matchesSet(selector, old.metadata?.labels))) {
      addSpaced(keyOf(service), delta, hands);
    }
    return true;
  });
}

function addSpaced(key: string, delta: Delta, hands: Hands<SyncTimes>): void {
  const last = hands.memory.lastSyncUs.get(key);
  const waitUs = last === undefined ? 0 : last + MIN_SYNC_DELAY_US - hands.nowUs;
  hands.addAfter(key, Math.max(0, waitUs), delta.trace);
}

/** podEndpointsChanged. */
function endpointChanged(a: Pod, b: Pod): boolean {
  if (a.metadata?.labels !== b.metadata?.labels && !semanticEqual(a.metadata?.labels, b.metadata?.labels)) return true;
  if ((a.metadata?.deletionTimestamp === undefined) !== (b.metadata?.deletionTimestamp === undefined)) return true;
  if (isPodReady(a) !== isPodReady(b) || a.status?.phase !== b.status?.phase) return true;
  return (
    a.spec?.nodeName !== b.spec?.nodeName ||
    !semanticEqual(a.status?.podIPs, b.status?.podIPs) ||
    a.status?.podIP !== b.status?.podIP
  );
}

function sliceChanged(delta: Delta, hands: Hands<SyncTimes>): void {
  for (const key of serviceOfSliceIndex(delta.object as EndpointSlice)) {
    if (delta.type === "added") creationObserved(hands.expectations, key);
    addSpaced(key, delta, hands);
  }
}

/** The zones' shares are counted anew when a node's part in them may have changed. */
function nodeChanged(delta: Delta, hands: Hands<Memory>): void {
  const node = delta.object as Node;
  const old = delta.old as Node | null;
  if (delta.type === "updated" && old !== null && semanticEqual(partOf(old), partOf(node))) return;
  const { memory } = hands;
  const nodes: Node[] = [];
  hands.store("nodes").objects.forEach((each) => {
    nodes.push(each as Node);
  });
  const shares = cpuSharesOf(nodes);
  if (semanticEqual(shares, memory.cpuShares)) return;
  memory.cpuShares = shares;
  for (const key of overloadedServices(memory)) hands.add(key, delta.trace);
}

function partOf({ metadata, status }: Node): unknown {
  const ready = conditionOf(status?.conditions, "Ready")?.status;
  return [ready, status?.allocatable?.cpu, metadata?.labels];
}

function sync(view: View<Memory>, key: string, service: Service): Plan {
  const namespace = service.metadata?.namespace ?? "";
  const pods: Pod[] = [];
  forEachByIndex<Pod>(view.store("pods"), "namespace", namespace, (pod) => {
    if (matchesSet(service.spec?.selector ?? {}, pod.metadata?.labels) && belongs(pod, true)) pods.push(pod);
    return true;
  });
  const nodes = view.store("nodes").objects;
  const existing = objectsByIndex<EndpointSlice>(view.store("endpointslices"), SERVICE_OF_SLICE_INDEX, key);
  const types = familiesOf(service);
  const nodeOf = (name: string): Node | undefined => nodes.get(name) as Node | undefined;
  const triggerTime = formatTime(view.wallUs);
  const object = referenceTo(SERVICES, service);
  const events: EventToRecord[] = [];
  const writes = types.flatMap((addressType) => {
    const groups = groupByPorts(service, pods, nodeOf, addressType);
    const own = existing.filter((slice) => slice.addressType === addressType);
    const { changes, event } = withHints(service, key, addressType, reconcileSlices(service, groups, own), view.memory);
    if (event !== null) events.push({ object, ...event });
    return writesFor({ service, addressType, triggerTime }, changes);
  });
  const creations = writes.filter((write) => write.expects !== undefined).length;
  if (creations > 0) expectCreations(view.expectations, key, creations, view.nowUs);
  const message = `Error updating Endpoint Slices for Service ${key}: {error}`;
  return {
    events,
    writes: writes.map((write) => ({
      ...write,
      onFailure: { object, type: "Warning", reason: "FailedToUpdateEndpointSlices", message },
    })),
  };
}

/** Without families on an old headless service the cluster is taken to be IPv4. */
function familiesOf(service: Service): AddressType[] {
  return service.spec?.ipFamilies === undefined ? addressTypes(service).slice(0, 1) : addressTypes(service);
}

/** Endpoints by the ports that their pods give to the service's named ports, in the order of first appearance. */
export function groupByPorts(
  service: Service,
  pods: readonly Pod[],
  nodeOf: (name: string) => Node | undefined,
  addressType: AddressType,
): PortGroup[] {
  const groups = new Map<string, { ports: EndpointPort[]; endpoints: Endpoint[] }>();
  for (const pod of pods) {
    const endpoint = podToEndpoint(pod, nodeOf(pod.spec?.nodeName ?? ""), service, addressType);
    if (endpoint === null) continue;
    const ports = endpointPorts(service, pod);
    const key = portsKey(ports);
    const group = groups.get(key) ?? { ports, endpoints: [] };
    group.endpoints.push(endpoint);
    groups.set(key, group);
  }
  return [...groups.values()];
}
