import { describe, expect, it } from "vitest";
import type { ApiObject } from "../object.ts";
import { warningsOf } from "./warnings.ts";

type Spec = Readonly<Record<string, unknown>>;

const container = (more: Spec = {}): Spec => ({ name: "c", image: "nginx", ...more });

function pod(spec: Spec, metadata: Spec = {}): ApiObject {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "p", ...metadata },
    spec: { containers: [container()], ...spec },
  };
}

describe("a pod's author is warned of", () => {
  it.each<[string, ApiObject, string[]]>([
    ["nothing", pod({}), []],
    [
      "old labels of nodes",
      pod({
        nodeSelector: { "beta.kubernetes.io/arch": "amd64" },
        topologySpreadConstraints: [{ topologyKey: "failure-domain.beta.kubernetes.io/zone" }],
        affinity: {
          nodeAffinity: {
            requiredDuringSchedulingIgnoredDuringExecution: {
              nodeSelectorTerms: [
                { matchExpressions: [{ key: "node-role.kubernetes.io/master", operator: "Exists" }] },
              ],
            },
          },
        },
      }),
      [
        'spec.nodeSelector[beta.kubernetes.io/arch]: deprecated since v1.14; use "kubernetes.io/arch" instead',
        'spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchExpressions[0].key: node-role.kubernetes.io/master is use "node-role.kubernetes.io/control-plane" instead',
        'spec.topologySpreadConstraints[0].topologyKey: failure-domain.beta.kubernetes.io/zone is deprecated since v1.17; use "topology.kubernetes.io/zone" instead',
        "spec.topologySpreadConstraints[0].labelSelector: a null labelSelector results in matching no pod",
      ],
    ],
    [
      "old annotations",
      pod(
        {},
        {
          annotations: {
            "scheduler.alpha.kubernetes.io/critical-pod": "",
            "seccomp.security.alpha.kubernetes.io/pod": "x",
            "container.apparmor.security.beta.kubernetes.io/c": "x",
          },
        },
      ),
      [
        'metadata.annotations[scheduler.alpha.kubernetes.io/critical-pod]: non-functional in v1.16+; use the "priorityClassName" field instead',
        'metadata.annotations[seccomp.security.alpha.kubernetes.io/pod]: non-functional in v1.27+; use the "seccompProfile" field instead',
        'metadata.annotations[container.apparmor.security.beta.kubernetes.io/c]: deprecated since v1.30; use the "appArmorProfile" field instead',
      ],
    ],
    [
      "volumes of old",
      pod({
        volumes: [
          { name: "a", gitRepo: {} },
          { name: "b", cephfs: {} },
        ],
      }),
      [
        "spec.volumes[0].gitRepo: deprecated in v1.11",
        "spec.volumes[1].cephfs: deprecated in v1.28, non-functional in v1.31+",
      ],
    ],
    [
      "things said twice",
      pod({
        hostAliases: [{ ip: "1.1.1.1" }, { ip: "1.1.1.1" }],
        imagePullSecrets: [{ name: "a" }, { name: "a" }, {}],
        containers: [
          container({
            env: [
              { name: "A", value: "1" },
              { name: "A", value: "$(A)2" },
              { name: "A", value: "3" },
            ],
          }),
        ],
      }),
      [
        'spec.hostAliases[1].ip: duplicate ip "1.1.1.1"',
        'spec.imagePullSecrets[1].name: duplicate name "a"',
        'spec.imagePullSecrets[2].name: invalid empty name ""',
        'spec.containers[0].env[2]: hides previous definition of "A", which may be dropped when using apply',
      ],
    ],
    [
      "parts of bytes",
      pod({ containers: [container({ resources: { requests: { memory: "100m", cpu: "100m" } } })] }),
      ['spec.containers[0].resources.requests[memory]: fractional byte value "100m" is invalid, must be an integer'],
    ],
    [
      "ports that meet",
      pod({
        containers: [
          container({ ports: [{ containerPort: 80, protocol: "TCP" }] }),
          container({
            name: "d",
            ports: [
              { containerPort: 80, protocol: "TCP" },
              { containerPort: 80, hostPort: 80, protocol: "TCP" },
            ],
          }),
        ],
      }),
      [
        "spec.containers[1].ports[0]: duplicate port definition with spec.containers[0].ports[0]",
        "spec.containers[1].ports[1]: overlapping port definition with spec.containers[0].ports[0]",
        "spec.containers[1].ports[1]: overlapping port definition with spec.containers[1].ports[0]",
      ],
    ],
    [
      "an empty selector and less than no time",
      pod({
        terminationGracePeriodSeconds: -1,
        affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: "x" }] } },
      }),
      [
        "spec.terminationGracePeriodSeconds: must be >= 0; negative values are invalid and will be treated as 1",
        "spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].labelSelector: a null labelSelector results in matching no pod",
      ],
    ],
    [
      "a name that is no host's",
      pod({}, { name: "a.b" }),
      [
        "metadata.name: this is used in the Pod's hostname, which can result in surprising behavior; a DNS label is recommended: [must not contain dots]",
      ],
    ],
  ])("%s", (_, object, expected) => {
    expect(warningsOf("", "Pod", object, null)).toEqual(expected);
  });

  it("in a template under its path, and again only when it changes", () => {
    const template = { spec: { containers: [container()], volumes: [{ name: "a", gitRepo: {} }] } };
    const deployment = (generation: number): ApiObject => ({ metadata: { name: "d", generation }, spec: { template } });
    const expected = ["spec.template.spec.volumes[0].gitRepo: deprecated in v1.11"];
    expect(warningsOf("apps", "Deployment", deployment(1), null)).toEqual(expected);
    expect(warningsOf("apps", "Deployment", deployment(1), deployment(1))).toEqual([]);
    expect(warningsOf("apps", "Deployment", deployment(2), deployment(1))).toEqual(expected);
    const cronJob = { metadata: { name: "c" }, spec: { schedule: "* * * * *", jobTemplate: { spec: { template } } } };
    expect(warningsOf("batch", "CronJob", cronJob, null)).toEqual([
      "spec.jobTemplate.spec.template.spec.volumes[0].gitRepo: deprecated in v1.11",
    ]);
  });
});

describe("others are warned of", () => {
  it.each<[string, string, Spec, string[]]>([
    [
      "",
      "Service",
      {
        type: "ClusterIP",
        clusterIP: "None",
        clusterIPs: ["None"],
        externalIPs: ["010.0.0.1"],
        sessionAffinity: "ClientIP",
        externalName: "x",
      },
      [
        "spec.externalIPs is ignored for headless services",
        "spec.SessionAffinity is ignored for headless services",
        'spec.externalIPs[0]: non-standard IP address "010.0.0.1" will be considered invalid in a future Kubernetes release: use "10.0.0.1"',
        'spec.externalName is ignored when spec.type is not "ExternalName"',
      ],
    ],
    [
      "",
      "Service",
      {
        type: "LoadBalancer",
        clusterIPs: ["2001:DB8::1"],
        sessionAffinity: "None",
        loadBalancerSourceRanges: ["10.0.0.1/8"],
      },
      [
        'spec.clusterIPs[0]: IPv6 address "2001:DB8::1" should be in RFC 5952 canonical format ("2001:db8::1")',
        'spec.loadBalancerSourceRanges[0]: CIDR value "10.0.0.1/8" is ambiguous in this context (should be "10.0.0.0/8" or "10.0.0.1/32"?)',
      ],
    ],
    [
      "",
      "PersistentVolume",
      { persistentVolumeReclaimPolicy: "Recycle", rbd: {} },
      [
        "spec.persistentVolumeReclaimPolicy: The Recycle reclaim policy is deprecated. Instead, the recommended approach is to use dynamic provisioning.",
        "spec.rbd: deprecated in v1.28, non-functional in v1.31+",
      ],
    ],
    [
      "",
      "PersistentVolumeClaim",
      { resources: { requests: { storage: "1500m" } } },
      ['spec.resources.requests[storage]: fractional byte value "1500m" is invalid, must be an integer'],
    ],
    ["", "Node", { externalID: "x" }, ["spec.externalID: this field is deprecated, and is unused by Kubernetes"]],
    [
      "networking.k8s.io",
      "NetworkPolicy",
      { ingress: [{ from: [{ ipBlock: { cidr: "10.0.0.0/8", except: ["10.1.2.3/16"] } }] }] },
      [
        'spec.ingress[0].from[0].ipBlock.except[0]: CIDR value "10.1.2.3/16" is ambiguous in this context (should be "10.1.0.0/16" or "10.1.2.3/32"?)',
      ],
    ],
  ])("%s %s", (group, kind, spec, expected) => {
    expect(warningsOf(group, kind, { metadata: { name: "a" }, spec }, null)).toEqual(expected);
  });

  it("an Ingress's annotation at its creation", () => {
    const object = { metadata: { name: "i", annotations: { "kubernetes.io/ingress.class": "x" } }, spec: {} };
    expect(warningsOf("networking.k8s.io", "Ingress", object, null)).toEqual([
      `annotation "kubernetes.io/ingress.class" is deprecated, please use 'spec.ingressClassName' instead`,
    ]);
    expect(warningsOf("networking.k8s.io", "Ingress", object, object)).toEqual([]);
  });

  it("a Secret that has no certificate", () => {
    const object = { metadata: { name: "s" }, type: "kubernetes.io/tls", data: { "tls.crt": "", "tls.key": "" } };
    expect(warningsOf("", "Secret", object, null)).toEqual(["tls: failed to find any PEM data in certificate input"]);
  });
});
