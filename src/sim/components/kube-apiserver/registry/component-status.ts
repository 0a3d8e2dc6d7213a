import { notFound } from "../../../api/status-errors.ts";
import type { Context } from "../../../kernel/types.ts";
import { answer, refuse } from "../respond.ts";
import type { ApiServerState, Exchange } from "../state.ts";

const NAMES = ["scheduler", "controller-manager", "etcd-0"];

/** The deprecated `componentstatuses`: only what this server itself knows. */
export function componentStatuses(state: ApiServerState, exchange: Exchange, context: Context): void {
  const item = (name: string) => {
    const error = name === "etcd-0" ? state.etcdHealth.error : "";
    const condition = {
      type: "Healthy",
      status: error === "" ? "True" : "False",
      message: error === "" ? "ok" : error,
    };
    return { kind: "ComponentStatus", apiVersion: "v1", metadata: { name }, conditions: [condition] };
  };
  const { request } = exchange;
  exchange.warnings.push("v1 ComponentStatus is deprecated in v1.19+");
  if (request.verb === "list") {
    answer(state, exchange, context, 200, {
      kind: "ComponentStatusList",
      apiVersion: "v1",
      metadata: {},
      items: NAMES.map(item),
    });
    return;
  }
  if (!NAMES.includes(request.name)) {
    refuse(state, exchange, context, notFound(exchange.kind, request.name));
    return;
  }
  answer(state, exchange, context, 200, item(request.name));
}
