import { semanticEqual } from "../../../../api/equal.ts";
import { type ApiObject, deepFreeze } from "../../../../api/object.ts";
import type { ControllerDefinition, PlannedWrite } from "../../../../machinery/controller-runtime.ts";
import {
  creationObserved,
  deleteExpectations,
  expectationsSatisfied,
  expectCreations,
} from "../../../../machinery/expectations.ts";
import { createRequest, deleteRequest, updateRequest } from "../../../../machinery/requests.ts";
import { ENDPOINT_SLICES, ENDPOINTS, SERVICES } from "../../../../machinery/resources.ts";
import { keyOf, objectsByIndex } from "../../../../machinery/store.ts";
import { controllerReference } from "../../lib/pods.ts";
import type { Service } from "../../lib/types.ts";
import { type EndpointSlice, MANAGED_BY_LABEL, portsKey, SERVICE_LABEL } from "../endpointslice/reconcile.ts";
import { type Endpoints, type Mirror, mirrorsOf } from "./mirrors.ts";

const CONTROLLER = "endpointslicemirroring-controller.k8s.io";
const SKIP_LABEL = "endpointslice.kubernetes.io/skip-mirror";
const LEADER = "control-plane.alpha.kubernetes.io/leader";
/** Of the Endpoints themselves. */
const NOT_COPIED = [
  "endpoints.kubernetes.io/last-change-trigger-time",
  "kubectl.kubernetes.io/last-applied-configuration",
];

export const MIRRORED_SLICE_INDEX = "mirroredSliceOf";

export function mirroredSliceIndex(object: EndpointSlice): readonly string[] {
  const labels = object.metadata?.labels;
  if (labels?.[MANAGED_BY_LABEL] !== CONTROLLER || labels[SERVICE_LABEL] === undefined) return [];
  return [`${object.metadata?.namespace}/${labels[SERVICE_LABEL]}`];
}

/** pkg/controller/endpointslicemirroring: slices of the Endpoints that people write for services without selectors. */
export const endpointSliceMirroringController: ControllerDefinition<null> = {
  name: "endpointslice-mirroring-controller",
  workers: 5,
  maxRetries: 15,
  informers: [
    { resource: ENDPOINTS },
    { resource: SERVICES },
    { resource: ENDPOINT_SLICES, indexes: [MIRRORED_SLICE_INDEX] },
  ],
  createMemory: () => null,
  onDelta(informer, delta, hands) {
    if (informer !== "endpointslices") hands.add(keyOf(delta.object), delta.trace);
    else
      for (const key of mirroredSliceIndex(delta.object as EndpointSlice)) {
        if (delta.type === "added") creationObserved(hands.expectations, key);
        hands.add(key, delta.trace);
      }
  },
  reconcile(view, key) {
    const endpoints = view.store("endpoints").objects.get(key) as Endpoints | undefined;
    const service = view.store("services").objects.get(key) as Service | undefined;
    const existing = objectsByIndex<EndpointSlice>(view.store("endpointslices"), MIRRORED_SLICE_INDEX, key);
    if (
      endpoints === undefined ||
      !isMirrored(endpoints) ||
      service === undefined ||
      service.spec?.selector !== undefined
    ) {
      deleteExpectations(view.expectations, key);
      return { writes: existing.map(deleteWrite) };
    }
    if (!expectationsSatisfied(view.expectations, key, view.nowUs)) return {};
    const writes = writesFor(endpoints, mirrorsOf(endpoints), existing, key);
    const creations = writes.filter((write) => write.expects !== undefined).length;
    if (creations > 0) expectCreations(view.expectations, key, creations, view.nowUs);
    return { writes };
  },
};

function isMirrored({ metadata }: Endpoints): boolean {
  return metadata?.labels?.[SKIP_LABEL] !== "true" && metadata?.annotations?.[LEADER] === undefined;
}

/** One slice an address type and set of ports: Endpoints hold no more addresses than a slice may. */
function writesFor(
  endpoints: Endpoints,
  mirrors: readonly Mirror[],
  existing: readonly EndpointSlice[],
  key: string,
): PlannedWrite[] {
  const left = new Set(existing);
  const writes: PlannedWrite[] = [];
  const { labels, annotations } = metadataOf(endpoints);
  for (const mirror of mirrors) {
    const own = existing.find(
      (slice) =>
        left.has(slice) &&
        slice.addressType === mirror.addressType &&
        portsKey(slice.ports ?? []) === portsKey(mirror.ports),
    );
    if (own === undefined) {
      const metadata = {
        generateName: `${endpoints.metadata?.name}-`,
        namespace: endpoints.metadata?.namespace,
        labels,
        annotations,
        ownerReferences: [controllerReference(ENDPOINTS, endpoints)],
      };
      const slice = deepFreeze({ apiVersion: "discovery.k8s.io/v1", kind: "EndpointSlice", metadata, ...mirror });
      writes.push({ request: createRequest(ENDPOINT_SLICES, slice as ApiObject), expects: { key } });
      continue;
    }
    left.delete(own);
    const isSame =
      semanticEqual(own.endpoints ?? [], mirror.endpoints) &&
      semanticEqual(own.metadata?.labels, labels) &&
      semanticEqual(own.metadata?.annotations ?? {}, annotations);
    if (isSame) continue;
    const changed = deepFreeze({ ...own, metadata: { ...own.metadata, labels, annotations }, ...mirror });
    writes.push({ request: updateRequest(ENDPOINT_SLICES, changed as ApiObject) });
  }
  return [...writes, ...[...left].map(deleteWrite)];
}

function metadataOf({ metadata }: Endpoints): {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
} {
  const annotations = Object.entries(metadata?.annotations ?? {}).filter(([name]) => !NOT_COPIED.includes(name));
  return {
    labels: { ...metadata?.labels, [SERVICE_LABEL]: metadata?.name ?? "", [MANAGED_BY_LABEL]: CONTROLLER },
    annotations: Object.fromEntries(annotations),
  };
}

function deleteWrite(slice: EndpointSlice): PlannedWrite {
  const { namespace = "", name = "" } = slice.metadata ?? {};
  return { request: deleteRequest(ENDPOINT_SLICES, namespace, name), ignore: ["NotFound"] };
}
