import { equalJson } from "../../../api/equal.ts";
import type { Kind } from "../../../api/kinds.ts";
import type { ApiObject } from "../../../api/object.ts";
import { prepareForCreate as prepareCreated, prepareForUpdate as prepareUpdated } from "../../../api/strategy.ts";
import { withFields } from "../../../kernel/records.ts";
import type { UserInfo } from "../authn/user.ts";
import { withTemplateGeneration } from "./daemon-set.ts";
import { withoutDisabledFields } from "./disabled-fields.ts";
import { assemble, newMetadata, updatedMetadata } from "./metadata.ts";
import { normalizedService } from "./service.ts";

/** What a strategy knows beside the object. */
export interface CreateFacts {
  readonly name: string;
  readonly namespace: string;
  readonly uid: string;
  readonly creationTimestamp: string;
  readonly user: UserInfo;
}

/** The object as it will be stored: metadata by the server, status at its beginning. */
export function prepareForCreate(kind: Kind, sent: ApiObject, facts: CreateFacts): ApiObject {
  const object = withoutDisabledFields(kind, sent, null);
  const metadata = newMetadata(kind, object.metadata ?? {}, facts);
  const created = prepareCreated(
    assemble(kind, metadata, isService(kind) ? normalizedService(object, null) : object),
    kind,
  );
  if (kind.resource === "certificatesigningrequests") return withRequester(created, facts.user);
  return isDaemonSet(kind) ? withTemplateGeneration(created, null) : created;
}

function withRequester(created: ApiObject, user: UserInfo): ApiObject {
  return {
    ...created,
    spec: {
      ...(created.spec as object),
      username: user.name,
      ...(user.uid === "" ? {} : { uid: user.uid }),
      groups: user.groups,
      ...(Object.keys(user.extra).length === 0 ? {} : { extra: user.extra }),
    },
  };
}

/** An update through the object itself or through `status`, `finalize`, `approval`, ...: what each may change. */
export function prepareForUpdate(kind: Kind, subresource: string, given: ApiObject, current: ApiObject): ApiObject {
  const metadata = updatedMetadata(given.metadata ?? {}, current.metadata ?? {});
  switch (subresource) {
    case "status":
      return statusUpdate(kind, given, current, metadata);
    case "finalize":
      return assemble(kind, metadata, { ...current, spec: given.spec });
    case "approval": {
      const conditions = (given.status as { conditions?: unknown } | undefined)?.conditions;
      return assemble(kind, current.metadata!, { ...current, status: { ...(current.status as object), conditions } });
    }
    case "resize":
      return prepareUpdated(assemble(kind, current.metadata!, { ...current, spec: resized(given, current) }), current);
    case "ephemeralcontainers": {
      const { ephemeralContainers } = (given.spec ?? {}) as { ephemeralContainers?: unknown };
      const next = { ...current, spec: { ...(current.spec as object), ephemeralContainers } };
      return prepareUpdated(assemble(kind, metadata, next), current, "", kind);
    }
    default: {
      // Shares what did not change, so that comparing, sizing and freezing cost only what did.
      const shared: Record<string, unknown> = {};
      const enabled = withoutDisabledFields(kind, given, current);
      const next = isService(kind) ? normalizedService(enabled, current) : enabled;
      for (const key in next) shared[key] = equalJson(next[key], current[key]) ? current[key] : next[key];
      const updated = prepareUpdated(assemble(kind, metadata, shared), current, "", kind);
      return isDaemonSet(kind) ? withTemplateGeneration(updated, current) : updated;
    }
  }
}

function isDaemonSet(kind: Kind): boolean {
  return kind.resource === "daemonsets" && kind.group === "apps";
}

interface ResizableSpec {
  readonly containers?: readonly ResizableContainer[];
  readonly initContainers?: readonly ResizableContainer[];
}

interface ResizableContainer {
  readonly name: string;
  readonly resources?: unknown;
  readonly resizePolicy?: unknown;
}

/** The pod's spec as it is, with the containers' resources as they are given. */
function resized(given: ApiObject, current: ApiObject): ResizableSpec {
  const [wanted, spec] = [(given.spec ?? {}) as ResizableSpec, (current.spec ?? {}) as ResizableSpec];
  const take = (list: "containers" | "initContainers") =>
    spec[list]?.map((container) => {
      const found = wanted[list]?.find(({ name }) => name === container.name);
      if (found === undefined) return container;
      const { resources: _, resizePolicy: __, ...rest } = container;
      return {
        ...rest,
        ...(found.resources === undefined ? {} : { resources: found.resources }),
        ...(found.resizePolicy === undefined ? {} : { resizePolicy: found.resizePolicy }),
      };
    });
  const initContainers = take("initContainers");
  return {
    ...spec,
    ...(initContainers === undefined ? {} : { initContainers }),
    containers: take("containers") ?? [],
  };
}

function isService(kind: Kind): boolean {
  return kind.resource === "services" && kind.group === "";
}

function statusUpdate(
  kind: Kind,
  given: ApiObject,
  current: ApiObject,
  metadata: NonNullable<ApiObject["metadata"]>,
): ApiObject {
  const status = isPod(kind) ? withQualityOf(given.status, current.status) : (given.status ?? current.status);
  // Owners are none of the kubelet's business.
  const { ownerReferences: _, ...rest } = metadata;
  const owners = current.metadata?.ownerReferences;
  const kept = owners === undefined ? rest : withFields(rest, { ownerReferences: owners });
  return prepareUpdated(assemble(kind, kept, { ...current, status }), current, "status", kind);
}

function isPod(kind: Kind): boolean {
  return kind.resource === "pods" && kind.group === "";
}

/** A pod's quality of service is said once, at creation; old kubelets leave it out. */
function withQualityOf(given: unknown, current: unknown): unknown {
  const quality = (current as { qosClass?: string } | undefined)?.qosClass;
  const status = given ?? current;
  return quality === undefined || (status as { qosClass?: string }).qosClass
    ? status
    : { ...(status as object), qosClass: quality };
}
