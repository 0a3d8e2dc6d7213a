import { decodeBase64Text } from "../../../api/base64.ts";
import { readCertificate } from "../../../api/certificates/certificate.ts";
import type { ApiObject } from "../../../api/object.ts";
import {
  INVALID_SINCE_LABEL,
  isLegacy,
  type LegacyTokenClaims,
  readToken,
} from "../../../api/service-account-token.ts";
import type { Certificate, Peer } from "../../../kernel/types.ts";
import type { Credentials } from "../messages.ts";
import { lookup } from "../registry/lookup.ts";
import type { ApiServerState } from "../state.ts";
import { userOfBootstrapToken } from "./bootstrap-token.ts";
import { ANONYMOUS, type UserInfo, userOfCertificate, userOfServiceAccount } from "./user.ts";

/** The authority whose client certificates count. */
const CLIENT_CA = "kubernetes-ca";

const AUTO_GENERATED =
  "Use tokens from the TokenRequest API or manually created secret-based tokens instead of auto-generated secret-based tokens.";

/** Is told of a Secret whose token is shown. */
export type NoteUse = (secret: ApiObject) => void;

/**
 * Who asks; null: the credentials are no good (401). A certificate that is no good leaves it to the token, as upstream's
 * authenticators do, but nobody is anonymous with it.
 */
export function authenticate(
  state: ApiServerState,
  peer: Peer,
  credentials: Credentials,
  wallUs: number,
  noteUse: NoteUse,
): UserInfo | null {
  const certificate =
    credentials.certificate === undefined ? peer.certificate : ownCertificate(state, credentials.certificate);
  const isOurs = certificate?.issuer === CLIENT_CA;
  const user = isOurs ? userWhileValid(certificate, wallUs) : null;
  if (user !== null) return user;
  if (credentials.token !== undefined) {
    const found = userOfToken(state, credentials.token, wallUs, noteUse);
    return found?.audiences.includes(state.flags.serviceAccountIssuer) ? found.user : null;
  }
  const isBad = certificate === undefined || isOurs;
  return state.flags.anonymousAuth && !isBad ? ANONYMOUS : null;
}

/** What the cluster's signer issued; null: none is shown; undefined: it is none of ours. */
function ownCertificate(state: ApiServerState, pem: string): Certificate | null | undefined {
  if (pem === "") return null;
  const read = readCertificate(pem, state.caKey);
  return read === null ? undefined : { ...read, issuer: CLIENT_CA, dnsNames: [], ipAddresses: [] };
}

/** By this machine's clock. */
function userWhileValid(certificate: Certificate, wallUs: number): UserInfo | null {
  const valid = wallUs >= certificate.notBeforeWallUs && wallUs <= certificate.notAfterWallUs;
  return valid ? userOfCertificate(certificate) : null;
}

/**
 * A token counts while it has not expired, and its account (and pod) are the ones that it was made for. Whether it was
 * made for who asks (its audiences) is the caller's to look at.
 */
export function userOfToken(
  state: ApiServerState,
  token: string,
  wallUs: number,
  noteUse: NoteUse = () => {},
): { readonly user: UserInfo; readonly audiences: readonly string[] } | null {
  const claims = readToken(token, state.tokenKey);
  if (claims === null) {
    const user = userOfBootstrapToken(state, token, wallUs);
    return user === null ? null : { user, audiences: [state.flags.serviceAccountIssuer] };
  }
  if (isLegacy(claims)) return userOfLegacyToken(state, token, claims, noteUse);
  const nowSeconds = wallUs / 1_000_000;
  if (nowSeconds >= claims.exp || nowSeconds < claims.nbf) return null;
  const { namespace, serviceaccount, pod, node } = claims["kubernetes.io"];
  const account = lookup(state, "serviceaccounts", namespace, serviceaccount.name);
  if (account?.metadata?.uid !== serviceaccount.uid) return null;
  if (pod !== undefined && lookup(state, "pods", namespace, pod.name)?.metadata?.uid !== pod.uid) return null;
  const extra: Record<string, readonly string[]> = {
    "authentication.kubernetes.io/credential-id": [`JTI=${claims.jti}`],
  };
  if (node !== undefined) {
    extra["authentication.kubernetes.io/node-name"] = [node.name];
    extra["authentication.kubernetes.io/node-uid"] = [node.uid];
  }
  if (pod !== undefined) {
    extra["authentication.kubernetes.io/pod-name"] = [pod.name];
    extra["authentication.kubernetes.io/pod-uid"] = [pod.uid];
  }
  return {
    user: userOfServiceAccount(namespace, serviceaccount.name, serviceaccount.uid, extra),
    audiences: claims.aud,
  };
}

/**
 * A token that lies in a Secret counts while it lies there, its account is the one that it was made for, and nobody has
 * marked it as invalid.
 */
function userOfLegacyToken(
  state: ApiServerState,
  token: string,
  claims: LegacyTokenClaims,
  noteUse: NoteUse,
): { readonly user: UserInfo; readonly audiences: readonly string[] } | null {
  const namespace = claims["kubernetes.io/serviceaccount/namespace"];
  const name = claims["kubernetes.io/serviceaccount/service-account.name"];
  const uid = claims["kubernetes.io/serviceaccount/service-account.uid"];
  const secret = lookup(state, "secrets", namespace, claims["kubernetes.io/serviceaccount/secret.name"]);
  if (secret === undefined || secret.metadata?.deletionTimestamp !== undefined) return null;
  const kept = (secret.data as Readonly<Record<string, string>> | undefined)?.token ?? "";
  if (decodeBase64Text(kept) !== token) return null;
  const account: Account | undefined = lookup(state, "serviceaccounts", namespace, name);
  if (account?.metadata?.uid !== uid || account.metadata.deletionTimestamp !== undefined) return null;
  noteUse(secret);
  if (secret.metadata?.labels?.[INVALID_SINCE_LABEL]) return null;
  const user = userOfServiceAccount(namespace, name, uid, {});
  // Accounts once got such Secrets by themselves, and named them.
  const isNamed = account.secrets?.some((each) => each.name === secret.metadata?.name) === true;
  return {
    user: isNamed ? { ...user, warning: AUTO_GENERATED } : user,
    audiences: [state.flags.serviceAccountIssuer],
  };
}

interface Account extends ApiObject {
  readonly secrets?: readonly { readonly name?: string }[];
}
