import { describe, expect, it } from "vitest";
import { kindOfObject } from "../kinds.ts";
import type { ApiObject } from "../object.ts";
import { checkQuotas, evaluatorOf, type QuotaVerdict } from "./quota.ts";
import { equalLists } from "./resource-list.ts";
import type { ResourceQuota } from "./scopes.ts";

function quota(hard: Record<string, string>, used: Record<string, string>, scopes?: readonly string[]): ResourceQuota {
  return { metadata: { name: "q" }, spec: { hard, ...(scopes ? { scopes } : {}) }, status: { hard, used } };
}

function pod(resources: object): ApiObject {
  return { apiVersion: "v1", kind: "Pod", metadata: { name: "p" }, spec: { containers: [{ name: "c", resources }] } };
}

function charge(object: ApiObject, quotas: readonly ResourceQuota[], old: ApiObject | null = null): QuotaVerdict {
  const evaluator = evaluatorOf(kindOfObject(object.apiVersion, object.kind)!)!;
  const operation = old === null ? "CREATE" : "UPDATE";
  return checkQuotas(quotas, { evaluator, operation, subresource: "", object, old, nowWallUs: 0 });
}

describe("checkQuotas", () => {
  it("adds what the object takes to what is used", () => {
    const verdict = charge(pod({ requests: { cpu: "500m" } }), [
      quota({ "requests.cpu": "2", pods: "3" }, { "requests.cpu": "1", pods: "1" }),
    ]);
    expect("used" in verdict && verdict.used.get("q")).toEqual({ "requests.cpu": "1500m", pods: "2" });
  });

  it("names all that is exceeded, by name", () => {
    const verdict = charge(pod({ requests: { cpu: "2", memory: "1Gi" } }), [
      quota({ "requests.cpu": "2", memory: "1Gi", pods: "9" }, { "requests.cpu": "1", memory: "512Mi", pods: "1" }),
    ]);
    expect(verdict).toEqual({
      refusal:
        "exceeded quota: q, requested: memory=1Gi,requests.cpu=2, used: memory=512Mi,requests.cpu=1, limited: memory=1Gi,requests.cpu=2",
    });
  });

  it("wants to know what it counts", () => {
    const verdict = charge(pod({}), [quota({ "limits.cpu": "1", memory: "1" }, { "limits.cpu": "0", memory: "0" })]);
    expect(verdict).toEqual({ refusal: "failed quota: q: must specify limits.cpu for: c; memory for: c" });
  });

  it("refuses while the controller has not counted yet", () => {
    expect(charge(pod({}), [quota({ pods: "1" }, {})])).toEqual({
      refusal: "status unknown for quota: q, resources: pods",
    });
  });

  it("leaves quotas alone whose scopes the object is not in, and those that count other kinds", () => {
    const used = charge(pod({ requests: { cpu: "1" } }), [
      quota({ pods: "0" }, { pods: "0" }, ["BestEffort"]),
      quota({ services: "0" }, { services: "0" }),
    ]);
    expect(used).toEqual({ used: new Map() });
  });

  it("charges an update by the difference, which may be negative", () => {
    const service = (type: string): ApiObject => ({
      apiVersion: "v1",
      kind: "Service",
      spec: { type, ports: [{ port: 80 }, { port: 81 }] },
    });
    const held = [quota({ services: "1", "services.nodeports": "2" }, { services: "1", "services.nodeports": "2" })];
    const verdict = charge(service("ClusterIP"), held, service("NodePort"));
    const after = "used" in verdict ? verdict.used.get("q")! : {};
    expect(equalLists(after, { services: "1", "services.nodeports": "0" })).toBe(true);
  });
});
