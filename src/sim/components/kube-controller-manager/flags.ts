import { parseGoDuration } from "../../api/duration.ts";

/** What kubeadm's manifest sets, read from the command line. */
export interface Flags {
  readonly kubeconfig: string;
  readonly leaderElect: boolean;
  readonly controllers: readonly string[];
  readonly allocateNodeCidrs: boolean;
  readonly clusterCidr: string;
  readonly serviceClusterIpRange: string;
  readonly nodeCidrMaskSize: number;
  readonly nodeMonitorGracePeriodUs: number;
  readonly nodeMonitorPeriodUs: number;
  readonly nodeStartupGracePeriodUs: number;
  readonly useServiceAccountCredentials: boolean;
  readonly terminatedPodGcThreshold: number;
  readonly rootCaFile: string;
  readonly serviceAccountPrivateKeyFile: string;
  readonly clusterSigningCertFile: string;
  readonly clusterSigningKeyFile: string;
  readonly clusterSigningDurationUs: number;
  readonly autoscalerSyncPeriodUs: number;
  readonly autoscalerTolerance: number;
  readonly autoscalerCpuInitializationUs: number;
  readonly autoscalerInitialReadinessDelayUs: number;
  readonly autoscalerDownscaleStabilizationUs: number;
  readonly legacyTokenCleanUpPeriodUs: number;
  readonly qps: number;
  readonly burst: number;
}

/** Name -> default. Flags that are known and have no effect here have none either. */
const DEFAULTS: Readonly<Record<string, string>> = {
  kubeconfig: "",
  "leader-elect": "true",
  controllers: "*",
  "allocate-node-cidrs": "false",
  "cluster-cidr": "",
  "service-cluster-ip-range": "",
  "node-cidr-mask-size": "24",
  "node-monitor-grace-period": "50s",
  "node-monitor-period": "5s",
  "node-startup-grace-period": "1m0s",
  "use-service-account-credentials": "false",
  "terminated-pod-gc-threshold": "12500",
  "root-ca-file": "",
  "service-account-private-key-file": "",
  "cluster-signing-cert-file": "",
  "cluster-signing-key-file": "",
  "cluster-signing-duration": "8760h0m0s",
  "horizontal-pod-autoscaler-sync-period": "15s",
  "horizontal-pod-autoscaler-tolerance": "0.1",
  "horizontal-pod-autoscaler-cpu-initialization-period": "5m0s",
  "horizontal-pod-autoscaler-initial-readiness-delay": "30s",
  "horizontal-pod-autoscaler-downscale-stabilization": "5m0s",
  "legacy-service-account-token-clean-up-period": "8760h0m0s",
  "kube-api-qps": "20",
  "kube-api-burst": "30",
};

const WITHOUT_EFFECT: readonly string[] = [
  "authentication-kubeconfig",
  "authorization-kubeconfig",
  "bind-address",
  "client-ca-file",
  "cluster-name",
  "feature-gates",
  "leader-elect-lease-duration",
  "leader-elect-renew-deadline",
  "leader-elect-retry-period",
  "profiling",
  "requestheader-client-ca-file",
  "secure-port",
  "tls-cert-file",
  "tls-private-key-file",
  "v",
];

/** Flags, or the error that upstream prints before it exits with 1. `argv[0]` is the program. */
export function parseFlags(argv: readonly string[]): Flags | { readonly error: string } {
  const values: Record<string, string> = { ...DEFAULTS };
  for (const argument of argv.slice(1)) {
    const match = /^--([^=]+)(?:=(.*))?$/s.exec(argument);
    if (match === null) return { error: `unknown command ${JSON.stringify(argument)} for "kube-controller-manager"` };
    const [, name = "", value] = match;
    if (name in DEFAULTS) values[name] = value ?? "true";
    else if (!WITHOUT_EFFECT.includes(name)) return { error: `unknown flag: --${name}` };
  }
  const text = (name: string): string => values[name] ?? "";
  return {
    kubeconfig: text("kubeconfig"),
    leaderElect: text("leader-elect") === "true",
    controllers: text("controllers").split(","),
    allocateNodeCidrs: text("allocate-node-cidrs") === "true",
    clusterCidr: text("cluster-cidr"),
    serviceClusterIpRange: text("service-cluster-ip-range"),
    nodeCidrMaskSize: Number(text("node-cidr-mask-size")),
    nodeMonitorGracePeriodUs: durationUs(text("node-monitor-grace-period")),
    nodeMonitorPeriodUs: durationUs(text("node-monitor-period")),
    nodeStartupGracePeriodUs: durationUs(text("node-startup-grace-period")),
    useServiceAccountCredentials: text("use-service-account-credentials") === "true",
    terminatedPodGcThreshold: Number(text("terminated-pod-gc-threshold")),
    rootCaFile: text("root-ca-file"),
    serviceAccountPrivateKeyFile: text("service-account-private-key-file"),
    clusterSigningCertFile: text("cluster-signing-cert-file"),
    clusterSigningKeyFile: text("cluster-signing-key-file"),
    clusterSigningDurationUs: durationUs(text("cluster-signing-duration")),
    autoscalerSyncPeriodUs: durationUs(text("horizontal-pod-autoscaler-sync-period")),
    autoscalerTolerance: Number(text("horizontal-pod-autoscaler-tolerance")),
    autoscalerCpuInitializationUs: durationUs(text("horizontal-pod-autoscaler-cpu-initialization-period")),
    autoscalerInitialReadinessDelayUs: durationUs(text("horizontal-pod-autoscaler-initial-readiness-delay")),
    autoscalerDownscaleStabilizationUs: durationUs(text("horizontal-pod-autoscaler-downscale-stabilization")),
    legacyTokenCleanUpPeriodUs: durationUs(text("legacy-service-account-token-clean-up-period")),
    qps: Number(text("kube-api-qps")),
    burst: Number(text("kube-api-burst")),
  };
}

/** `--controllers`: `*` is all that are on by default, `-name` switches one off. */
export function isEnabled(controllers: readonly string[], name: string): boolean {
  if (controllers.includes(`-${name}`)) return false;
  return controllers.includes("*") || controllers.includes(name);
}

function durationUs(text: string): number {
  return parseGoDuration(text) ?? 0;
}
