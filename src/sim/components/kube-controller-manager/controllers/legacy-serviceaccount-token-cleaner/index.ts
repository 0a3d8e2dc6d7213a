import { type ApiObject, deepFreeze } from "../../../../api/object.ts";
import { INVALID_SINCE_LABEL, TOKEN_TRACKING } from "../../../../api/service-account-token.ts";
import { formatDate } from "../../../../api/time.ts";
import type { ControllerDefinition, PlannedWrite, View } from "../../../../machinery/controller-runtime.ts";
import { deleteRequest, patchRequest } from "../../../../machinery/requests.ts";
import { CONFIG_MAPS, PODS, SECRETS, SERVICE_ACCOUNTS } from "../../../../machinery/resources.ts";
import { type Account, TOKENS, TOKENS_INFORMER } from "../../lib/token-secrets.ts";
import type { ControllerOptions } from "../../options.ts";
import { isTrackedLongEnough, type Situation, verdictOn } from "./unused.ts";

const EVERY_US = 86_400_000_000;

interface Memory {
  readonly periodUs: number;
}

/**
 * pkg/controller/serviceaccount/legacy_serviceaccount_token_cleaner.go: once a day, token Secrets that accounts once got
 * by themselves and that nobody has used for long count no more, and are deleted when as much time has passed again.
 */
export const legacyTokenCleaner: ControllerDefinition<Memory> = {
  name: "legacy-serviceaccount-token-cleaner-controller",
  workers: 1,
  informers: [{ resource: SERVICE_ACCOUNTS }, TOKENS_INFORMER, { resource: PODS }, { resource: CONFIG_MAPS }],
  createMemory: (options) => ({ periodUs: (options as ControllerOptions).legacyTokenCleanUpPeriodUs }),
  started(hands) {
    hands.addAfter("pass", 0, null);
  },
  reconcile(view) {
    const next = { requeueAfterUs: EVERY_US, periodic: true };
    const { periodUs } = view.memory;
    const tracking = view.store("configmaps").objects.get(`kube-system/${TOKEN_TRACKING}`);
    const { since } = (tracking?.data ?? {}) as { readonly since?: string };
    if (!isTrackedLongEnough(since, periodUs, view.wallUs)) return next;
    const situation: Situation = {
      wallUs: view.wallUs,
      periodUs,
      account: (namespace, name) =>
        view.store("serviceaccounts").objects.get(`${namespace}/${name}`) as Account | undefined,
      podsOf(namespace) {
        const pods: ApiObject[] = [];
        view.store("pods").objects.range(`${namespace}/`, `${namespace}0`, (_key, pod) => void pods.push(pod));
        return pods;
      },
    };
    return { ...next, writes: writes(view, situation) };
  },
};

function writes(view: View<Memory>, situation: Situation): PlannedWrite[] {
  const found: PlannedWrite[] = [];
  view.store(TOKENS).objects.forEach((secret) => {
    const { namespace = "", name = "", uid, resourceVersion = "" } = secret.metadata ?? {};
    const verdict = verdictOn(secret, situation);
    if (verdict === "invalidate") {
      const labels = { [INVALID_SINCE_LABEL]: formatDate(view.wallUs) };
      const body = deepFreeze({ metadata: { uid, labels } });
      found.push({ request: patchRequest(SECRETS, namespace, name, "merge", body), ignore: ["NotFound"] });
    } else if (verdict === "delete") {
      const request = deleteRequest(SECRETS, namespace, name, { preconditions: { resourceVersion } });
      found.push({ request, ignore: ["NotFound", "Conflict"] });
    }
  });
  return found;
}
