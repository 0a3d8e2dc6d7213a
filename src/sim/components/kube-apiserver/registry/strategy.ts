import { apiVersionOf, type Kind } from "../../../api/kinds.ts";
import type { ApiObject } from "../../../api/object.ts";
import { equalJson } from "../../../api/patch/json.ts";
import type { UserInfo } from "../authn/user.ts";
import { assemble, newMetadata, specChanged, updatedMetadata } from "./metadata.ts";
import { podStatusAtCreation } from "./pod.ts";

/** What a strategy knows beside the object. */
export interface CreateFacts {
  readonly name: string;
  readonly namespace: string;
  readonly uid: string;
  readonly creationTimestamp: string;
  readonly user: UserInfo;
}

/** The object as it will be stored: metadata by the server, status at its beginning. */
export function prepareForCreate(kind: Kind, object: ApiObject, facts: CreateFacts): ApiObject {
  const metadata = newMetadata(kind, object.metadata ?? {}, facts);
  const prepare = CREATE[`${kind.group}/${kind.resource}`];
  const rest = prepare === undefined ? object : prepare(object, facts);
  const created = assemble(kind, metadata, rest);
  if (prepare !== undefined || !kind.hasStatus) return created;
  return { ...created, status: {} };
}

type Prepare = (object: ApiObject, facts: CreateFacts) => ApiObject;

/** Kinds whose status does not begin empty, or whose spec the server has a say in. */
const CREATE: Readonly<Record<string, Prepare>> = {
  "/pods": (pod) => ({ ...pod, status: podStatusAtCreation(pod) }),
  // A kubelet registers its node with its status.
  "/nodes": (node) => ({ ...node, spec: node.spec ?? {}, status: node.status ?? {} }),
  "/namespaces": (namespace) => ({
    ...namespace,
    spec: { ...(namespace.spec as object | undefined), finalizers: ["kubernetes"] },
    status: { phase: "Active" },
  }),
  "/services": (service) => ({ ...service, status: { loadBalancer: {} } }),
  "/persistentvolumes": (volume) => ({ ...volume, status: { phase: "Pending" } }),
  "/persistentvolumeclaims": (claim) => ({ ...claim, status: { phase: "Pending" } }),
  "apiextensions.k8s.io/customresourcedefinitions": (definition) => ({
    ...definition,
    status: { conditions: [], acceptedNames: { plural: "", kind: "" }, storedVersions: [] },
  }),
  "certificates.k8s.io/certificatesigningrequests": (request, { user }) => ({
    ...request,
    spec: {
      ...(request.spec as object),
      username: user.name,
      ...(user.uid === "" ? {} : { uid: user.uid }),
      groups: user.groups,
      ...(Object.keys(user.extra).length === 0 ? {} : { extra: user.extra }),
    },
    status: {},
  }),
};

/** An update through the object itself or through `status`, `finalize`, `approval`, ...: what each may change. */
export function prepareForUpdate(kind: Kind, subresource: string, given: ApiObject, current: ApiObject): ApiObject {
  const metadata = updatedMetadata(given.metadata ?? {}, current.metadata ?? {});
  switch (subresource) {
    case "":
      return updateOfObject(kind, given, current, metadata);
    case "status": {
      const held = current.metadata!;
      const freeLabels = kind.group === "" && (kind.resource === "pods" || kind.resource === "nodes");
      const kept = freeLabels ? { labels: metadata.labels } : { labels: held.labels };
      const own = {
        ...metadata,
        ...kept,
        ownerReferences: held.ownerReferences,
        finalizers: kind.resource === "pods" ? metadata.finalizers : held.finalizers,
      };
      return assemble(kind, withoutUndefined(own), { ...current, status: given.status ?? current.status });
    }
    case "finalize":
      return assemble(kind, metadata, { ...current, spec: given.spec });
    case "approval": {
      const conditions = (given.status as { conditions?: unknown } | undefined)?.conditions;
      return assemble(kind, current.metadata!, { ...current, status: { ...(current.status as object), conditions } });
    }
    case "ephemeralcontainers": {
      const spec = given.spec as { ephemeralContainers?: unknown } | undefined;
      return assemble(kind, metadata, {
        ...current,
        spec: { ...(current.spec as object), ephemeralContainers: spec?.ephemeralContainers },
      });
    }
    default:
      return assemble(kind, metadata, { ...given, status: current.status });
  }
}

function updateOfObject(
  kind: Kind,
  given: ApiObject,
  current: ApiObject,
  metadata: NonNullable<ApiObject["metadata"]>,
): ApiObject {
  const rest = kind.hasStatus ? { ...given, status: current.status } : given;
  const shared: Record<string, unknown> = {};
  for (const key in rest) shared[key] = equalJson(rest[key], current[key]) ? current[key] : rest[key];
  const next = assemble(kind, metadata, shared);
  if (!kind.hasGeneration) return next;
  const grown =
    specChanged(next, current) ||
    (kind.resource === "deployments" && !equalJson(metadata.annotations, current.metadata?.annotations));
  if (!grown) return next;
  return { ...next, metadata: { ...metadata, generation: (metadata.generation ?? 0) + 1 } };
}

function withoutUndefined<T extends object>(record: T): T {
  const kept: Record<string, unknown> = {};
  for (const key in record) if (record[key] !== undefined) kept[key] = record[key];
  return kept as T;
}

export function describeKind(kind: Kind): string {
  return `${apiVersionOf(kind)}, Kind=${kind.kind}`;
}
