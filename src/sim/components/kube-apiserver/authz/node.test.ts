import { describe, expect, it } from "vitest";
import type { ApiObject } from "../../../api/object.ts";
import type { Attributes } from "./attributes.ts";
import { denialText } from "./attributes.ts";
import { authorizeNode, type NodeGraph } from "./node.ts";

const POD: ApiObject = {
  metadata: { name: "p", namespace: "default" },
  spec: {
    nodeName: "worker-1",
    containers: [{ name: "c", envFrom: [{ secretRef: { name: "env" } }] }],
    volumes: [{ name: "v", configMap: { name: "cfg" } }],
  },
};

const GRAPH: NodeGraph = {
  podsOfNode: (node) => (node === "worker-1" ? [POD] : []),
  pod: (_, name) => (name === "p" ? POD : undefined),
};

function ask(node: string, part: Partial<Attributes>) {
  const attributes: Attributes = {
    user: `system:node:${node}`,
    groups: ["system:nodes"],
    verb: "get",
    group: "",
    resource: "secrets",
    subresource: "",
    namespace: "default",
    name: "",
    path: "",
    ...part,
  };
  return authorizeNode(GRAPH, [{ verbs: ["create"], apiGroups: [""], resources: ["events"] }], attributes);
}

describe("the node authorizer", () => {
  it.each([
    ["worker-1", { name: "env" }, true],
    ["worker-2", { name: "env" }, false],
    ["worker-1", { name: "other" }, false],
    ["worker-1", { resource: "configmaps", name: "cfg" }, true],
    ["worker-1", { resource: "configmaps", name: "cfg", verb: "update" }, false],
    ["worker-1", { resource: "pods", name: "p" }, true],
    ["worker-2", { resource: "pods", name: "p" }, false],
    ["worker-1", { resource: "pods", verb: "watch", fieldSelector: "spec.nodeName=worker-1" }, true],
    ["worker-1", { resource: "pods", verb: "watch" }, false],
    ["worker-1", { resource: "serviceaccounts", subresource: "token", verb: "create", name: "default" }, true],
    ["worker-1", { resource: "events", verb: "create" }, true],
    [
      "worker-1",
      {
        group: "coordination.k8s.io",
        resource: "leases",
        namespace: "kube-node-lease",
        name: "worker-1",
        verb: "update",
      },
      true,
    ],
    [
      "worker-1",
      {
        group: "coordination.k8s.io",
        resource: "leases",
        namespace: "kube-node-lease",
        name: "worker-2",
        verb: "update",
      },
      false,
    ],
  ] as const)("lets %s do %o: %s", (node, part, allowed) => {
    expect(ask(node, part)?.allowed).toBe(allowed);
  });

  it("has no opinion of others", () => {
    expect(ask("x", { user: "alice", groups: [] })).toBeNull();
  });

  it("says why not", () => {
    const decision = ask("worker-2", { name: "env" })!;
    const text = denialText(
      {
        user: "system:node:worker-2",
        groups: [],
        verb: "get",
        group: "",
        resource: "secrets",
        subresource: "",
        namespace: "default",
        name: "env",
        path: "",
      },
      decision.reason,
    );
    expect(text).toBe(
      `User "system:node:worker-2" cannot get resource "secrets" in API group "" in the namespace "default": no relationship found between node 'worker-2' and this object`,
    );
  });
});
