import { deepFreeze } from "../../api/object.ts";
import { withEntry, withMember, withoutMember } from "../../kernel/collections.ts";
import type { Context } from "../../kernel/types.ts";
import { call } from "../../machinery/client.ts";
import { clientOf } from "../../machinery/machinery.ts";
import { type CallResult, createSubresourceRequest } from "../../machinery/requests.ts";
import { SERVICE_ACCOUNTS } from "../../machinery/resources.ts";
import { podEvent } from "./events.ts";
import { retryAfter } from "./retry.ts";
import type { KubeletState, PodWorker } from "./state.ts";

export interface TokenTag {
  readonly kubelet: "token";
  readonly uid: string;
  readonly audience: string;
}

const DEFAULT_EXPIRATION_SECONDS = 3607;
const RETRY_US = 1_000_000;

/** TokenRequests for the pod's projected service-account tokens that it does not have yet. */
export function askTokens(state: KubeletState, worker: PodWorker, context: Context): void {
  if (state.machinery === null) return;
  for (const volume of worker.pod.spec.volumes ?? []) {
    for (const { serviceAccountToken } of volume.projected?.sources ?? []) {
      if (serviceAccountToken === undefined) continue;
      const audience = serviceAccountToken.audience ?? "";
      if (worker.tokens.has(audience) || worker.tokensAsked.has(audience)) continue;
      worker.tokensAsked = withMember(worker.tokensAsked, audience);
      const { namespace = "", name, uid } = worker.pod.metadata;
      const body = deepFreeze({
        apiVersion: "authentication.k8s.io/v1",
        kind: "TokenRequest",
        spec: {
          audiences: audience === "" ? [] : [audience],
          expirationSeconds: serviceAccountToken.expirationSeconds ?? DEFAULT_EXPIRATION_SECONDS,
          boundObjectRef: { apiVersion: "v1", kind: "Pod", name, uid },
        },
      });
      const tag: TokenTag = { kubelet: "token", uid: worker.uid, audience };
      const account = worker.pod.spec.serviceAccountName ?? "default";
      call(
        clientOf(state.machinery),
        context,
        createSubresourceRequest(SERVICE_ACCOUNTS, namespace, account, "token", body),
        tag,
      );
    }
  }
}

/** True: the pod has a token more. */
export function tokenAnswered(
  state: KubeletState,
  worker: PodWorker,
  tag: TokenTag,
  result: CallResult,
  context: Context,
): boolean {
  worker.tokensAsked = withoutMember(worker.tokensAsked, tag.audience);
  if (!result.ok) {
    const volume = worker.pod.spec.volumes?.find(({ projected }) =>
      projected?.sources?.some((source) => source.serviceAccountToken !== undefined),
    );
    const message = `MountVolume.SetUp failed for volume "${volume?.name ?? ""}" : failed to fetch token: ${result.text}`;
    podEvent(state, worker, context, "Warning", "FailedMount", message);
    retryAfter(worker, context, RETRY_US * (1 << Math.min(worker.mountTries, 6)));
    worker.mountTries += 1;
    return false;
  }
  const status = result.object.status as { readonly token?: string } | undefined;
  worker.tokens = withEntry(worker.tokens, tag.audience, {
    token: status?.token ?? "",
    issuedAtUs: context.nowUs,
    expiresAtUs: context.nowUs + DEFAULT_EXPIRATION_SECONDS * 1_000_000,
  });
  return true;
}
