import { decodeBase64Text, encodeBase64Url } from "../../../api/base64.ts";

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

const HEADER = encodeBase64Url('{"alg":"RS256","kid":"kubarium"}');

/** `header.payload.signature`. The signature is a keyed hash: nobody guesses it, and no cryptography is needed. */
export function signToken(claims: TokenClaims, key: string): string {
  const signed = `${HEADER}.${encodeBase64Url(JSON.stringify(claims))}`;
  return `${signed}.${signature(signed, key)}`;
}

/** The claims, or null when the text is no token of ours or was changed. Expiry is the caller's to check. */
export function readToken(token: string, key: string): TokenClaims | null {
  const lastDot = token.lastIndexOf(".");
  const firstDot = token.indexOf(".");
  if (firstDot <= 0 || lastDot <= firstDot) return null;
  if (signature(token.slice(0, lastDot), key) !== token.slice(lastDot + 1)) return null;
  const payload = decodeBase64Text(token.slice(firstDot + 1, lastDot));
  return payload === null ? null : (JSON.parse(payload) as TokenClaims);
}

function signature(text: string, key: string): string {
  const keyed = `${key}\n${text}`;
  const forward = fold(keyed, 0x811c9dc5, 0x01000193);
  const other = fold(keyed, 0x9e3779b9, 0x85ebca6b);
  let signed = "";
  for (let part = 1; part <= 8; part += 1) {
    signed += mixed(forward ^ Math.imul(other, 2 * part + 1))
      .toString(36)
      .padStart(7, "0");
  }
  return signed;
}

/** FNV-1a's way through a text, from any start and by any odd factor. */
function fold(text: string, start: number, factor: number): number {
  let value = start;
  for (let index = 0; index < text.length; index += 1) value = Math.imul(value ^ text.charCodeAt(index), factor);
  return value;
}

/** As murmur3 ends, so that every bit tells on every other. */
function mixed(from: number): number {
  let value = Math.imul(from ^ (from >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return (value ^ (value >>> 16)) >>> 0;
}
