import { parseGoDuration } from "../../api/duration.ts";
import type { AutoCompactionConfig } from "./auto-compaction.ts";

/** What etcd takes from its command line (etcd-io/etcd release-3.5 server/embed/config.go), with its defaults. */
export interface EtcdConfig {
  readonly name: string;
  readonly dataDir: string;
  /** Where that is on the machine's disk. */
  readonly dataPath: string;
  readonly initialCluster: readonly { readonly name: string; readonly url: string }[];
  readonly initialClusterState: "new" | "existing";
  readonly initialClusterToken: string;
  readonly clientPort: number;
  readonly peerPort: number;
  readonly metricsPort: number | null;
  readonly advertiseClientUrls: readonly string[];
  readonly advertisePeerUrls: readonly string[];
  readonly heartbeatMs: number;
  readonly electionMs: number;
  readonly snapshotCount: number;
  readonly quotaBackendBytes: number;
  readonly maxRequestBytes: number;
  readonly progressNotifyMs: number;
  /** Null: history stays until somebody compacts it. */
  readonly autoCompaction: AutoCompactionConfig | null;
  readonly preVote: boolean;
  /** Changes of the membership are refused when they would endanger the quorum. */
  readonly strictReconfigCheck: boolean;
  /** Begin anew from this member's data, as the only one. */
  readonly forceNewCluster: boolean;
  readonly certFile: string;
  readonly trustedCaFile: string;
  readonly clientCertAuth: boolean;
  readonly peerCertFile: string;
  readonly peerTrustedCaFile: string;
  readonly peerClientCertAuth: boolean;
}

const QUOTA_DEFAULT_BYTES = 2 * 1024 * 1024 * 1024;

const DEFAULTS: Readonly<Record<string, string>> = {
  name: "default",
  "data-dir": "default.etcd",
  "initial-cluster": "",
  "initial-cluster-state": "new",
  "initial-cluster-token": "etcd-cluster",
  "listen-client-urls": "http://localhost:2379",
  "listen-peer-urls": "http://localhost:2380",
  "listen-metrics-urls": "",
  "advertise-client-urls": "http://localhost:2379",
  "initial-advertise-peer-urls": "http://localhost:2380",
  "heartbeat-interval": "100",
  "election-timeout": "1000",
  "snapshot-count": "100000",
  "quota-backend-bytes": "0",
  "max-request-bytes": "1572864",
  "auto-compaction-mode": "periodic",
  "auto-compaction-retention": "0",
  "experimental-watch-progress-notify-interval": "10m",
  "pre-vote": "true",
  "strict-reconfig-check": "true",
  "force-new-cluster": "false",
  "cert-file": "",
  "key-file": "",
  "trusted-ca-file": "",
  "client-cert-auth": "false",
  "peer-cert-file": "",
  "peer-key-file": "",
  "peer-trusted-ca-file": "",
  "peer-client-cert-auth": "false",
};

/** Known to upstream, without a meaning here. */
const IGNORED = new Set([
  "auto-tls",
  "cipher-suites",
  "enable-pprof",
  "enable-v2",
  "experimental-compact-hash-check-enabled",
  "experimental-compact-hash-check-time",
  "experimental-corrupt-check-time",
  "experimental-initial-corrupt-check",
  "host-whitelist",
  "log-level",
  "log-outputs",
  "logger",
  "max-snapshots",
  "max-txn-ops",
  "max-wals",
  "metrics",
  "peer-auto-tls",
  "tls-max-version",
  "tls-min-version",
  "wal-dir",
]);

/** The configuration, or the line that etcd prints before it exits with status 2. */
export function parseFlags(
  argv: readonly string[],
  onDisk: (path: string) => string = (path) => path,
): EtcdConfig | { readonly error: string } {
  const values: Record<string, string> = { ...DEFAULTS };
  const words = argv[0]?.startsWith("-") ? argv : argv.slice(1);
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] as string;
    const match = /^--?([a-z0-9-]+)(=(.*))?$/s.exec(word);
    if (match === null) return { error: `'${word}' is not a valid flag` };
    const name = match[1] as string;
    if (!(name in DEFAULTS) && !IGNORED.has(name)) return { error: `flag provided but not defined: -${name}` };
    const isSwitch = DEFAULTS[name] === "true" || DEFAULTS[name] === "false" || IGNORED.has(name);
    if (match[3] !== undefined) values[name] = match[3];
    else if (isSwitch) values[name] = "true";
    else {
      at += 1;
      if (at >= words.length) return { error: `flag needs an argument: -${name}` };
      values[name] = words[at] as string;
    }
  }
  return configOf(values, onDisk);
}

function configOf(
  values: Readonly<Record<string, string>>,
  onDisk: (path: string) => string,
): EtcdConfig | { readonly error: string } {
  const text = (name: string) => values[name] as string;
  const numbers = [
    "heartbeat-interval",
    "election-timeout",
    "snapshot-count",
    "quota-backend-bytes",
    "max-request-bytes",
  ];
  for (const name of numbers) {
    if (!/^-?\d+$/.test(text(name))) return { error: `invalid value "${text(name)}" for flag -${name}: parse error` };
  }
  const heartbeatMs = Number(text("heartbeat-interval"));
  const electionMs = Number(text("election-timeout"));
  if (5 * heartbeatMs > electionMs) {
    return {
      error: `--election-timeout[${electionMs}ms] should be at least as 5 times as --heartbeat-interval[${heartbeatMs}ms]`,
    };
  }
  const state = text("initial-cluster-state");
  if (state !== "new" && state !== "existing") return { error: `invalid value "${state}" for initial-cluster-state` };
  const peers = urls(text("initial-advertise-peer-urls"));
  const cluster = text("initial-cluster") || peers.map((url) => `${text("name")}=${url}`).join(",");
  const initialCluster = cluster.split(",").map((member) => {
    const equals = member.indexOf("=");
    return { name: member.slice(0, equals), url: member.slice(equals + 1) };
  });
  if (!initialCluster.some((member) => member.name === text("name"))) {
    return { error: `couldn't find local name "${text("name")}" in the initial cluster configuration` };
  }
  const autoCompaction = autoCompactionOf(text("auto-compaction-mode"), text("auto-compaction-retention"));
  if (typeof autoCompaction === "string") return { error: autoCompaction };
  const metrics = urls(text("listen-metrics-urls"))[0];
  return {
    name: text("name"),
    dataDir: text("data-dir"),
    dataPath: onDisk(text("data-dir").replace(/(.)\/+$/, "$1")),
    initialCluster,
    initialClusterState: state,
    initialClusterToken: text("initial-cluster-token"),
    clientPort: portOf(urls(text("listen-client-urls"))[0] as string),
    peerPort: portOf(urls(text("listen-peer-urls"))[0] as string),
    metricsPort: metrics === undefined ? null : portOf(metrics),
    advertiseClientUrls: urls(text("advertise-client-urls")),
    advertisePeerUrls: peers,
    heartbeatMs,
    electionMs,
    snapshotCount: Number(text("snapshot-count")),
    quotaBackendBytes: quotaOf(Number(text("quota-backend-bytes"))),
    maxRequestBytes: Number(text("max-request-bytes")),
    progressNotifyMs: durationMs(text("experimental-watch-progress-notify-interval")),
    autoCompaction,
    preVote: text("pre-vote") !== "false",
    strictReconfigCheck: text("strict-reconfig-check") !== "false",
    forceNewCluster: text("force-new-cluster") === "true",
    certFile: text("cert-file"),
    trustedCaFile: text("trusted-ca-file"),
    clientCertAuth: text("client-cert-auth") !== "false",
    peerCertFile: text("peer-cert-file"),
    peerTrustedCaFile: text("peer-trusted-ca-file"),
    peerClientCertAuth: text("peer-client-cert-auth") !== "false",
  };
}

/** A bare number is hours, or revisions; "0" switches it off. A text: what is wrong. */
function autoCompactionOf(mode: string, retention: string): AutoCompactionConfig | null | string {
  if (mode !== "" && mode !== "periodic" && mode !== "revision") return `unknown auto-compaction-mode "${mode}"`;
  const isNumber = /^\+?\d+$/.test(retention);
  const durationUs = isNumber ? Number(retention) * HOUR_US : parseGoDuration(retention);
  if (durationUs === null) return `error parsing CompactionRetention: time: invalid duration "${retention}"`;
  if (durationUs <= 0) return null;
  // A duration is a number of nanoseconds.
  if (mode === "revision") return { mode, retention: isNumber ? Number(retention) : durationUs * 1000 };
  return { mode: "periodic", periodUs: durationUs };
}

const HOUR_US = 3_600_000_000;

/** 0: the default; less: none at all. */
function quotaOf(bytes: number): number {
  if (bytes === 0) return QUOTA_DEFAULT_BYTES;
  return bytes > 0 ? bytes : Number.MAX_SAFE_INTEGER;
}

function urls(list: string): string[] {
  return list === "" ? [] : list.split(",");
}

/** `host:port` of a URL. */
export function addressOf(url: string): string {
  return url.replace(/^[a-z]+:\/\//, "").replace(/\/.*$/, "");
}

function portOf(url: string): number {
  const address = addressOf(url);
  return Number(address.slice(address.lastIndexOf(":") + 1));
}

function durationMs(text: string): number {
  return Math.floor((parseGoDuration(text) ?? 600_000_000) / 1000);
}
