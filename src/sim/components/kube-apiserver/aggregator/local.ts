import { GROUPS, KINDS } from "../../../api/kinds.ts";
import type { ApiObject } from "../../../api/object.ts";

/** APIServices of what this server has itself (controlplane's `aggregator.go`): their places in discovery. */
const PRIORITIES: Readonly<Record<string, number>> = {
  "": 18_000,
  apps: 17_800,
  "events.k8s.io": 17_750,
  "authentication.k8s.io": 17_700,
  "authorization.k8s.io": 17_600,
  autoscaling: 17_500,
  batch: 17_400,
  "certificates.k8s.io": 17_300,
  "networking.k8s.io": 17_200,
  policy: 17_100,
  "rbac.authorization.k8s.io": 17_000,
  "storage.k8s.io": 16_800,
  "apiextensions.k8s.io": 16_700,
  "admissionregistration.k8s.io": 16_700,
  "scheduling.k8s.io": 16_600,
  "coordination.k8s.io": 16_500,
  "node.k8s.io": 16_300,
  "discovery.k8s.io": 16_200,
  "flowcontrol.apiserver.k8s.io": 16_100,
};

const VERSION_PRIORITIES: Readonly<Record<string, number>> = {
  "/v1": 1,
  "autoscaling/v2": 30,
  "flowcontrol.apiserver.k8s.io/v1": 21,
};
const USUAL_VERSION_PRIORITY = 15;
const CUSTOM_GROUP_PRIORITY = 1000;
const CUSTOM_VERSION_PRIORITY = 100;
export const AUTOMANAGED = "kube-aggregator.kubernetes.io/automanaged";

export function apiServiceName(group: string, version: string): string {
  return `${version}.${group}`;
}

/** Of the built-in groups. What has no place (metrics, the APIServices' own group) registers itself, or not at all. */
export function localApiServices(): ApiObject[] {
  return GROUPS.flatMap(({ group, versions }) => {
    const priority = PRIORITIES[group];
    if (priority === undefined) return [];
    const served = versions.filter((version) => KINDS.some((kind) => kind.group === group && kind.version === version));
    return served.map((version) => {
      const own = VERSION_PRIORITIES[`${group}/${version}`] ?? USUAL_VERSION_PRIORITY;
      return apiService(group, version, priority, own, "onstart");
    });
  });
}

export function customApiService(group: string, version: string): ApiObject {
  return apiService(group, version, CUSTOM_GROUP_PRIORITY, CUSTOM_VERSION_PRIORITY, "true");
}

function apiService(group: string, version: string, priority: number, own: number, managed: string): ApiObject {
  return {
    kind: "APIService",
    apiVersion: "apiregistration.k8s.io/v1",
    metadata: { name: apiServiceName(group, version), labels: { [AUTOMANAGED]: managed } },
    spec: {
      ...(group === "" ? {} : { group }),
      groupPriorityMinimum: priority,
      version,
      versionPriority: own,
    },
  };
}
