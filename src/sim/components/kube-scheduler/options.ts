import { parseGoDuration } from "../../api/duration.ts";

/** kube-scheduler's command line, as far as the simulation acts on it. */
export interface SchedulerOptions {
  readonly kubeconfig: string;
  readonly config: string;
  readonly leaderElect: boolean;
  readonly leaseDurationUs: number;
  readonly renewDeadlineUs: number;
  readonly retryPeriodUs: number;
  readonly resourceName: string;
  readonly resourceNamespace: string;
  readonly kubeApiQps: number;
  readonly kubeApiBurst: number;
  readonly securePort: number;
}

type Flag = (value: string) => Partial<SchedulerOptions>;

const ignored: Flag = () => ({});

const FLAGS: Readonly<Record<string, Flag>> = {
  kubeconfig: (kubeconfig) => ({ kubeconfig }),
  config: (config) => ({ config }),
  "leader-elect": (value) => ({ leaderElect: value !== "false" }),
  "leader-elect-lease-duration": (value) => ({ leaseDurationUs: parseGoDuration(value) ?? 0 }),
  "leader-elect-renew-deadline": (value) => ({ renewDeadlineUs: parseGoDuration(value) ?? 0 }),
  "leader-elect-retry-period": (value) => ({ retryPeriodUs: parseGoDuration(value) ?? 0 }),
  "leader-elect-resource-name": (resourceName) => ({ resourceName }),
  "leader-elect-resource-namespace": (resourceNamespace) => ({ resourceNamespace }),
  "leader-elect-resource-lock": ignored,
  "kube-api-qps": (value) => ({ kubeApiQps: Number(value) }),
  "kube-api-burst": (value) => ({ kubeApiBurst: Number(value) }),
  "secure-port": (value) => ({ securePort: Number(value) }),
  "authentication-kubeconfig": ignored,
  "authentication-skip-lookup": ignored,
  "authentication-tolerate-lookup-failure": ignored,
  "authorization-kubeconfig": ignored,
  "authorization-always-allow-paths": ignored,
  "bind-address": ignored,
  "cert-dir": ignored,
  "client-ca-file": ignored,
  "feature-gates": ignored,
  "http2-max-streams-per-connection": ignored,
  "log-flush-frequency": ignored,
  "logging-format": ignored,
  master: ignored,
  "pod-max-in-unschedulable-pods-duration": ignored,
  profiling: ignored,
  "contention-profiling": ignored,
  "requestheader-client-ca-file": ignored,
  "show-hidden-metrics-for-version": ignored,
  "tls-cert-file": ignored,
  "tls-cipher-suites": ignored,
  "tls-min-version": ignored,
  "tls-private-key-file": ignored,
  v: ignored,
  vmodule: ignored,
};

export const DEFAULTS: SchedulerOptions = Object.freeze({
  kubeconfig: "",
  config: "",
  leaderElect: true,
  leaseDurationUs: 15_000_000,
  renewDeadlineUs: 10_000_000,
  retryPeriodUs: 2_000_000,
  resourceName: "kube-scheduler",
  resourceNamespace: "kube-system",
  kubeApiQps: 50,
  kubeApiBurst: 100,
  securePort: 10259,
});

/** `argv` begins with the program's name. An error is what upstream prints before it exits with 1. */
export function parseOptions(argv: readonly string[]): {
  readonly given: Partial<SchedulerOptions>;
  readonly error: string;
} {
  let given: Partial<SchedulerOptions> = {};
  for (let index = 1; index < argv.length; index += 1) {
    const argument = argv[index]!;
    if (!argument.startsWith("-")) return { given, error: `unknown command "${argument}" for "kube-scheduler"` };
    const [name, inline] = splitFlag(argument);
    const flag = FLAGS[name];
    if (flag === undefined) return { given, error: `unknown flag: --${name}` };
    const next = argv[index + 1];
    let value = inline;
    if (value === undefined && next !== undefined && !next.startsWith("-")) {
      value = next;
      index += 1;
    }
    given = { ...given, ...flag(value ?? "true") };
  }
  return { given, error: "" };
}

function splitFlag(argument: string): [name: string, value: string | undefined] {
  const text = argument.replace(/^--?/, "");
  const at = text.indexOf("=");
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}
