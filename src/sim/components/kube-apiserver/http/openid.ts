import { encodeBase64Url } from "../../../api/base64.ts";
import { digestHex } from "../../../api/hash.ts";
import { TOKEN_KEY_ID } from "../../../api/service-account-token.ts";
import type { HttpResponse } from "../messages.ts";
import type { ApiServerState } from "../state.ts";

/** Where others learn who issues the service accounts' tokens, and by which keys (OpenID Connect discovery). */
const CONFIGURATION = "/.well-known/openid-configuration";
const KEYS = "/openid/v1/jwks";

/** Of an RSA key of 2048 bits. */
const MODULUS_BYTES = 256;

/** Null: another path. */
export function openIdDocument(state: ApiServerState, path: string): HttpResponse | null {
  switch (path.replace(/\/$/, "")) {
    case CONFIGURATION:
      return response("application/json", {
        issuer: state.flags.serviceAccountIssuer,
        jwks_uri: `https://${state.flags.advertiseAddress}:${state.flags.securePort}${KEYS}`,
        response_types_supported: ["id_token"],
        subject_types_supported: ["public"],
        id_token_signing_alg_values_supported: ["RS256"],
      });
    case KEYS:
      return response("application/jwk-set+json", {
        keys: [{ use: "sig", kty: "RSA", kid: TOKEN_KEY_ID, alg: "RS256", n: modulusOf(state.tokenKey), e: "AQAB" }],
      });
    default:
      return null;
  }
}

function response(contentType: string, document: unknown): HttpResponse {
  const headers = { "cache-control": "public, max-age=3600", "content-type": contentType };
  return { type: "http", status: 200, headers, body: JSON.stringify(document) };
}

/** Looks like a modulus and belongs to the key; tokens are signed by a keyed hash, so nothing can be checked by it. */
function modulusOf(key: string): string {
  return encodeBase64Url(digestHex(`modulus:${key}`, MODULUS_BYTES));
}
