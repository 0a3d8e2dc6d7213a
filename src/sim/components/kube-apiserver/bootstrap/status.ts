import type { ApiObject } from "../../../api/object.ts";
import { deepFreeze } from "../../../api/object.ts";
import { formatTime } from "../../../api/time.ts";
import type { Context } from "../../../kernel/types.ts";
import { isRemote } from "../aggregator/api-services.ts";
import type { ApiServerState } from "../state.ts";
import { loopback } from "./loopback.ts";

interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
}

/** What the server itself finds true of an object that it looks after; null: nothing. */
function conditionOf(object: ApiObject): Condition | null {
  switch (object.kind) {
    case "APIService":
      return isRemote(object)
        ? null
        : { type: "Available", status: "True", reason: "Local", message: "Local APIServices are always available" };
    case "FlowSchema": {
      const { name } = (object.spec as { readonly priorityLevelConfiguration: { readonly name: string } })
        .priorityLevelConfiguration;
      const message = `This FlowSchema references the PriorityLevelConfiguration object named "${name}" and it exists`;
      return { type: "Dangling", status: "False", reason: "Found", message };
    }
    case "ServiceCIDR":
      return object.metadata?.name === "kubernetes"
        ? { type: "Ready", status: "True", reason: "", message: "Kubernetes default Service CIDR is ready" }
        : null;
    default:
      return null;
  }
}

/** Writes that condition where it is not there. */
export function ensureCondition(state: ApiServerState, context: Context, object: ApiObject): void {
  const condition = conditionOf(object);
  const { conditions = [] } = (object.status ?? {}) as { readonly conditions?: readonly Condition[] };
  if (condition === null || conditions.some(({ type }) => type === condition.type)) return;
  const [group = "", version = ""] = (object.apiVersion ?? "").split("/");
  const written = { ...condition, lastTransitionTime: formatTime(context.wallUs()) };
  loopback(state, context, "status", {
    verb: "update",
    group,
    version,
    resource: RESOURCES[object.kind!]!,
    subresource: "status",
    namespace: "",
    name: object.metadata!.name!,
    body: deepFreeze({ ...object, status: { ...(object.status as object), conditions: [...conditions, written] } }),
  });
}

const RESOURCES: Readonly<Record<string, string>> = {
  APIService: "apiservices",
  FlowSchema: "flowschemas",
  ServiceCIDR: "servicecidrs",
};
