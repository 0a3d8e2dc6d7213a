import { describe, expect, it } from "vitest";
import { applyDefaults } from "../defaulting/defaulting.ts";
import type { ApiObject } from "../object.ts";
import { CLUSTER_META, type Fields, linesOf, linesOfUpdate, META, object, type Row } from "./testing.ts";

function rows(table: readonly Row[]): void {
  it.each(table.map(([what, created, lines]) => ({ what, created, lines })))("$what", ({ created, lines }) => {
    expect(linesOf(created)).toEqual(lines);
  });
}

function pod(spec: Fields, container: Fields = {}, metadata: Fields = {}): ApiObject {
  return applyDefaults({
    apiVersion: "v1",
    kind: "Pod",
    metadata: { ...META, ...metadata },
    spec: { containers: [{ name: "c", image: "i", ...container }], serviceAccountName: "default", ...spec },
  });
}

const ZERO_LABEL =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";

describe("metadata", () => {
  const configMap = (metadata: Fields): ApiObject => object("v1", "ConfigMap", {}, { ...META, ...metadata });
  rows([
    [
      "of owners says what is missing, not of which",
      configMap({ ownerReferences: [{ apiVersion: "a/b/c", kind: "K", name: "n", uid: "" }] }),
      [
        'metadata.ownerReferences.apiVersion: Invalid value: "a/b/c": version must not be empty',
        'metadata.ownerReferences.uid: Invalid value: "": must not be empty',
      ],
    ],
    [
      "has finalizers in a domain, or standard ones",
      configMap({ finalizers: ["mine", "a.io/b", "orphan", "foregroundDeletion"] }),
      [
        'metadata.finalizers: Invalid value: []string{"mine", "a.io/b", "orphan", "foregroundDeletion"}: finalizer orphan and foregroundDeletion cannot be both set',
        'metadata.finalizers[0]: Invalid value: "mine": name is neither a standard finalizer name nor is it fully qualified',
      ],
    ],
  ]);

  it("of a change takes no finalizer without a domain either", () => {
    expect(linesOfUpdate(configMap({ finalizers: ["mine"] }), configMap({}))).toContain(
      'metadata.finalizers[0]: Invalid value: "mine": name is neither a standard finalizer name nor is it fully qualified',
    );
    const hooks = (metadata: Fields): ApiObject =>
      object("admissionregistration.k8s.io/v1", "MutatingWebhookConfiguration", {}, { ...CLUSTER_META, ...metadata });
    expect(linesOfUpdate(hooks({ finalizers: ["mine"] }), hooks({}))).toEqual([]);
  });

  it("of an object that goes takes no new finalizers", () => {
    const going = { deletionTimestamp: "2026-01-01T00:00:00Z" };
    expect(linesOfUpdate(configMap({ ...going, finalizers: ["b.io/b", "a.io/a"] }), configMap(going))[0]).toBe(
      'metadata.finalizers: Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers []string{"a.io/a", "b.io/b"}',
    );
  });
});

describe("volumes", () => {
  const volume = (fields: Fields): ApiObject => pod({ volumes: [{ name: "v", ...fields }] });
  const at = "spec.volumes[0]";
  rows([
    [
      "of Google's disks, by upstream's path and bound",
      volume({ gcePersistentDisk: { pdName: "", partition: 256 } }),
      [
        `${at}.persistentDisk.pdName: Required value`,
        `${at}.persistentDisk.partition: Invalid value: 256: must be between 1 and 255, inclusive`,
      ],
    ],
    [
      "of NFS without a path: it is missing and not absolute",
      volume({ nfs: { server: "s", path: "" } }),
      [`${at}.nfs.path: Required value`, `${at}.nfs.path: Invalid value: "": must be an absolute path`],
    ],
    [
      "of Quobyte: a tenant too long hides a registry without ports",
      volume({ quobyte: { registry: "r", volume: "v", tenant: "t".repeat(65) } }),
      [`${at}.quobyte.tenant: Required value: must be a UUID and may not exceed a length of 64 characters`],
    ],
    [
      "of iSCSI: names, and how long they are together",
      volume({ iscsi: { targetPortal: "p".repeat(63), iqn: "eui.0123456789ABCDEX1", initiatorName: "2004" } }),
      [
        `${at}.iscsi.iqn: Invalid value: "eui.0123456789ABCDEX1": must be valid format`,
        `${at}.iscsi.initiatorname: Invalid value: "2004": must be valid format starting with iqn, eui, or naa`,
        `${at}.name: Invalid value: "v": Total length of <volume name>:<iscsi.targetPortal> must be under 64 characters if iscsi.initiatorName is specified.`,
      ],
    ],
    [
      "of FlexVolumes: options are not Kubernetes' own",
      volume({ flexVolume: { driver: "d", options: { "Foo.KUBERNETES.io/x": "y", foo: "bar" } } }),
      [
        `${at}.flexVolume.options[Foo.KUBERNETES.io/x]: Invalid value: "Foo.KUBERNETES.io/x": kubernetes.io and k8s.io namespaces are reserved`,
      ],
    ],
    [
      "of StorageOS",
      volume({ storageos: { volumeNamespace: "A", secretRef: {} } }),
      [
        `${at}.storageos.volumeName: Required value`,
        `${at}.storageos.volumeNamespace: Invalid value: "A": ${ZERO_LABEL}`,
        `${at}.storageos.secretRef.name: Required value`,
      ],
    ],
    [
      "have one source, and upstream's slips in the path of a second",
      volume({ emptyDir: {}, cephfs: { monitors: ["m"] }, downwardAPI: {} }),
      [
        `${at}.cephFS: Forbidden: may not specify more than 1 volume type`,
        `${at}.downwarAPI: Forbidden: may not specify more than 1 volume type`,
      ],
    ],
    [
      "projected: each path once, a token's path is the volume's",
      volume({
        projected: {
          sources: [
            { secret: { name: "s", items: [{ key: "k", path: "p" }] } },
            { configMap: { name: "m", items: [{ key: "k", path: "p" }] } },
            { serviceAccountToken: { path: "../x", expirationSeconds: 599 } },
          ],
        },
      }),
      [
        `${at}.projected: Invalid value: "m": conflicting duplicate paths`,
        `${at}.projected.sources[2].serviceAccountToken.expirationSeconds: Invalid value: 599: may not specify a duration less than 10 minutes`,
        `${at}.projected.path: Invalid value: "../x": must not contain '..'`,
      ],
    ],
    [
      "of claims that are made for ephemeral volumes are not claimed again",
      pod({
        volumes: [
          {
            name: "e",
            ephemeral: {
              volumeClaimTemplate: {
                spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } },
              },
            },
          },
          { name: "p", persistentVolumeClaim: { claimName: "a-e" } },
        ],
      }),
      [
        'spec.volumes[1].persistentVolumeClaim.claimName: Invalid value: "a-e": must not reference a PVC that gets created for an ephemeral volume',
      ],
    ],
  ]);
});

describe("containers", () => {
  const container = (fields: Fields, spec: Fields = {}): ApiObject => pod(spec, fields);
  const at = "spec.containers[0]";
  rows([
    [
      "mount what the pod has; subpaths' errors do not say where",
      container(
        {
          volumeMounts: [
            { name: "x", mountPath: "/a", subPath: "../b" },
            { name: "v", mountPath: "/b", recursiveReadOnly: "Enabled", mountPropagation: "HostToContainer" },
          ],
        },
        { volumes: [{ name: "v", emptyDir: {} }] },
      ),
      [
        `${at}.volumeMounts[0].name: Not found: "x"`,
        `${at}.volumeMounts.subPath: Invalid value: "../b": must not contain '..'`,
        `${at}.volumeMounts.recursiveReadOnly: Forbidden: may only be specified when readOnly is true`,
        `${at}.volumeMounts.recursiveReadOnly: Forbidden: may only be specified when mountPropagation is None or not specified`,
      ],
    ],
    [
      "use devices of claims, by paths without steps back",
      container(
        { volumeDevices: [{ name: "v", devicePath: "/dev/../x" }] },
        { volumes: [{ name: "v", emptyDir: {} }] },
      ),
      [
        `${at}.volumeDevices[0].name: Invalid value: "v": can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode`,
        `${at}.volumeDevices[0].devicePath: Invalid value: "/dev/../x": can not contain backsteps ('..')`,
      ],
    ],
    [
      "name what they read of their pod and of themselves",
      container({
        env: [
          { name: "A", valueFrom: { fieldRef: { apiVersion: "v2", fieldPath: "metadata.name" } } },
          { name: "B", valueFrom: { fieldRef: { fieldPath: "metadata.annotations['B C/x']" } } },
          { name: "C", valueFrom: { resourceFieldRef: { resource: "limits.ephemeral-storage", divisor: "10m" } } },
        ],
        envFrom: [{ configMapRef: { name: "" } }],
      }),
      [
        `${at}.env[0].valueFrom.fieldRef.fieldPath: Invalid value: "metadata.name": error converting fieldPath: unsupported pod version: v2`,
        `${at}.env[1].valueFrom.fieldRef: Invalid value: "b c/x": prefix part a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')`,
        `${at}.env[2].valueFrom.resourceFieldRef.divisor: Invalid value: "limits.ephemeral-storage": only divisor's values 1, 1k, 1M, 1G, 1T, 1P, 1E, 1Ki, 1Mi, 1Gi, 1Ti, 1Pi, 1Ei are supported with the local ephemeral storage resource`,
        `${at}.envFrom[0].configMapRef.name: Required value`,
      ],
    ],
    [
      "ask for whole pages, and for devices that limits name",
      container({ resources: { limits: { cpu: "1", "hugepages-2Mi": "3Mi" }, requests: { "a.io/d": "1500m" } } }),
      [
        `${at}.resources.limits[hugepages-2Mi]: Invalid value: "3Mi": 3Mi is not positive integer multiple of hugepages-2Mi`,
        `${at}.resources.requests[a.io/d]: Invalid value: resource.Quantity{i:resource.int64Amount{value:1500, scale:-3}, d:resource.infDecAmount{Dec:(*inf.Dec)(nil)}, s:"1500m", Format:"DecimalSI"}: must be an integer`,
        `${at}.resources.limits: Required value: Limit must be set for non overcommitable resources`,
        `${at}.resources.requests[hugepages-2Mi]: Invalid value: "3Mi": 3Mi is not positive integer multiple of hugepages-2Mi`,
      ],
    ],
    [
      "use the pod's claims, each once",
      container(
        { resources: { claims: [{ name: "x", request: "r" }, { name: "x" }, { name: "y" }] } },
        { resourceClaims: [{ name: "x", resourceClaimName: "c" }] },
      ),
      [
        `${at}.resources.claims[1]: Duplicate value: "x"`,
        `${at}.resources.claims[2]: Not found: "y": must be one of the names in pod.spec.resourceClaims: x`,
      ],
    ],
    [
      "are resized as their pod allows",
      container(
        {
          resizePolicy: [
            { resourceName: "cpu", restartPolicy: "RestartContainer" },
            { resourceName: "cpu", restartPolicy: "NotRequired" },
          ],
        },
        { restartPolicy: "Never" },
      ),
      [
        `${at}.resizePolicy: Invalid value: "RestartContainer": must be 'NotRequired' when \`restartPolicy\` is 'Never'`,
        `${at}.resizePolicy[1]: Duplicate value: cpu`,
      ],
    ],
  ]);
});

describe("pods", () => {
  rows([
    [
      "with users of their own share nothing else with the host",
      pod({ hostUsers: false, hostPID: true, hostNetwork: true }),
      [
        "spec.hostNetwork: Forbidden: when `pod.Spec.HostUsers` is false",
        "spec.HostPID: Forbidden: when `pod.Spec.HostUsers` is false",
      ],
    ],
    [
      "in the host's network leave its parameters alone",
      pod({
        hostNetwork: true,
        securityContext: {
          sysctls: [
            { name: "net/ipv4.1/x", value: "1" },
            { name: "a.b", value: "1" },
          ],
        },
      }),
      [
        "spec.securityContext.sysctls[0].name: Invalid value: \"net/ipv4.1/x\": may not be specified when 'hostNetwork' is true",
      ],
    ],
    [
      "share processes or the host's",
      pod({ hostPID: true, shareProcessNamespace: true }),
      [
        "spec.securityContext.shareProcessNamespace: Invalid value: true: ShareProcessNamespace and HostPID cannot both be enabled",
      ],
    ],
    [
      "of Windows",
      pod(
        { os: { name: "windows" }, shareProcessNamespace: false, hostUsers: true },
        { securityContext: { windowsOptions: { runAsUserName: "a\\b\\c", gmsaCredentialSpec: "" } } },
      ),
      [
        'spec.containers[0].securityContext.windowsOptions.gmsaCredentialSpec: Invalid value: "": gmsaCredentialSpec cannot be an empty string',
        'spec.containers[0].securityContext.windowsOptions.runAsUserName: Invalid value: "a\\\\b\\\\c": runAsUserName cannot contain more than one backslash',
        "spec.hostUsers: Forbidden: cannot be set for a windows pod",
        "spec.shareProcessNamespace: Forbidden: cannot be set for a windows pod",
      ],
    ],
    [
      "are stopped with signals of the system they name",
      pod({}, { lifecycle: { stopSignal: "SIGUSR1" } }),
      ["spec.containers[0].lifecycle.stopSignal: Forbidden: may not be set for containers with empty `spec.os.name`"],
    ],
    ["of Linux, signals of its own", pod({ os: { name: "linux" } }, { lifecycle: { stopSignal: "SIGRTMIN+3" } }), []],
    [
      "of Windows, two signals",
      pod({ os: { name: "windows" } }, { lifecycle: { stopSignal: "SIGHUP" } }),
      ['spec.containers[0].lifecycle.stopSignal: Unsupported value: "SIGHUP": supported values: "SIGKILL", "SIGTERM"'],
    ],
    [
      "whose containers are the host's processes, all of them, in its network",
      pod({
        containers: [
          { name: "c", image: "i", securityContext: { windowsOptions: { hostProcess: true } } },
          { name: "d", image: "i" },
        ],
      }),
      [
        'spec: Invalid value: "": If pod contains any hostProcess containers then all containers must be HostProcess containers',
        "spec.hostNetwork: Invalid value: false: hostNetwork must be true if pod contains any hostProcess containers",
      ],
    ],
    [
      "of an unknown system",
      pod({ os: { name: "dos" } }),
      ['spec.os: Unsupported value: "dos": supported values: "linux", "windows"'],
    ],
    [
      "resolve names: nothing else is looked at without the servers that None needs",
      pod({ dnsPolicy: "None", dnsConfig: { searches: ["-"] } }),
      ["spec.dnsConfig.nameservers: Required value: must provide at least one DNS nameserver when `dnsPolicy` is None"],
    ],
    [
      "search domains with underscores, too",
      pod({ dnsConfig: { searches: ["_tcp.a_b.c.", ".", "a!b"] } }),
      [
        "spec.dnsConfig.searches[2]: Invalid value: \"a!b\": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '_', '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?(\\._?[a-z0-9]([-_a-z0-9]*[a-z0-9])?)*')",
      ],
    ],
    [
      "say the same in annotations of old and in fields",
      pod(
        { securityContext: { seccompProfile: { type: "Unconfined" } } },
        {},
        {
          annotations: {
            "seccomp.security.alpha.kubernetes.io/pod": "runtime/default",
            "container.seccomp.security.alpha.kubernetes.io/c": "localhost//x",
          },
        },
      ),
      [
        'metadata.annotations.container.seccomp.security.alpha.kubernetes.io/c: Invalid value: "/x": must be a relative path',
        "spec.securityContext.seccompProfile.type: Forbidden: seccomp type in annotation and field must match",
      ],
    ],
    [
      "without a service account have no tokens",
      pod({
        serviceAccountName: "",
        volumes: [{ name: "v", projected: { sources: [{ serviceAccountToken: { path: "t" } }] } }],
      }),
      [
        "spec.volumes[0].projected.sources[0].serviceAccountToken: Forbidden: must not be specified when serviceAccountName is not set",
      ],
    ],
  ]);

  it("in templates may have blanks around images, and leave ports to the host", () => {
    const template = object("v1", "PodTemplate", {
      template: {
        spec: {
          hostNetwork: true,
          containers: [{ name: "c", image: " i", ports: [{ containerPort: 80 }] }],
        },
      },
    });
    expect(linesOf(template)).toEqual([]);
    expect(linesOf(pod({ containers: [{ name: "c", image: " i" }] }))).toEqual([
      'spec.containers[0].image: Invalid value: " i": must not have leading or trailing whitespace',
    ]);
  });

  it("keep their annotations and take only what may change", () => {
    const annotations = { "container.apparmor.security.beta.kubernetes.io/c": "unconfined" };
    expect(linesOfUpdate(pod({}, {}, { annotations }), pod({}))).toEqual([
      "metadata.annotations[container.apparmor.security.beta.kubernetes.io/c]: Forbidden: may not add AppArmor annotations",
    ]);
  });

  it("have statuses that do not start again what is over", () => {
    const over = { name: "c", state: { terminated: { exitCode: 0 } } };
    const status = (fields: Fields): ApiObject => ({ ...pod({ restartPolicy: "Never" }), status: fields }) as ApiObject;
    const old = status({ qosClass: "BestEffort", containerStatuses: [over], initContainerStatuses: [over] });
    const now = status({
      qosClass: "BestEffort",
      containerStatuses: [{ name: "c", state: { running: {} }, user: { linux: { uid: -1, gid: 0 } } }],
      initContainerStatuses: [{ name: "c", state: { running: {} } }],
      conditions: [{ type: "a b", status: "True" }],
    });
    const lines = linesOfUpdate(now, old, "status");
    expect(lines.map((line) => line.replace(/\(e\.g\..*/, "..."))).toEqual([
      "metadata.conditions[0].Type: Invalid value: \"a b\": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character ...",
      "status.containerStatuses[0].state: Forbidden: may not be transitioned to non-terminated state",
      "status.initContainerStatuses[0].state: Forbidden: may not be transitioned to non-terminated state",
      "status.containerStatuses[0].user.linux.uid: Invalid value: -1: must be between 0 and 2147483647, inclusive",
    ]);
  });

  it("are resized in CPU and memory only, and not into another quality of service", () => {
    const sized = (limits: Fields): ApiObject => pod({}, { resources: { limits } });
    const old = sized({ cpu: "1", memory: "2Gi" });
    expect(linesOfUpdate(sized({ cpu: "2", memory: "1Gi" }), old, "resize")).toEqual([
      "spec.containers[0].resources.limits[memory]: Forbidden: memory limits cannot be decreased unless resizePolicy is RestartContainer",
    ]);
    expect(linesOfUpdate(sized({ cpu: "1" }), old, "resize")).toEqual([
      'spec: Invalid value: "": Pod QOS Class may not change as a result of resizing',
      "spec.containers[0].resources.requests: Forbidden: resource requests cannot be removed",
      "spec.containers[0].resources.limits: Forbidden: resource limits cannot be removed",
    ]);
    expect(linesOfUpdate(sized({ cpu: "1", memory: "2Gi", "a.io/b": "1" }), old, "resize")).toEqual([
      "spec: Forbidden: only cpu and memory resources are mutable",
    ]);
  });
});
