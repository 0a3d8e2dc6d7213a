import { describe, expect, it } from "vitest";
import { kindOfName } from "../../../api/kinds.ts";
import { wrongWithReview } from "./review-checks.ts";

function wrong(kind: string, spec: object, metadata: object = {}): string {
  const group = kind === "TokenReview" ? "authentication.k8s.io" : "authorization.k8s.io";
  const body = { metadata, spec };
  return wrongWithReview(kindOfName(group, kind)!, body, "default")?.message ?? "";
}

const RESOURCE = { verb: "get", resource: "pods" };

describe("reviews", () => {
  it("of who may do what name somebody, and one thing", () => {
    expect(wrong("SubjectAccessReview", { user: "bob", resourceAttributes: RESOURCE })).toBe("");
    expect(wrong("SelfSubjectAccessReview", { resourceAttributes: RESOURCE })).toBe("");
    expect(wrong("SubjectAccessReview", { resourceAttributes: RESOURCE })).toContain(
      "at least one of user or group must be specified",
    );
    expect(wrong("SelfSubjectAccessReview", {})).toContain(
      "exactly one of nonResourceAttributes or resourceAttributes must be specified",
    );
    const both = { resourceAttributes: RESOURCE, nonResourceAttributes: { path: "/", verb: "get" } };
    expect(wrong("SelfSubjectAccessReview", both)).toContain(
      "cannot be specified in combination with resourceAttributes",
    );
  });

  it("of one namespace stay in it", () => {
    const here = { user: "bob", resourceAttributes: { ...RESOURCE, namespace: "default" } };
    expect(wrong("LocalSubjectAccessReview", here, { namespace: "default" })).toBe("");
    expect(wrong("LocalSubjectAccessReview", { user: "bob", resourceAttributes: RESOURCE })).toContain(
      "must match metadata.namespace",
    );
    expect(wrong("LocalSubjectAccessReview", here, { namespace: "other" })).toContain("does not match the namespace");
  });

  it("of tokens have one", () => {
    expect(wrong("TokenReview", {})).toBe("token is required for TokenReview in authentication");
    expect(wrong("TokenReview", { token: "x" })).toBe("");
  });
});
