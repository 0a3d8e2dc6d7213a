import { describe, expect, it } from "vitest";
import { type ApiObject, deepFreeze } from "../../../api/object.ts";
import { schedulerConfig } from "../config.ts";
import type { ClusterEvent, ClusterEventType } from "../framework/events.ts";
import { frameworkOf } from "../framework/profile.ts";
import type { Node, Pod, PodSpec } from "../objects.ts";
import { podInfoOf } from "../pod-info.ts";

const { interests } = frameworkOf(schedulerConfig().profiles[0]!);

function pod(spec: PodSpec, labels: Record<string, string> = {}, namespace = "default"): Pod {
  return deepFreeze({ apiVersion: "v1", kind: "Pod", metadata: { name: "p", namespace, uid: "p", labels }, spec });
}

function node(labels: Record<string, string>, allocatable: Record<string, string> = {}): Node {
  return deepFreeze({ apiVersion: "v1", kind: "Node", metadata: { name: "n", labels }, status: { allocatable } });
}

const placed = (labels: Record<string, string>, spec: PodSpec = {}) => pod({ nodeName: "n", ...spec }, labels);

const term = (app: string) => ({ topologyKey: "zone", labelSelector: { matchLabels: { app } } });
const near = (app: string): PodSpec => ({
  affinity: { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term(app)] } },
});
const far = (app: string): PodSpec => ({
  affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term(app)] } },
});
const spread: PodSpec = {
  topologySpreadConstraints: [{ maxSkew: 1, whenUnsatisfiable: "DoNotSchedule", ...term("web") }],
};
const asking = (cpu: string): PodSpec => ({ containers: [{ name: "c", resources: { requests: { cpu } } }] });
const withClaim: PodSpec = { volumes: [{ name: "v", persistentVolumeClaim: { claimName: "data" } }] };

function object(kind: string, name: string, fields: Record<string, unknown> = {}, namespace?: string): ApiObject {
  return deepFreeze({ kind, metadata: { name, ...(namespace === undefined ? {} : { namespace }) }, ...fields });
}

type Case = readonly [
  says: string,
  plugin: string,
  waiting: Pod,
  type: ClusterEventType,
  event: Omit<ClusterEvent, "type">,
  helps: boolean,
];

const CASES: readonly Case[] = [
  ["a pod leaves", "NodeResourcesFit", pod(asking("1")), "AssignedPod/Delete", { assignedPod: placed({}) }, true],
  [
    "a pod gives back what is wanted",
    "NodeResourcesFit",
    pod(asking("1")),
    "AssignedPod/UpdateScaleDown",
    { oldPod: placed({}, asking("2")), assignedPod: placed({}, asking("1")) },
    true,
  ],
  [
    "a node grows, and is large enough",
    "NodeResourcesFit",
    pod(asking("1")),
    "Node/UpdateAllocatable",
    { oldNode: node({}, { cpu: "1", pods: "9" }), node: node({}, { cpu: "2", pods: "9" }) },
    true,
  ],
  [
    "a node grows, and is too small still",
    "NodeResourcesFit",
    pod(asking("4")),
    "Node/UpdateAllocatable",
    { oldNode: node({}, { cpu: "1", pods: "9" }), node: node({}, { cpu: "2", pods: "9" }) },
    false,
  ],
  [
    "a node grows in what nobody asked for",
    "NodeResourcesFit",
    pod(asking("1")),
    "Node/UpdateAllocatable",
    {
      oldNode: node({}, { cpu: "2", memory: "1Gi", pods: "9" }),
      node: node({}, { cpu: "2", memory: "2Gi", pods: "9" }),
    },
    false,
  ],
  [
    "one of its kind leaves",
    "PodTopologySpread",
    pod(spread),
    "AssignedPod/Delete",
    { assignedPod: placed({ app: "web" }) },
    true,
  ],
  [
    "another leaves",
    "PodTopologySpread",
    pod(spread),
    "AssignedPod/Delete",
    { assignedPod: placed({ app: "db" }) },
    false,
  ],
  [
    "one of its kind leaves elsewhere",
    "PodTopologySpread",
    pod(spread),
    "AssignedPod/Delete",
    { assignedPod: pod({ nodeName: "n" }, { app: "web" }, "other") },
    false,
  ],
  ["a node without the label comes", "PodTopologySpread", pod(spread), "Node/Add", { node: node({}) }, false],
  [
    "a node of the domains goes",
    "PodTopologySpread",
    pod(spread),
    "Node/Delete",
    { oldNode: node({ zone: "a" }) },
    true,
  ],
  [
    "a node changes its zone",
    "PodTopologySpread",
    pod(spread),
    "Node/UpdateLabel",
    { oldNode: node({ zone: "a" }), node: node({ zone: "b" }) },
    true,
  ],
  [
    "its friend comes",
    "InterPodAffinity",
    pod(near("db")),
    "AssignedPod/Add",
    { assignedPod: placed({ app: "db" }) },
    true,
  ],
  [
    "a stranger comes",
    "InterPodAffinity",
    pod(near("db")),
    "AssignedPod/Add",
    { assignedPod: placed({ app: "x" }) },
    false,
  ],
  [
    "its foe leaves",
    "InterPodAffinity",
    pod(far("db")),
    "AssignedPod/Delete",
    { assignedPod: placed({ app: "db" }) },
    true,
  ],
  [
    "its foe comes",
    "InterPodAffinity",
    pod(far("db")),
    "AssignedPod/Add",
    { assignedPod: placed({ app: "db" }) },
    false,
  ],
  [
    "who disliked it leaves",
    "InterPodAffinity",
    pod({}, { app: "web" }),
    "AssignedPod/Delete",
    { assignedPod: placed({}, far("web")) },
    true,
  ],
  [
    "its claim comes",
    "VolumeBinding",
    pod(withClaim),
    "PersistentVolumeClaim/Add",
    { object: object("PersistentVolumeClaim", "data", {}, "default") },
    true,
  ],
  [
    "another claim comes",
    "VolumeBinding",
    pod(withClaim),
    "PersistentVolumeClaim/Add",
    { object: object("PersistentVolumeClaim", "more", {}, "default") },
    false,
  ],
  [
    "there is more room",
    "VolumeBinding",
    pod(withClaim),
    "CSIStorageCapacity/Update",
    {
      oldObject: object("CSIStorageCapacity", "c", { capacity: "1Gi" }),
      object: object("CSIStorageCapacity", "c", { capacity: "2Gi" }),
    },
    true,
  ],
  [
    "there is less room",
    "VolumeBinding",
    pod(withClaim),
    "CSIStorageCapacity/Update",
    {
      oldObject: object("CSIStorageCapacity", "c", { capacity: "2Gi" }),
      object: object("CSIStorageCapacity", "c", { capacity: "1Gi" }),
    },
    false,
  ],
  [
    "a node may attach more",
    "NodeVolumeLimits",
    pod(withClaim),
    "CSINode/Update",
    {
      oldObject: object("CSINode", "n", { spec: { drivers: [{ name: "d", allocatable: { count: 1 } }] } }),
      object: object("CSINode", "n", { spec: { drivers: [{ name: "d", allocatable: { count: 2 } }] } }),
    },
    true,
  ],
  [
    "a pod without volumes leaves",
    "NodeVolumeLimits",
    pod(withClaim),
    "AssignedPod/Delete",
    { assignedPod: placed({}) },
    false,
  ],
  [
    "who used its claim leaves",
    "VolumeRestrictions",
    pod(withClaim),
    "AssignedPod/Delete",
    { assignedPod: placed({}, withClaim) },
    true,
  ],
  [
    "a node comes",
    "NodeAffinity",
    pod({ nodeSelector: { disk: "ssd" } }),
    "Node/Add",
    { node: node({ disk: "hdd" }) },
    false,
  ],
  [
    "the right node comes",
    "NodeAffinity",
    pod({ nodeSelector: { disk: "ssd" } }),
    "Node/Add",
    { node: node({ disk: "ssd" }) },
    true,
  ],
];

describe("what may help a pod that a plugin refused", () => {
  it.each(CASES)("%s (%s)", (_says, plugin, waiting, type, event, helps) => {
    const found = (interests.get(plugin) ?? []).filter(({ types }) => types.includes(type));
    expect(found.length).toBeGreaterThan(0);
    expect(found.some(({ hint }) => hint === undefined || hint(podInfoOf(waiting), { type, ...event }))).toBe(helps);
  });
});
