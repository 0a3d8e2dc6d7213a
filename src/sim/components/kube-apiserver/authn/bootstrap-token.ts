import { decodeBase64Text } from "../../../api/base64.ts";
import { parseTime } from "../../../api/time.ts";
import { lookup } from "../registry/lookup.ts";
import type { ApiServerState } from "../state.ts";
import type { UserInfo } from "./user.ts";

/** Tokens by which machines that are no members yet are known (`kubeadm token create`): Secrets of kube-system. */
const FORM = /^([a-z0-9]{6})\.([a-z0-9]{16})$/;
const TYPE = "bootstrap.kubernetes.io/token";
const GROUP = "system:bootstrappers";
const EXTRA_GROUP = /^system:bootstrappers:[a-z0-9:-]{0,255}[a-z0-9]$/;

/** Null: it is no such token, or one that does not count. */
export function userOfBootstrapToken(state: ApiServerState, token: string, wallUs: number): UserInfo | null {
  const match = FORM.exec(token);
  if (match === null || !state.flags.bootstrapTokenAuth) return null;
  const [, id = "", secret = ""] = match;
  const found = lookup(state, "secrets", "kube-system", `bootstrap-token-${id}`);
  if (found === undefined || found.metadata?.deletionTimestamp !== undefined || found.type !== TYPE) return null;
  const data = (found.data ?? {}) as Readonly<Record<string, string>>;
  const read = (key: string): string => decodeBase64Text(data[key] ?? "") ?? "";
  if (read("token-id") !== id || read("token-secret") !== secret) return null;
  if (isExpired(read("expiration"), wallUs) || read("usage-bootstrap-authentication") !== "true") return null;
  const extra = read("auth-extra-groups")
    .split(",")
    .filter((group) => group !== "");
  if (!extra.every((group) => EXTRA_GROUP.test(group))) return null;
  return {
    name: `system:bootstrap:${id}`,
    uid: "",
    groups: [...[...new Set([GROUP, ...extra])].sort(), "system:authenticated"],
    extra: {},
  };
}

function isExpired(expiration: string, wallUs: number): boolean {
  if (expiration === "") return false;
  const atUs = parseTime(expiration);
  return atUs === null || wallUs >= atUs;
}
