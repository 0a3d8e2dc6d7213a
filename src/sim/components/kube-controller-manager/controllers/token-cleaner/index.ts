import { decodeBase64Text } from "../../../../api/base64.ts";
import type { ApiObject } from "../../../../api/object.ts";
import { parseTime } from "../../../../api/time.ts";
import type { ControllerDefinition } from "../../../../machinery/controller-runtime.ts";
import { deleteRequest } from "../../../../machinery/requests.ts";
import { SECRETS } from "../../../../machinery/resources.ts";
import { keyOf } from "../../../../machinery/store.ts";

const BOOTSTRAP_TOKENS = "bootstrap-token-secrets";
const NAMESPACE = "kube-system";

/** pkg/controller/bootstrap/tokencleaner.go: Secrets of bootstrap tokens are deleted when the tokens have expired. */
export const tokenCleaner: ControllerDefinition<null> = {
  name: "token-cleaner-controller",
  workers: 1,
  informers: [{ name: BOOTSTRAP_TOKENS, resource: SECRETS, fieldSelector: "type=bootstrap.kubernetes.io/token" }],
  createMemory: () => null,
  onDelta(_informer, delta, hands) {
    const isOurs = delta.object.metadata?.namespace === NAMESPACE;
    if (delta.type !== "deleted" && isOurs) hands.add(keyOf(delta.object), delta.trace);
  },
  reconcile(view, key) {
    const secret = view.store(BOOTSTRAP_TOKENS).objects.get(key);
    const endUs = secret === undefined ? null : endOf(secret);
    if (secret === undefined || endUs === null) return {};
    if (endUs > view.wallUs) return { requeueAfterUs: endUs - view.wallUs, periodic: true };
    const { name = "", uid = "" } = secret.metadata ?? {};
    const request = deleteRequest(SECRETS, NAMESPACE, name, { preconditions: { uid } });
    return { writes: [{ request, ignore: ["NotFound", "Conflict"] }] };
  },
};

/** Null: never. What cannot be read as a time is over. */
function endOf(secret: ApiObject): number | null {
  const { expiration = "" } = (secret.data ?? {}) as { readonly expiration?: string };
  return expiration === "" ? null : (parseTime(decodeBase64Text(expiration) ?? "") ?? 0);
}
