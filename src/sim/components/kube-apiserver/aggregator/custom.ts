import { deepFreeze } from "../../../api/object.ts";
import type { Context } from "../../../kernel/types.ts";
import { loopback } from "../bootstrap/loopback.ts";
import { objectsOf } from "../registry/lookup.ts";
import type { ApiServerState } from "../state.ts";
import { API_SERVICES } from "./api-services.ts";
import { AUTOMANAGED, apiServiceName, customApiService } from "./local.ts";

/** Each version of a group that definitions make has an APIService, as long as one of them makes it. */
export function registerCustomApis(state: ApiServerState, context: Context): void {
  if (state.phase !== "serving") return;
  const wanted = new Map<string, readonly [group: string, version: string]>();
  for (const { group, version } of state.customKinds.values())
    wanted.set(apiServiceName(group, version), [group, version]);
  for (const { metadata } of objectsOf(state, API_SERVICES)) {
    const name = metadata!.name!;
    if (!wanted.delete(name) && metadata!.labels?.[AUTOMANAGED] === "true") ask(state, context, "delete", name);
  }
  for (const [name, [group, version]] of wanted)
    ask(state, context, "create", name, deepFreeze(customApiService(group, version)));
}

function ask(state: ApiServerState, context: Context, verb: "create" | "delete", name: string, body?: object): void {
  loopback(state, context, "custom-api-service", {
    verb,
    group: "apiregistration.k8s.io",
    version: "v1",
    resource: "apiservices",
    namespace: "",
    name,
    ...(body === undefined ? {} : { body }),
  });
}
