import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SessionHost } from "../../session/host.ts";
import { parseTopology, type Topology, topologyByName } from "../../sim/cluster/topology.ts";
import { serveApi } from "./api-server.ts";
import { issueServingCertificate } from "./certificates.ts";
import { Clock } from "./clock.ts";

export interface ServeOptions {
  readonly port: number;
  readonly topology: Topology;
  readonly seed: number;
  readonly speed: number;
}

export interface ServedCluster {
  readonly host: SessionHost;
  readonly port: number;
  readonly token: string;
  /** PEM. */
  readonly authority: string;
  /** File. */
  readonly kubeconfig: string;
  close(): Promise<void>;
}

/** Boots a cluster until it is ready and serves its API. */
export async function serveCluster(options: ServeOptions): Promise<ServedCluster> {
  const host = new SessionHost();
  host.start(options.topology, options.seed);
  const certificate = await issueServingCertificate(Date.now());
  const clock = new Clock(host, options.speed, () => performance.now());
  const token = randomBytes(24).toString("base64url");
  const served = await serveApi({ host, clock, port: options.port, token, certificate }).catch((error: unknown) => {
    clock.stop();
    throw error;
  });
  const folder = mkdtempSync(join(tmpdir(), "kubarium-"));
  const kubeconfig = join(folder, "kubeconfig");
  writeFileSync(kubeconfig, kubeconfigText(served.port, certificate.authority, token), { mode: 0o600 });
  return {
    host,
    port: served.port,
    token,
    authority: certificate.authority,
    kubeconfig,
    async close() {
      clock.stop();
      host.session.abortAll();
      await served.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function kubeconfigText(port: number, authority: string, token: string): string {
  return `apiVersion: v1
kind: Config
clusters:
- name: kubernetes
  cluster:
    certificate-authority-data: ${Buffer.from(authority).toString("base64")}
    server: https://127.0.0.1:${port}
contexts:
- name: kubernetes-admin@kubernetes
  context:
    cluster: kubernetes
    user: kubernetes-admin
current-context: kubernetes-admin@kubernetes
preferences: {}
users:
- name: kubernetes-admin
  user:
    token: ${token}
`;
}

/** Reads `--serve PORT [--topology NAME|FILE] [--seed N] [--speed N]`. A text says what is wrong. */
export function parseServeFlags(args: readonly string[]): ServeOptions | string {
  const values = new Map<string, string>();
  const rest = [...args];
  for (let arg = rest.shift(); arg !== undefined; arg = rest.shift()) {
    const [flag = "", inline] = arg.split("=", 2);
    if (!["--serve", "--topology", "--seed", "--speed"].includes(flag)) return `unknown flag: ${flag}`;
    const value = inline ?? rest.shift();
    if (value === undefined) return `flag needs an argument: ${flag}`;
    values.set(flag, value);
  }
  const port = Number(values.get("--serve"));
  if (!Number.isInteger(port) || port < 0 || port > 65_535) return `no port: ${values.get("--serve")}`;
  const seed = Number(values.get("--seed") ?? 1);
  if (!Number.isInteger(seed) || seed < 0) return `no seed: ${values.get("--seed")}`;
  const speed = Number(values.get("--speed") ?? 1);
  if (!(speed > 0 && speed <= 10_000)) return `no speed: ${values.get("--speed")}`;
  const name = values.get("--topology") ?? "basic";
  try {
    const topology = topologyByName(name) ?? parseTopology(readFileSync(name, "utf8"));
    return { port, topology, seed, speed };
  } catch (error) {
    return `no topology: ${name}: ${(error as Error).message}`;
  }
}

/** Serves until Ctrl-C. Gives the exit status. */
export async function serveUntilInterrupted(options: ServeOptions): Promise<number> {
  let cluster: ServedCluster;
  try {
    cluster = await serveCluster(options);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EADDRINUSE") throw error;
    console.error(`lab: port ${options.port} is taken`);
    return 1;
  }
  console.log(`KUBECONFIG=${cluster.kubeconfig}`);
  await new Promise<void>((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => resolve());
  });
  await cluster.close();
  return 0;
}
