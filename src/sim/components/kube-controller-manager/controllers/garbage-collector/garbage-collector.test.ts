import { expect, it } from "vitest";
import type { ApiObject, OwnerReference } from "../../../../api/object.ts";
import { deleteRequest } from "../../../../machinery/requests.ts";
import { CONFIG_MAPS } from "../../../../machinery/resources.ts";
import { ask, fakeApi, pass } from "../../../../machinery/testing/small-world.ts";
import { controllerWorld } from "../../testing/controller-world.ts";

const POD_OWNER: OwnerReference = { apiVersion: "v1", kind: "Pod", name: "owner", uid: "u-owner" };
const OWNER: ApiObject = { apiVersion: "v1", kind: "Pod", metadata: { name: "owner", namespace: "a", uid: "u-owner" } };

function child(kind: "Pod" | "Node", ...owners: Partial<OwnerReference>[]): ApiObject {
  const ownerReferences = owners.map((owner) => ({ ...POD_OWNER, ...owner }));
  const namespace = kind === "Pod" ? { namespace: "a" } : {};
  return { apiVersion: "v1", kind, metadata: { name: "child", uid: "u-child", ...namespace, ownerReferences } };
}

const ABSENT = { name: "absent", uid: "u-absent" };
const UNKNOWN = { apiVersion: "example.com/v1", kind: "Nonsense", name: "x", uid: "u-x" };

const CASES: readonly (readonly [what: string, child: ApiObject, owners: readonly string[] | null])[] = [
  ["whose owner is there", child("Pod", {}), ["owner"]],
  ["whose owner is not there", child("Pod", ABSENT), null],
  ["that calls its owner by a wrong name", child("Pod", { name: "other" }), null],
  ["that calls its owner by a wrong kind", child("Pod", { kind: "Secret" }), null],
  ["with an owner that is there and one that is not", child("Pod", {}, ABSENT), ["owner"]],
  [
    "with an owner of a kind that nobody knows, and one that is not there",
    child("Pod", UNKNOWN, ABSENT),
    ["x", "absent"],
  ],
  ["of the cluster whose owner is in a namespace", child("Node", {}), ["owner"]],
  ["of the cluster whose owner would be in a namespace", child("Node", ABSENT), ["absent"]],
];

it.each(CASES)("an object %s", (_what, object, owners) => {
  const resource = object.kind === "Pod" ? "pods" : "nodes";
  const world = controllerWorld({
    objects: {
      pods: resource === "pods" ? [OWNER, object] : [OWNER],
      ...(resource === "nodes" ? { nodes: [object] } : {}),
    },
    flags: ["--controllers=garbage-collector-controller"],
  });
  pass(world, 60);
  const left = [...(fakeApi(world).objects.get(resource)?.values() ?? [])].find(
    ({ metadata }) => metadata?.name === "child",
  );
  expect(left?.metadata?.ownerReferences?.map(({ name }) => name) ?? null).toEqual(owners);
});

it("objects that own each other in a circle go, the last of them unblocked", () => {
  const owned = (name: string, owner: string): ApiObject => ({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: {
      name,
      namespace: "a",
      uid: `u-${name}`,
      ownerReferences: [
        {
          apiVersion: "v1",
          kind: "ConfigMap",
          name: owner,
          uid: `u-${owner}`,
          controller: true,
          blockOwnerDeletion: true,
        },
      ],
    },
  });
  const world = controllerWorld({
    objects: { configmaps: [owned("one", "three"), owned("two", "one"), owned("three", "two")] },
    flags: ["--controllers=garbage-collector-controller"],
  });
  pass(world, 10);
  expect(fakeApi(world).objects.get("configmaps")?.size).toBe(3);
  ask(world, deleteRequest(CONFIG_MAPS, "a", "one", { propagationPolicy: "Foreground" }));
  pass(world, 10);
  expect([...(fakeApi(world).objects.get("configmaps")?.keys() ?? [])]).toEqual([]);
});
