import type { Context } from "../../../kernel/types.ts";
import type { AdmissionView } from "../admission/plugin.ts";
import { NO_ATTRIBUTES } from "../authz/attributes.ts";
import { authorize } from "../authz/authorize.ts";
import type { ApiServerState, Exchange } from "../state.ts";
import { lookup, objectsIn, objectsOf } from "./lookup.ts";

/** What admission sees of the server's state. */
export function admissionView(state: ApiServerState, exchange: Exchange, context: Context): AdmissionView {
  return {
    lookup: (resource, namespace, name) => lookup(state, resource, namespace, name),
    list: (resource) => objectsOf(state, resource),
    inNamespace: (resource, namespace) => objectsIn(state, resource, namespace),
    allows: (user, attributes) =>
      authorize(state, { ...NO_ATTRIBUTES, user: user.name, groups: user.groups, ...attributes }).allowed,
    random: (bound) => context.random.int(bound),
    annotate: (key, text) => {
      if (context.observed) context.note("audit", { [key]: text });
    },
    warn: (text) => {
      if (!exchange.warnings.includes(text)) exchange.warnings.push(text);
    },
  };
}
