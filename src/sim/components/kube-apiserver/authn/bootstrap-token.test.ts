import { beforeEach, describe, expect, it } from "vitest";
import { encodeBase64Text } from "../../../api/base64.ts";
import { createHarness, type Harness } from "../testing/harness.ts";

const TOKEN = "abcdef.0123456789abcdef";

let harness: Harness;

beforeEach(() => {
  harness = createHarness(["--enable-bootstrap-token-auth=true"]);
});

function keep(more: Record<string, string> = {}, type = "bootstrap.kubernetes.io/token"): void {
  const data = {
    "token-id": "abcdef",
    "token-secret": "0123456789abcdef",
    "usage-bootstrap-authentication": "true",
    "auth-extra-groups": "system:bootstrappers:kubeadm:default-node-token",
    ...more,
  };
  const body = {
    kind: "Secret",
    apiVersion: "v1",
    metadata: { name: "bootstrap-token-abcdef" },
    type,
    data: Object.fromEntries(Object.entries(data).map(([key, value]) => [key, encodeBase64Text(value)])),
  };
  expect(harness.ask({ verb: "create", resource: "secrets", namespace: "kube-system", body }).code).toBe(201);
}

/** Who asks by that token; a number: the answer's status. */
function whoIs(token: string): unknown {
  const review = { kind: "SelfSubjectReview", apiVersion: "authentication.k8s.io/v1" };
  const path = "/apis/authentication.k8s.io/v1/selfsubjectreviews";
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const { status, body } = harness.http("POST", path, review, headers, "");
  if (status !== 201) return status;
  const { userInfo } = (JSON.parse(body) as { status: { userInfo: { username: string; groups: string[] } } }).status;
  return [userInfo.username, ...userInfo.groups];
}

describe("a bootstrap token", () => {
  it("says who asks", () => {
    keep();
    expect(whoIs(TOKEN)).toEqual([
      "system:bootstrap:abcdef",
      "system:bootstrappers",
      "system:bootstrappers:kubeadm:default-node-token",
      "system:authenticated",
    ]);
  });

  it.each<[string, () => void, string]>([
    ["has no Secret", () => {}, TOKEN],
    ["has another secret part", () => keep(), "abcdef.0123456789abcdee"],
    ["is of another type", () => keep({}, "Opaque"), TOKEN],
    ["has expired", () => keep({ expiration: "2020-01-01T00:00:00Z" }), TOKEN],
    ["expires at no time", () => keep({ expiration: "soon" }), TOKEN],
    ["is for other uses", () => keep({ "usage-bootstrap-authentication": "false" }), TOKEN],
    ["names a group of others", () => keep({ "auth-extra-groups": "system:masters" }), TOKEN],
  ])("does not count if it %s", (_, prepare, token) => {
    prepare();
    expect(whoIs(token)).toBe(401);
  });

  it("does not count where the server does not take them", () => {
    harness = createHarness();
    keep();
    expect(whoIs(TOKEN)).toBe(401);
  });
});
