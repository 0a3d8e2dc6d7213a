import { expect, test } from "vitest";
import { invalid } from "../status-errors.ts";
import { CLUSTER_META, linesOf, linesOfUpdate, object } from "./testing.ts";
import { validateCreate } from "./validation.ts";

/** A request may be 3 MiB long: what looking at it costs grows with its length, not with the square of it. */
const QUICK = { timeout: 4_000 };
const COUNT = 40_000;
const many = <T>(make: (index: number) => T): T[] => Array.from({ length: COUNT }, (_, index) => make(index));
const podWith = (spec: object, container: object = {}) =>
  object("v1", "Pod", { spec: { containers: [{ name: "a", image: "a", ...container }], ...spec } });

test("tolerations of a pod that is updated", QUICK, () => {
  const tolerations = many((index) => ({ key: `a${index}`, operator: "Exists" }));
  const [before, after] = [podWith({ tolerations }), podWith({ tolerations: [...tolerations].reverse() })];
  expect(linesOfUpdate(after, before)).toEqual([]);
});

test("spreads, gates and claims of a pod", QUICK, () => {
  const topologySpreadConstraints = many((index) => ({
    maxSkew: 1,
    topologyKey: `a${index}`,
    whenUnsatisfiable: "DoNotSchedule",
    labelSelector: {},
  }));
  const schedulingGates = [...many((index) => ({ name: `a${index}` })), { name: "a0" }];
  const resourceClaims = many((index) => ({ name: `a${index}`, resourceClaimName: "a" }));
  const claims = many((index) => ({ name: `a${index}` }));
  const pod = podWith({ topologySpreadConstraints, schedulingGates, resourceClaims }, { resources: { claims } });
  expect(linesOf(pod)).toEqual([`spec.schedulingGates[${COUNT}]: Duplicate value: "a0"`]);
});

test("mounts beside devices", QUICK, () => {
  const volumes = many((index) => ({ name: `v${index}`, persistentVolumeClaim: { claimName: "a" } }));
  const volumeDevices = many((index) => ({ name: `v${index}`, devicePath: `/a${index}` }));
  const pod = podWith({ volumes }, { volumeDevices, volumeMounts: [{ name: "v7", mountPath: "/b" }] });
  expect(linesOf(pod)).toContain(
    'spec.containers[0].volumeMounts[0].name: Invalid value: "v7": must not already exist in volumeDevices',
  );
});

test("addresses of a node", QUICK, () => {
  const addresses = many((index) => ({ type: "InternalIP", address: `a${index}` }));
  const node = object("v1", "Node", { status: { addresses } }, CLUSTER_META);
  expect(linesOfUpdate(node, node)).toEqual([]);
});

test("scopes of a quota: what is told of them all is bounded", QUICK, () => {
  const hard = Object.fromEntries(many((index) => [`count/a${index}.b`, "1"]));
  const quota = object("v1", "ResourceQuota", { spec: { hard, scopes: many((index) => `S${index}`) } });
  const { message = "" } = invalid({ kind: "ResourceQuota" }, "a", validateCreate(quota));
  expect(message).toMatch(/, \d+ more errors\]$/);
  expect(message.length).toBeLessThan(5_000_000);
});
