import { beforeAll, describe, expect, it } from "vitest";
import { encodeBase64Text } from "../../../api/base64.ts";
import type { ApiObject } from "../../../api/object.ts";
import { createHarness, type Harness } from "../testing/harness.ts";

let harness: Harness;

const ACCOUNTS = "/api/v1/namespaces/default/serviceaccounts";
const ISSUER = "https://kubernetes.default.svc.cluster.local";

beforeAll(() => {
  harness = createHarness();
  harness.http("POST", ACCOUNTS, { metadata: { name: "bot" } });
});

function post(path: string, spec: object): ApiObject {
  return JSON.parse(harness.http("POST", path, { spec }).body) as ApiObject;
}

function tokenFor(audiences?: readonly string[]): string {
  const { status } = post(`${ACCOUNTS}/bot/token`, { audiences });
  return (status as { token: string }).token;
}

function review(token: string, audiences?: readonly string[]): unknown {
  return post("/apis/authentication.k8s.io/v1/tokenreviews", { token, audiences }).status;
}

function whoAmI(token: string, certificate?: string): number {
  const headers: Record<string, string> = { authorization: `Bearer ${token}` };
  if (certificate !== undefined) headers["client-certificate"] = encodeBase64Text(certificate);
  return harness.http("POST", "/apis/authentication.k8s.io/v1/selfsubjectreviews", {}, headers, "").status;
}

describe("a token", () => {
  it("for the API server counts there", () => {
    const token = tokenFor();
    expect(whoAmI(token)).toBe(201);
    expect(review(token)).toMatchObject({ authenticated: true, audiences: [ISSUER] });
  });

  it("for others counts with them alone", () => {
    const token = tokenFor(["vault", "mail"]);
    expect(whoAmI(token)).toBe(401);
    expect(review(token)).toEqual({
      user: {},
      error: `[invalid bearer token, token audiences ["vault" "mail"] is invalid for the target audiences ["${ISSUER}"]]`,
    });
    expect(review(token, ["mail", "print"])).toMatchObject({ authenticated: true, audiences: ["mail"] });
  });
});

describe("a certificate that nobody of ours issued", () => {
  it("leaves it to the token who asks", () => {
    expect(whoAmI(tokenFor(), "no certificate")).toBe(201);
    expect(whoAmI("wrong", "no certificate")).toBe(401);
  });

  it("makes nobody anonymous", () => {
    expect(harness.http("GET", "/version", undefined, {}, "").status).toBe(200);
    const shown = { "client-certificate": encodeBase64Text("no certificate") };
    expect(harness.http("GET", "/version", undefined, shown, "").status).toBe(401);
  });
});

describe("OpenID Connect discovery", () => {
  const read = (path: string) => {
    const { status, headers, body } = harness.http("GET", path);
    return { status, type: headers["content-type"], cache: headers["cache-control"], document: JSON.parse(body) };
  };

  it("tells who issues tokens and where the keys are", () => {
    expect(read("/.well-known/openid-configuration")).toMatchObject({
      status: 200,
      type: "application/json",
      cache: "public, max-age=3600",
      document: {
        issuer: ISSUER,
        jwks_uri: expect.stringMatching(/^https:\/\/.*:6443\/openid\/v1\/jwks$/),
        id_token_signing_alg_values_supported: ["RS256"],
      },
    });
  });

  it("has the key that tokens name", () => {
    const { type, document } = read("/openid/v1/jwks");
    expect(type).toBe("application/jwk-set+json");
    const header = JSON.parse(Buffer.from(tokenFor().split(".")[0]!, "base64url").toString()) as { kid: string };
    expect(document.keys).toEqual([
      { use: "sig", kty: "RSA", kid: header.kid, alg: "RS256", n: expect.any(String), e: "AQAB" },
    ]);
  });

  it("is for service accounts, not for everybody", () => {
    const get = (user: string) => harness.http("GET", "/openid/v1/jwks", undefined, {}, user).status;
    expect(get("bob")).toBe(403);
    const headers = { authorization: `Bearer ${tokenFor()}` };
    expect(harness.http("GET", "/openid/v1/jwks", undefined, headers, "").status).toBe(200);
  });
});
