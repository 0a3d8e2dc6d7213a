import type { Kind } from "../../../api/kinds.ts";
import type { Context } from "../../../kernel/types.ts";
import { LOOPBACK } from "../authn/user.ts";
import type { ResourceRequest } from "../messages.ts";
import { openExchange } from "../registry/exchange.ts";
import { requireKind } from "../registry/lookup.ts";
import { begin } from "../registry/registry.ts";
import type { ApiServerState } from "../state.ts";

/** A request of the server to itself. */
export function loopback(
  state: ApiServerState,
  context: Context,
  task: string,
  ask: Pick<ResourceRequest, "verb" | "group" | "version" | "resource" | "namespace" | "name" | "body"> &
    Partial<Pick<ResourceRequest, "subresource" | "patchType">>,
  kind: Kind = requireKind(ask.group, ask.resource),
): void {
  const exchange = openExchange(state, context, {
    replyTo: { via: "loopback", task },
    request: Object.freeze({
      type: "resource",
      subresource: "",
      options: {},
      credentials: {},
      userAgent: "kube-apiserver/v1.33.1",
      ...ask,
    }),
    kind,
    form: null,
    user: LOOPBACK,
    deadlineAtUs: context.nowUs + state.flags.requestTimeoutUs,
  });
  begin(state, exchange, context);
}
