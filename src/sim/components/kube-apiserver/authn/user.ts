import { sha256Hex } from "../../../api/sha256.ts";
import type { Certificate } from "../../../kernel/types.ts";

/** Who asks, as authentication found out. */
export interface UserInfo {
  readonly name: string;
  readonly uid: string;
  readonly groups: readonly string[];
  readonly extra: Readonly<Record<string, readonly string[]>>;
  /** What who asks is warned of for how they showed who they are. */
  readonly warning?: string;
}

const AUTHENTICATED = "system:authenticated";
const UNAUTHENTICATED = "system:unauthenticated";
const SERVICE_ACCOUNT_PREFIX = "system:serviceaccount:";

export const ANONYMOUS: UserInfo = Object.freeze({
  name: "system:anonymous",
  uid: "",
  groups: Object.freeze([UNAUTHENTICATED]),
  extra: Object.freeze({}),
});

/** The API server's own loopback client. */
export const LOOPBACK: UserInfo = Object.freeze({
  name: "system:apiserver",
  uid: "",
  groups: Object.freeze(["system:authenticated", "system:masters"]),
  extra: Object.freeze({}),
});

/** Cache: a certificate is frozen and always says the same. */
const usersOfCertificates = new WeakMap<Certificate, UserInfo>();

/** Common name is the user, organizations are the groups. */
export function userOfCertificate(certificate: Certificate): UserInfo {
  const known = usersOfCertificates.get(certificate);
  if (known !== undefined) return known;
  const user: UserInfo = Object.freeze({
    name: certificate.commonName,
    uid: "",
    groups: Object.freeze([...certificate.organizations, AUTHENTICATED]),
    extra: Object.freeze({
      "authentication.kubernetes.io/credential-id": Object.freeze([`X509SHA256=${sha256Hex(certificate.serial)}`]),
    }),
  });
  if (Object.isFrozen(certificate)) usersOfCertificates.set(certificate, user);
  return user;
}

export function userOfServiceAccount(
  namespace: string,
  name: string,
  uid: string,
  extra: Readonly<Record<string, readonly string[]>>,
): UserInfo {
  return {
    name: `${SERVICE_ACCOUNT_PREFIX}${namespace}:${name}`,
    uid,
    groups: ["system:serviceaccounts", `system:serviceaccounts:${namespace}`, AUTHENTICATED],
    extra,
  };
}

/** `null` when the user is no service account. */
export function serviceAccountOf(userName: string): { readonly namespace: string; readonly name: string } | null {
  if (!userName.startsWith(SERVICE_ACCOUNT_PREFIX)) return null;
  const [namespace, name, more] = userName.slice(SERVICE_ACCOUNT_PREFIX.length).split(":");
  return namespace && name && more === undefined ? { namespace, name } : null;
}

/** The groups that impersonation adds by itself, as upstream's impersonation filter does. */
export function impersonatedUser(
  name: string,
  groups: readonly string[],
  uid: string,
  extra: UserInfo["extra"] = {},
): UserInfo {
  const account = serviceAccountOf(name);
  const all = [...groups];
  if (account !== null && groups.length === 0) {
    all.push("system:serviceaccounts", `system:serviceaccounts:${account.namespace}`);
  }
  if (name === ANONYMOUS.name) {
    if (!all.includes(UNAUTHENTICATED)) all.push(UNAUTHENTICATED);
  } else if (!all.includes(AUTHENTICATED) && !all.includes(UNAUTHENTICATED)) {
    all.push(AUTHENTICATED);
  }
  return { name, uid, groups: all, extra };
}
