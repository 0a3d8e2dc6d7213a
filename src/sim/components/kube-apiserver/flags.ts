import { API_SERVER_PORT } from "./messages.ts";

/** The flags of kubeadm's static pod manifest; others of upstream's that change nothing here are accepted and kept. */
export interface Flags {
  readonly advertiseAddress: string;
  readonly authorizationModes: readonly string[];
  readonly clientCaFile: string;
  readonly etcdServers: readonly string[];
  readonly etcdCertFile: string;
  readonly tlsCertFile: string;
  readonly kubeletClientCertificate: string;
  readonly serviceAccountIssuer: string;
  readonly serviceAccountKeyFile: string;
  readonly serviceClusterIpRange: string;
  readonly serviceNodePortRange: string;
  readonly securePort: number;
  readonly enabledAdmission: readonly string[];
  readonly disabledAdmission: readonly string[];
  readonly anonymousAuth: boolean;
  readonly eventTtlSeconds: number;
  readonly requestTimeoutUs: number;
  /** `--feature-gates=WatchList=true`: what is on beyond the defaults, of those that make a difference here. */
  readonly featureGates: readonly string[];
  /** As given, for `/configz`-like views. */
  readonly bootstrapTokenAuth: boolean;
  readonly all: Readonly<Record<string, string>>;
}

/** Accepted without effect. */
const WITHOUT_EFFECT = new Set([
  "allow-privileged",
  "etcd-cafile",
  "etcd-keyfile",
  "kubelet-client-key",
  "kubelet-preferred-address-types",
  "proxy-client-cert-file",
  "proxy-client-key-file",
  "requestheader-allowed-names",
  "requestheader-client-ca-file",
  "requestheader-extra-headers-prefix",
  "requestheader-group-headers",
  "requestheader-username-headers",
  "service-account-signing-key-file",
  "tls-private-key-file",
  "v",
  "runtime-config",
  "audit-log-path",
  "audit-policy-file",
  "max-requests-inflight",
  "max-mutating-requests-inflight",
  "bind-address",
  "profiling",
  "endpoint-reconciler-type",
  "apiserver-count",
  "watch-cache",
  "default-watch-cache-size",
  "min-request-timeout",
  "goaway-chance",
]);

const KNOWN = new Set([
  "advertise-address",
  "authorization-mode",
  "client-ca-file",
  "etcd-servers",
  "etcd-certfile",
  "tls-cert-file",
  "kubelet-client-certificate",
  "service-account-issuer",
  "service-account-key-file",
  "service-cluster-ip-range",
  "service-node-port-range",
  "secure-port",
  "enable-admission-plugins",
  "disable-admission-plugins",
  "anonymous-auth",
  "enable-bootstrap-token-auth",
  "event-ttl",
  "request-timeout",
  "feature-gates",
]);

/** The flags, or upstream's error text. `argv[0]` is the program. */
export function parseFlags(argv: readonly string[]): Flags | { readonly error: string } {
  const given: Record<string, string> = {};
  for (const argument of argv.slice(1)) {
    if (!argument.startsWith("--")) return { error: `unknown command "${argument}"` };
    const equals = argument.indexOf("=");
    const name = argument.slice(2, equals < 0 ? undefined : equals);
    if (!KNOWN.has(name) && !WITHOUT_EFFECT.has(name)) return { error: `unknown flag: --${name}` };
    given[name] = equals < 0 ? "true" : argument.slice(equals + 1);
  }
  const list = (name: string, fallback: string): string[] =>
    (given[name] ?? fallback).split(",").filter((item) => item !== "");
  return {
    advertiseAddress: given["advertise-address"] ?? "",
    authorizationModes: list("authorization-mode", "AlwaysAllow"),
    clientCaFile: given["client-ca-file"] ?? "",
    etcdServers: list("etcd-servers", "https://127.0.0.1:2379"),
    etcdCertFile: given["etcd-certfile"] ?? "",
    tlsCertFile: given["tls-cert-file"] ?? "",
    kubeletClientCertificate: given["kubelet-client-certificate"] ?? "",
    serviceAccountIssuer: given["service-account-issuer"] ?? "https://kubernetes.default.svc.cluster.local",
    serviceAccountKeyFile: given["service-account-key-file"] ?? "",
    serviceClusterIpRange: given["service-cluster-ip-range"] ?? "10.0.0.0/24",
    serviceNodePortRange: given["service-node-port-range"] ?? "30000-32767",
    securePort: Number(given["secure-port"] ?? API_SERVER_PORT),
    enabledAdmission: list("enable-admission-plugins", ""),
    disabledAdmission: list("disable-admission-plugins", ""),
    anonymousAuth: given["anonymous-auth"] !== "false",
    bootstrapTokenAuth: given["enable-bootstrap-token-auth"] === "true",
    eventTtlSeconds: seconds(given["event-ttl"] ?? "1h0m0s"),
    requestTimeoutUs: seconds(given["request-timeout"] ?? "1m0s") * 1_000_000,
    featureGates: list("feature-gates", "").flatMap((gate) => (gate.endsWith("=true") ? [gate.slice(0, -5)] : [])),
    all: given,
  };
}

function seconds(duration: string): number {
  let total = 0;
  for (const [, amount, unit] of duration.matchAll(/(\d+)(h|m|s)/g)) {
    total += Number(amount) * (unit === "h" ? 3600 : unit === "m" ? 60 : 1);
  }
  return total;
}
