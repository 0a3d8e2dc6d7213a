import { type ApiObject, deepFreeze } from "../../api/object.ts";
import { LAST_USED_LABEL } from "../../api/service-account-token.ts";
import { formatDate } from "../../api/time.ts";
import type { Context } from "../../kernel/types.ts";
import { loopback } from "./bootstrap/loopback.ts";
import type { ApiServerState } from "./state.ts";

const DAY_US = 86_400_000_000;

/** Writes to a Secret the day when its token was shown last. By the clock of another server that may be tomorrow. */
export function noteTokenUse(state: ApiServerState, context: Context, secret: ApiObject): void {
  const { namespace = "", name = "", uid, labels } = secret.metadata ?? {};
  const today = formatDate(context.wallUs());
  const lastUsed = labels?.[LAST_USED_LABEL];
  if (lastUsed === today || lastUsed === formatDate(context.wallUs() + DAY_US)) return;
  loopback(state, context, "token-use", {
    verb: "patch",
    patchType: "merge",
    group: "",
    version: "v1",
    resource: "secrets",
    namespace,
    name,
    body: deepFreeze({ metadata: { uid, labels: { [LAST_USED_LABEL]: today } } }),
  });
}
