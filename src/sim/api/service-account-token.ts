import { Recent } from "../kernel/recent.ts";
import { decodeBase64Text, encodeBase64Url } from "./base64.ts";
import { keyedHash } from "./keyed-hash.ts";
import { deepFreeze } from "./object.ts";

/** Claims of a bound service-account token, as in the real ones. */
export interface TokenClaims {
  readonly aud: readonly string[];
  /** Seconds since 1970. */
  readonly exp: number;
  readonly iat: number;
  readonly iss: string;
  readonly jti: string;
  readonly "kubernetes.io": {
    readonly namespace: string;
    readonly node?: { readonly name: string; readonly uid: string };
    readonly pod?: { readonly name: string; readonly uid: string };
    readonly secret?: { readonly name: string; readonly uid: string };
    readonly serviceaccount: { readonly name: string; readonly uid: string };
    readonly warnafter?: number;
  };
  readonly nbf: number;
  readonly sub: string;
}

/** Claims of a token that lies in a Secret: it counts as long as the Secret is there. */
export interface LegacyTokenClaims {
  readonly iss: "kubernetes/serviceaccount";
  readonly "kubernetes.io/serviceaccount/namespace": string;
  readonly "kubernetes.io/serviceaccount/secret.name": string;
  readonly "kubernetes.io/serviceaccount/service-account.name": string;
  readonly "kubernetes.io/serviceaccount/service-account.uid": string;
  readonly sub: string;
}

/** Labels of a Secret with a token, both with a date (UTC): when it was shown last, since when it counts no more. */
export const LAST_USED_LABEL = "kubernetes.io/legacy-token-last-used";
export const INVALID_SINCE_LABEL = "kubernetes.io/legacy-token-invalid-since";

/** ConfigMap in `kube-system` whose `since` is the date (UTC) since when the use of such Secrets is noted. */
export const TOKEN_TRACKING = "kube-apiserver-legacy-service-account-token-tracking";

/** Stands for the key where the machine has no file of it. */
export const DEFAULT_TOKEN_KEY = "service-account-key";

/** Which key signed: in every token's header. */
export const TOKEN_KEY_ID = "kubarium";

const HEADER = encodeBase64Url(JSON.stringify({ alg: "RS256", kid: TOKEN_KEY_ID }));

/** `header.payload.signature`. The signature is a keyed hash: nobody guesses it, and no cryptography is needed. */
export function signToken(claims: TokenClaims | LegacyTokenClaims, key: string): string {
  const signed = `${HEADER}.${encodeBase64Url(JSON.stringify(claims))}`;
  return `${signed}.${keyedHash(signed, key)}`;
}

/** Who has a token shows it with every request. */
const lately = new Recent<string, { readonly key: string; readonly claims: TokenClaims | LegacyTokenClaims }>(256);

/** The claims, or null when the text is no token of ours or was changed. Expiry is the caller's to check. */
export function readToken(token: string, key: string): TokenClaims | LegacyTokenClaims | null {
  const known = lately.get(token);
  if (known !== undefined && known.key === key) return known.claims;
  const claims = verifiedClaims(token, key);
  if (claims !== null) lately.set(token, { key, claims });
  return claims;
}

function verifiedClaims(token: string, key: string): TokenClaims | LegacyTokenClaims | null {
  const lastDot = token.lastIndexOf(".");
  const firstDot = token.indexOf(".");
  if (firstDot <= 0 || lastDot <= firstDot) return null;
  if (keyedHash(token.slice(0, lastDot), key) !== token.slice(lastDot + 1)) return null;
  const payload = decodeBase64Text(token.slice(firstDot + 1, lastDot));
  return payload === null ? null : deepFreeze(JSON.parse(payload) as TokenClaims | LegacyTokenClaims);
}

export function isLegacy(claims: TokenClaims | LegacyTokenClaims): claims is LegacyTokenClaims {
  return claims.iss === "kubernetes/serviceaccount";
}
