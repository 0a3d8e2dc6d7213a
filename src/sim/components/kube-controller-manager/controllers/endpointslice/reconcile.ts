import { semanticEqual } from "../../../../api/equal.ts";
import { type ApiObject, deepFreeze } from "../../../../api/object.ts";
import type { PlannedWrite } from "../../../../machinery/controller-runtime.ts";
import { createRequest, deleteRequest, updateRequest } from "../../../../machinery/requests.ts";
import { ENDPOINT_SLICES, SERVICES } from "../../../../machinery/resources.ts";
import { controllerReference } from "../../lib/pods.ts";
import type { Service } from "../../lib/types.ts";
import type { AddressType, Endpoint, EndpointPort } from "./endpoint.ts";

export const SERVICE_LABEL = "kubernetes.io/service-name";
export const MANAGED_BY_LABEL = "endpointslice.kubernetes.io/managed-by";
export const CONTROLLER = "endpointslice-controller.k8s.io";
const HEADLESS_LABEL = "service.kubernetes.io/headless";
const TRIGGER_TIME = "endpoints.kubernetes.io/last-change-trigger-time";
const ENDPOINTS_MAX = 100;

export interface EndpointSlice extends ApiObject {
  readonly addressType?: string;
  readonly endpoints?: readonly Endpoint[];
  readonly ports?: readonly EndpointPort[];
}

/** Endpoints that share a set of ports. */
export interface PortGroup {
  readonly ports: readonly EndpointPort[];
  readonly endpoints: readonly Endpoint[];
}

/** What becomes of a slice. `keep`: nothing. */
export type SliceChange =
  | { readonly action: "create"; readonly ports: readonly EndpointPort[]; readonly endpoints: readonly Endpoint[] }
  | { readonly action: "update"; readonly slice: EndpointSlice; readonly endpoints: readonly Endpoint[] }
  | { readonly action: "keep" | "delete"; readonly slice: EndpointSlice };

export function endpointsOf(change: SliceChange): readonly Endpoint[] {
  return "endpoints" in change ? change.endpoints : (change.slice.endpoints ?? []);
}

/** The change, so that the slice gets these. One that is deleted gets nothing. */
export function withEndpoints(change: SliceChange, endpoints: readonly Endpoint[]): SliceChange {
  if (change.action === "create") return { ...change, endpoints };
  return change.action === "delete" ? change : { action: "update", slice: change.slice, endpoints };
}

/** What must become of the existing slices of one address type, and which are missing, so that they hold the groups. */
export function reconcileSlices(
  service: Service,
  groups: readonly PortGroup[],
  existing: readonly EndpointSlice[],
): SliceChange[] {
  const wanted = groups.length > 0 ? groups : [{ ports: [], endpoints: [] }];
  const left = new Set(existing);
  const changes: SliceChange[] = [];
  for (const group of wanted) {
    const own = existing.filter((slice) => samePorts(slice.ports, group.ports));
    for (const slice of own) left.delete(slice);
    changes.push(...fillSlices(service, group, own));
  }
  return [...changes, ...[...left].map((slice): SliceChange => ({ action: "delete", slice }))];
}

/** Keeps endpoints where they are; new ones go to slices that change anyway, then to one with room, then to new slices. */
function fillSlices(service: Service, group: PortGroup, slices: readonly EndpointSlice[]): SliceChange[] {
  const waiting = new Map(group.endpoints.map((endpoint) => [identity(endpoint), endpoint]));
  const drafts = slices.map((slice) => {
    const kept: Endpoint[] = [];
    let changed = !semanticEqual(slice.metadata?.labels, labelsOf(service));
    for (const endpoint of slice.endpoints ?? []) {
      const next = waiting.get(identity(endpoint));
      if (next === undefined) changed = true;
      else {
        kept.push(next);
        waiting.delete(identity(endpoint));
        changed ||= !equalButHints(endpoint, next);
      }
    }
    return { slice, kept, changed };
  });
  const pending = [...waiting.values()];
  for (const draft of drafts) {
    if (draft.changed) draft.kept.push(...pending.splice(0, ENDPOINTS_MAX - draft.kept.length));
  }
  if (pending.length > 0 && pending.length < ENDPOINTS_MAX) {
    const roomy = drafts
      .filter((draft) => !draft.changed && draft.kept.length + pending.length <= ENDPOINTS_MAX)
      .sort((a, b) => b.kept.length - a.kept.length)[0];
    if (roomy !== undefined) {
      roomy.kept.push(...pending.splice(0));
      roomy.changed = true;
    }
  }
  const { ports } = group;
  const changes: SliceChange[] = [];
  while (pending.length > 0) changes.push({ action: "create", ports, endpoints: pending.splice(0, ENDPOINTS_MAX) });
  if (slices.length === 0 && changes.length === 0) changes.push({ action: "create", ports, endpoints: [] });
  const mustKeep = changes.length === 0 && drafts.every((draft) => draft.kept.length === 0) ? drafts[0] : undefined;
  for (const draft of drafts) {
    const { slice, kept, changed } = draft;
    if (kept.length === 0 && draft !== mustKeep) changes.push({ action: "delete", slice });
    else if (changed) changes.push({ action: "update", slice, endpoints: kept });
    else changes.push({ action: "keep", slice });
  }
  return changes;
}

/** Hints are put on later, by what all slices hold. */
function equalButHints({ hints: _, ...held }: Endpoint, next: Endpoint): boolean {
  return semanticEqual(held, next);
}

function identity(endpoint: Endpoint): string {
  const { kind = "", namespace = "", name = "", uid = "" } = endpoint.targetRef ?? {};
  return `${endpoint.addresses[0]}|${kind}|${namespace}|${name}|${uid}`;
}

function samePorts(a: readonly EndpointPort[] | undefined, b: readonly EndpointPort[]): boolean {
  return portsKey(a ?? []) === portsKey(b);
}

export function portsKey(ports: readonly EndpointPort[]): string {
  return ports
    .map((port) => `${port.name ?? ""}|${port.protocol ?? ""}|${port.port ?? ""}|${port.appProtocol ?? ""}`)
    .sort()
    .join(",");
}

/** The service's labels, and the controller's own. */
function labelsOf(service: Service): Readonly<Record<string, string>> {
  const labels: Record<string, string> = { ...service.metadata?.labels };
  if (service.spec?.clusterIP === "None") labels[HEADLESS_LABEL] = "";
  else delete labels[HEADLESS_LABEL];
  labels[SERVICE_LABEL] = service.metadata?.name ?? "";
  labels[MANAGED_BY_LABEL] = CONTROLLER;
  return labels;
}

export interface Writer {
  readonly service: Service;
  readonly addressType: AddressType;
  readonly triggerTime: string | null;
}

export function writesFor(writer: Writer, changes: readonly SliceChange[]): PlannedWrite[] {
  const writes: PlannedWrite[] = [];
  for (const change of changes) {
    if (change.action === "create") writes.push(createWrite(writer, change.ports, change.endpoints));
    else if (change.action === "update") writes.push(updateWrite(writer, change.slice, change.endpoints));
    else if (change.action === "delete") writes.push(deleteWrite(change.slice));
  }
  return writes;
}

function annotationsOf({ triggerTime }: Writer): { annotations?: Readonly<Record<string, string>> } {
  return triggerTime === null ? {} : { annotations: { [TRIGGER_TIME]: triggerTime } };
}

function createWrite(writer: Writer, ports: readonly EndpointPort[], endpoints: readonly Endpoint[]): PlannedWrite {
  const { service, addressType } = writer;
  const namespace = service.metadata?.namespace ?? "";
  const slice = deepFreeze({
    apiVersion: "discovery.k8s.io/v1",
    kind: "EndpointSlice",
    metadata: {
      generateName: `${service.metadata?.name}-`,
      namespace,
      labels: labelsOf(service),
      ...annotationsOf(writer),
      ownerReferences: [controllerReference(SERVICES, service)],
    },
    addressType,
    endpoints: nullIfEmpty(endpoints),
    ports: nullIfEmpty(ports),
  });
  const key = `${namespace}/${service.metadata?.name}`;
  return { request: createRequest(ENDPOINT_SLICES, slice), expects: { key } };
}

function updateWrite(writer: Writer, slice: EndpointSlice, endpoints: readonly Endpoint[]): PlannedWrite {
  const metadata = { ...slice.metadata, labels: labelsOf(writer.service), ...annotationsOf(writer) };
  return {
    request: updateRequest(ENDPOINT_SLICES, deepFreeze({ ...slice, metadata, endpoints: nullIfEmpty(endpoints) })),
  };
}

/** Upstream's controller writes by protobuf, which does not know an empty list from none; none is shown as null. */
function nullIfEmpty<T>(list: readonly T[]): readonly T[] | null {
  return list.length === 0 ? null : list;
}

function deleteWrite(slice: EndpointSlice): PlannedWrite {
  const { namespace = "", name = "" } = slice.metadata ?? {};
  return { request: deleteRequest(ENDPOINT_SLICES, namespace, name), ignore: ["NotFound"] };
}
