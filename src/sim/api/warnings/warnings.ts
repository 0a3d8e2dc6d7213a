/** What whoever writes an object should know, though it is taken (`WarningsOnCreate`, `WarningsOnUpdate` of upstream's strategies). */
import { validateDns1123Label } from "../names.ts";
import type { ApiObject } from "../object.ts";
import { child, type Fields, isPresent, item, list, record, text } from "../validation/common.ts";
import { addressWarnings, rangeWarnings } from "./addresses.ts";
import { claimSpecWarnings, classAnnotationWarnings } from "./claims.ts";
import { deprecatedNodeLabel } from "./node-labels.ts";
import { nodeTermWarnings, podWarnings } from "./pod.ts";

type Warn = (object: Fields, isNew: boolean) => string[];

const TEMPLATE_OF_WORKLOAD = "spec.template";

const KINDS: Readonly<Record<string, Warn>> = {
  "/Pod": (pod, isNew) => [
    ...(isNew ? hostnameWarnings(pod, "this is used in the Pod's hostname") : []),
    ...podWarnings(pod, ""),
  ],
  "/PodTemplate": (object) => podWarnings(record(object.template), "template"),
  "/ReplicationController": workload,
  "apps/ReplicaSet": workload,
  "apps/Deployment": workload,
  "apps/DaemonSet": (object) => podWarnings(record(record(object.spec).template), TEMPLATE_OF_WORKLOAD),
  "apps/StatefulSet": (object, isNew) => [...statefulSet(object), ...(isNew ? podNameWarnings(object) : [])],
  "batch/Job": (object, isNew) => [
    ...(isNew ? podNameWarnings(object) : []),
    ...jobWarnings(record(object.spec), "spec"),
  ],
  "batch/CronJob": (object, isNew) => [
    ...(isNew ? podNameWarnings(object) : []),
    ...jobWarnings(record(record(record(object.spec).jobTemplate).spec), "spec.jobTemplate.spec"),
    ...zoneWarnings(text(record(object.spec).schedule)),
  ],
  "/Service": service,
  "/Node": node,
  "/PersistentVolume": volume,
  "/PersistentVolumeClaim": (object) => [
    ...classAnnotationWarnings(object),
    ...claimSpecWarnings(record(object.spec), "spec"),
  ],
  "/Secret": secret,
  "networking.k8s.io/Ingress": (object, isNew) => (isNew ? ingress(object) : []),
  "networking.k8s.io/NetworkPolicy": networkPolicy,
  "node.k8s.io/RuntimeClass": runtimeClass,
  "storage.k8s.io/StorageClass": storageClass,
  "storage.k8s.io/CSIStorageCapacity": storageCapacity,
};

/** Kinds that are looked at again only when their spec has changed. */
const BY_GENERATION: readonly string[] = [
  "/ReplicationController",
  "apps/ReplicaSet",
  "apps/Deployment",
  "apps/DaemonSet",
  "apps/StatefulSet",
  "batch/Job",
];

/** `old`: null at creation. */
export function warningsOf(group: string, kind: string, object: ApiObject, old: ApiObject | null): string[] {
  const name = `${group}/${kind}`;
  const warn = Object.hasOwn(KINDS, name) ? KINDS[name] : undefined;
  if (warn === undefined) return [];
  const isSame = old !== null && old.metadata?.generation === object.metadata?.generation;
  return isSame && BY_GENERATION.includes(name) ? [] : warn(object, old === null);
}

function hostnameWarnings({ metadata }: Fields, used: string): string[] {
  const wrong = validateDns1123Label(text(record(metadata).name));
  if (wrong.length === 0) return [];
  const why = "which can result in surprising behavior; a DNS label is recommended";
  return [`metadata.name: ${used}, ${why}: [${wrong.join(" ")}]`];
}

function podNameWarnings(object: Fields): string[] {
  return hostnameWarnings(object, "this is used in Pod names and hostnames");
}

function workload(object: Fields, isNew: boolean): string[] {
  const template = podWarnings(record(record(object.spec).template), TEMPLATE_OF_WORKLOAD);
  return isNew ? [...podNameWarnings(object), ...template] : template;
}

function statefulSet(object: Fields): string[] {
  const spec = record(object.spec);
  const warnings = podWarnings(record(spec.template), TEMPLATE_OF_WORKLOAD);
  list(spec.volumeClaimTemplates).forEach((claim, index) => {
    warnings.push(...claimSpecWarnings(record(record(claim).spec), item("spec.volumeClaimTemplates", index)));
  });
  if (typeof spec.revisionHistoryLimit === "number" && spec.revisionHistoryLimit < 0)
    warnings.push(
      "spec.revisionHistoryLimit: a negative value retains all historical revisions; a value >= 0 is recommended",
    );
  return warnings;
}

const COMPLETIONS_MAX = 100_000;
const PARALLELISM_MAX = 10_000;

function jobWarnings(spec: Fields, at: string): string[] {
  const warnings = podWarnings(record(spec.template), child(at, "template"));
  const isMuch = Number(spec.completions ?? 0) > COMPLETIONS_MAX && Number(spec.parallelism ?? 0) > PARALLELISM_MAX;
  if (spec.completionMode !== "Indexed" || !isMuch) return warnings;
  const why =
    "In Indexed Jobs with a number of completions higher than 10^5 and a parallelism higher than 10^4, Kubernetes might not be able to track completedIndexes when a big number of indexes fail";
  return [`${at}: ${why}`, ...warnings];
}

function zoneWarnings(schedule: string): string[] {
  if (!schedule.includes("TZ")) return [];
  return [
    "CRON_TZ or TZ used in spec.spec.schedule is not officially supported, see https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/ for more details",
  ];
}

const HINTS = "service.kubernetes.io/topology-aware-hints";

function service(object: Fields): string[] {
  const spec = record(object.spec);
  const warnings: string[] = [];
  if (record(record(object.metadata).annotations)[HINTS] !== undefined)
    warnings.push(`annotation ${HINTS} is deprecated, please use service.kubernetes.io/topology-mode instead`);
  const isHeadless = spec.type === "ClusterIP" && spec.clusterIP === "None";
  const externalIps = list(spec.externalIPs).map(text);
  if (!isHeadless)
    list(spec.clusterIPs).forEach((ip, index) => {
      warnings.push(...addressWarnings(item("spec.clusterIPs", index), text(ip)));
    });
  if (isHeadless) {
    if (text(spec.loadBalancerIP) !== "") warnings.push("spec.loadBalancerIP is ignored for headless services");
    if (externalIps.length > 0) warnings.push("spec.externalIPs is ignored for headless services");
    if (spec.sessionAffinity !== "None") warnings.push("spec.SessionAffinity is ignored for headless services");
  }
  externalIps.forEach((ip, index) => {
    warnings.push(...addressWarnings(item("spec.externalIPs", index), ip));
  });
  if (text(spec.loadBalancerIP) !== "")
    warnings.push(...addressWarnings("spec.loadBalancerIP", text(spec.loadBalancerIP)));
  list(spec.loadBalancerSourceRanges).forEach((range, index) => {
    warnings.push(...rangeWarnings(item("spec.loadBalancerSourceRanges", index), text(range)));
  });
  const isExternal = spec.type === "ExternalName";
  if (isExternal && externalIps.length > 0)
    warnings.push('spec.externalIPs is ignored when spec.type is "ExternalName"');
  if (!isExternal && text(spec.externalName) !== "")
    warnings.push('spec.externalName is ignored when spec.type is not "ExternalName"');
  return warnings;
}

function node(object: Fields): string[] {
  const spec = record(object.spec);
  const warnings: string[] = [];
  if (isPresent(spec.configSource))
    warnings.push("spec.configSource: deprecated in v1.22, support removal is planned in v1.23");
  if (text(spec.externalID) !== "")
    warnings.push("spec.externalID: this field is deprecated, and is unused by Kubernetes");
  list(spec.podCIDRs).forEach((range, index) => {
    warnings.push(...rangeWarnings(item("spec.podCIDRs", index), text(range)));
  });
  return warnings;
}

const VOLUME_SOURCES: readonly (readonly [name: string, shown: string, why: string])[] = [
  ["cephfs", "cephfs", "deprecated in v1.28, non-functional in v1.31+"],
  ["photonPersistentDisk", "photonPersistentDisk", "deprecated in v1.11, non-functional in v1.16+"],
  ["scaleIO", "scaleIO", "deprecated in v1.16, non-functional in v1.22+"],
  ["storageos", "storageOS", "deprecated in v1.22, non-functional in v1.25+"],
  ["glusterfs", "glusterfs", "deprecated in v1.25, non-functional in v1.26+"],
  ["rbd", "rbd", "deprecated in v1.28, non-functional in v1.31+"],
];

function volume(object: Fields): string[] {
  const spec = record(object.spec);
  const warnings = classAnnotationWarnings(object);
  if (spec.persistentVolumeReclaimPolicy === "Recycle")
    warnings.push(
      "spec.persistentVolumeReclaimPolicy: The Recycle reclaim policy is deprecated. Instead, the recommended approach is to use dynamic provisioning.",
    );
  list(record(record(spec.nodeAffinity).required).nodeSelectorTerms).forEach((term, index) => {
    warnings.push(...nodeTermWarnings(record(term), item("spec.nodeAffinity.required.nodeSelectorTerms", index)));
  });
  for (const [name, shown, why] of VOLUME_SOURCES) if (isPresent(spec[name])) warnings.push(`spec.${shown}: ${why}`);
  return warnings;
}

/** Of a certificate and its key only that there are some is looked at. */
function secret({ type, data }: Fields): string[] {
  if (type !== "kubernetes.io/tls") return [];
  for (const [key, what] of [
    ["tls.crt", "certificate"],
    ["tls.key", "key"],
  ] as const)
    if (!text(record(data)[key]).startsWith(PEM)) return [`tls: failed to find any PEM data in ${what} input`];
  return [];
}

/** `-----BEGIN ` in base64, as far as it does not depend on what follows. */
const PEM = "LS0tLS1CRUdJTi";

const INGRESS_CLASS = "kubernetes.io/ingress.class";

function ingress({ metadata, spec }: Fields): string[] {
  const isOld = record(record(metadata).annotations)[INGRESS_CLASS] !== undefined;
  if (!isOld || isPresent(record(spec).ingressClassName)) return [];
  return [`annotation ${JSON.stringify(INGRESS_CLASS)} is deprecated, please use 'spec.ingressClassName' instead`];
}

function networkPolicy({ spec }: Fields): string[] {
  const warnings: string[] = [];
  for (const [direction, peers] of [
    ["ingress", "from"],
    ["egress", "to"],
  ] as const)
    list(record(spec)[direction]).forEach((rule, at) => {
      list(record(rule)[peers]).forEach((peer, index) => {
        const { ipBlock } = record(peer);
        if (!isPresent(ipBlock)) return;
        const path = child(item(child(item(`spec.${direction}`, at), peers), index), "ipBlock");
        warnings.push(...rangeWarnings(child(path, "cidr"), text(record(ipBlock).cidr)));
        list(record(ipBlock).except).forEach((range, position) => {
          warnings.push(...rangeWarnings(item(child(path, "except"), position), text(range)));
        });
      });
    });
  return warnings;
}

function runtimeClass({ scheduling }: Fields): string[] {
  return Object.keys(record(record(scheduling).nodeSelector))
    .sort()
    .flatMap((key) => {
      const why = deprecatedNodeLabel(key);
      return why === undefined ? [] : [`scheduling.nodeSelector: ${why}`];
    });
}

function storageClass({ allowedTopologies }: Fields): string[] {
  return list(allowedTopologies).flatMap((topology, at) =>
    list(record(topology).matchLabelExpressions).flatMap((expression, index) => {
      const key = text(record(expression).key);
      const why = deprecatedNodeLabel(key);
      const path = child(item(child(item("allowedTopologies", at), "matchLabelExpressions"), index), "key");
      return why === undefined ? [] : [`${path}: ${key} is ${why}`];
    }),
  );
}

function storageCapacity({ nodeTopology }: Fields): string[] {
  const { matchExpressions, matchLabels } = record(nodeTopology);
  const warnings = nodeTermWarnings({ matchExpressions }, "nodeTopology");
  for (const key of Object.keys(record(matchLabels)).sort()) {
    const why = deprecatedNodeLabel(key);
    if (why !== undefined) warnings.push(`nodeTopology.matchLabels.${key}: ${why}`);
  }
  return warnings;
}
