/** `kubeadm`: what an administrator asks of it on a running cluster. Clusters are made by `lab topology`. */
import { decodeBase64Text, encodeBase64Text } from "../../sim/api/base64.ts";
import { humanDuration } from "../../sim/api/duration.ts";
import { formatTime, parseTime } from "../../sim/api/time.ts";
import { type ConsoleDoor, isFailure, type Program, type ProgramContext } from "../doors.ts";
import { readAnyCertificate } from "./certificates.ts";
import { consoleOf } from "./here.ts";

const VERSION = "v1.33.1";

export const kubeadm: Program = async (context) => {
  const console = consoleOf(context);
  if (console === null) {
    context.err.write("kubeadm: command not found\n");
    return 127;
  }
  const [verb = "", second = ""] = context.args.filter((arg) => !arg.startsWith("-"));
  switch (`${verb} ${second}`.trim()) {
    case "version":
      context.out.write(
        context.args.includes("-o") || context.args.some((arg) => arg.startsWith("-oshort"))
          ? `${VERSION}\n`
          : `kubeadm version: &version.Info{Major:"1", Minor:"33", GitVersion:"${VERSION}", Platform:"linux/amd64"}\n`,
      );
      return 0;
    case "certs check-expiration":
      return checkExpiration(context, console);
    case "token list":
      return listTokens(context);
    case "token create":
      return createToken(context, console);
    case "config print":
    case "config images":
      return images(context);
    case "init":
    case "join":
    case "reset":
    case "upgrade":
      context.err.write(
        `kubeadm ${verb} is not done here: machines of this world come up as members of their cluster. Use "lab topology" for another cluster, "lab fail" to take a machine away.\n`,
      );
      return 1;
    default:
      context.err.write(
        `unknown command ${JSON.stringify(verb)} for "kubeadm"\nThere are: certs check-expiration, config images list, token create|list, version\n`,
      );
      return 1;
  }
};

const certificates: readonly (readonly [name: string, file: string, authority: string])[] = [
  ["admin.conf", "admin.conf", "ca"],
  ["apiserver", "pki/apiserver.crt", "ca"],
  ["apiserver-etcd-client", "pki/apiserver-etcd-client.crt", "etcd-ca"],
  ["apiserver-kubelet-client", "pki/apiserver-kubelet-client.crt", "ca"],
  ["controller-manager.conf", "controller-manager.conf", "ca"],
  ["etcd-healthcheck-client", "pki/etcd/healthcheck-client.crt", "etcd-ca"],
  ["etcd-peer", "pki/etcd/peer.crt", "etcd-ca"],
  ["etcd-server", "pki/etcd/server.crt", "etcd-ca"],
  ["front-proxy-client", "pki/front-proxy-client.crt", "front-proxy-ca"],
  ["scheduler.conf", "scheduler.conf", "ca"],
  ["super-admin.conf", "super-admin.conf", "ca"],
];
const authorities: readonly (readonly [name: string, file: string])[] = [
  ["ca", "pki/ca.crt"],
  ["etcd-ca", "pki/etcd/ca.crt"],
  ["front-proxy-ca", "pki/front-proxy-ca.crt"],
];

async function expiryOf(console: ConsoleDoor, file: string): Promise<number | null> {
  const text = (await console.readFile(`/etc/kubernetes/${file}`)) ?? "";
  const isKubeconfig = text.startsWith("apiVersion:");
  return readAnyCertificate(isKubeconfig ? certificateOf(text) : text)?.notAfterWallUs ?? null;
}

/** A kubeconfig holds its certificate in base64, if it holds one. */
function certificateOf(text: string): string {
  const data = /client-certificate-data: (\S+)/.exec(text)?.[1] ?? "";
  try {
    return atob(data);
  } catch {
    return "";
  }
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

function dateText(wallUs: number): string {
  const date = new Date(wallUs / 1_000);
  const two = (value: number): string => String(value).padStart(2, "0");
  return `${MONTHS[date.getUTCMonth()]} ${two(date.getUTCDate())}, ${date.getUTCFullYear()} ${two(date.getUTCHours())}:${two(date.getUTCMinutes())} UTC`;
}

function leftText(us: number): string {
  if (us <= 0) return "<invalid>";
  const days = Math.floor(us / 86_400_000_000);
  if (days >= 730) return `${Math.floor(days / 365)}y`;
  if (days >= 2) return `${days}d`;
  const hours = Math.floor(us / 3_600_000_000);
  return hours >= 3 ? `${hours}h` : `${Math.floor(us / 60_000_000)}m`;
}

async function checkExpiration(context: ProgramContext, console: ConsoleDoor): Promise<number> {
  const nowUs = await context.session.wallUs();
  context.out.write(
    '[check-expiration] Reading configuration from the "kubeadm-config" ConfigMap in namespace "kube-system"...\n\n',
  );
  const column = (text: string, width: number): string => `${text.padEnd(width)}   `;
  context.out.write(
    `${column("CERTIFICATE", 24)}${column("EXPIRES", 22)}${column("RESIDUAL TIME", 13)}${column("CERTIFICATE AUTHORITY", 21)}EXTERNALLY MANAGED\n`,
  );
  for (const [name, file, authority] of certificates) {
    const endUs = await expiryOf(console, file);
    if (endUs === null) continue;
    context.out.write(
      `${column(name, 24)}${column(dateText(endUs), 22)}${column(leftText(endUs - nowUs), 13)}${column(authority, 21)}no\n`,
    );
  }
  context.out.write(
    `\n${column("CERTIFICATE AUTHORITY", 23)}${column("EXPIRES", 22)}${column("RESIDUAL TIME", 13)}EXTERNALLY MANAGED\n`,
  );
  for (const [name, file] of authorities) {
    const endUs = await expiryOf(console, file);
    if (endUs !== null)
      context.out.write(`${column(name, 23)}${column(dateText(endUs), 22)}${column(leftText(endUs - nowUs), 13)}no\n`);
  }
  return 0;
}

async function listTokens(context: ProgramContext): Promise<number> {
  const { api, session, signal, out, err } = context;
  const path = `${SECRETS}?fieldSelector=${encodeURIComponent(`type=${TOKEN_TYPE}`)}`;
  const answer = await api.request(
    { method: "GET", path, headers: { accept: "application/json" }, body: "" },
    { signal },
  );
  if (isFailure(answer) || answer.status >= 400) {
    err.write(`failed to list bootstrap tokens: ${isFailure(answer) ? answer.text : answer.body}\n`);
    return 1;
  }
  const nowUs = await session.wallUs();
  const { items } = JSON.parse(answer.body) as {
    readonly items: readonly { readonly data?: Record<string, string> }[];
  };
  const rows = items.map(({ data = {} }) => tokenRow((key) => decodeBase64Text(data[key] ?? "") ?? "", nowUs));
  for (const row of [TOKEN_COLUMNS, ...rows])
    out.write(
      `${row.map((cell, index) => (index === row.length - 1 ? cell : cell.padEnd(TOKEN_WIDTHS[index]!))).join("   ")}\n`,
    );
  return 0;
}

const TOKEN_COLUMNS = ["TOKEN", "TTL", "EXPIRES", "USAGES", "DESCRIPTION", "EXTRA GROUPS"];
const TOKEN_WIDTHS = [23, 9, 20, 22, 56, 0];

function tokenRow(read: (key: string) => string, nowUs: number): string[] {
  const expiration = read("expiration");
  const endUs = parseTime(expiration);
  const usages = ["authentication", "signing"].filter((usage) => read(`usage-bootstrap-${usage}`) === "true");
  return [
    `${read("token-id")}.${read("token-secret")}`,
    endUs === null ? "<forever>" : endUs <= nowUs ? "<invalid>" : humanDuration(endUs - nowUs),
    expiration || "<never>",
    usages.join(",") || "<none>",
    read("description") || "<none>",
    read("auth-extra-groups") || "<none>",
  ];
}

const letters = "abcdefghijklmnopqrstuvwxyz0123456789";

const DAY_US = 86_400_000_000;
const SECRETS = "/api/v1/namespaces/kube-system/secrets";
const TOKEN_TYPE = "bootstrap.kubernetes.io/token";

/** The Secret by which the API servers know a token, for a day. Text: why there is none. */
async function keepToken({ api, session, signal }: ProgramContext, id: string, secret: string): Promise<string> {
  const data = {
    "auth-extra-groups": "system:bootstrappers:kubeadm:default-node-token",
    expiration: formatTime((await session.wallUs()) + DAY_US),
    "token-id": id,
    "token-secret": secret,
    "usage-bootstrap-authentication": "true",
    "usage-bootstrap-signing": "true",
  };
  const body = {
    kind: "Secret",
    apiVersion: "v1",
    metadata: { name: `bootstrap-token-${id}`, namespace: "kube-system" },
    type: TOKEN_TYPE,
    data: Object.fromEntries(Object.entries(data).map(([key, value]) => [key, encodeBase64Text(value)])),
  };
  const headers = { "content-type": "application/json", accept: "application/json" };
  const answer = await api.request({ method: "POST", path: SECRETS, headers, body: JSON.stringify(body) }, { signal });
  if (isFailure(answer)) return answer.text;
  return answer.status < 400 ? "" : (JSON.parse(answer.body) as { readonly message: string }).message;
}

/** Looks drawn, and is the same for the same moment. It is a token of the API, but no machine joins by it. */
async function createToken(context: ProgramContext, console: ConsoleDoor): Promise<number> {
  let value = Math.floor((await context.session.wallUs()) / 1_000) % 2_147_483_647;
  let token = "";
  for (let count = 0; count < 22; count += 1) {
    value = (Math.imul(value, 1_103_515_245) + 12_345) & 0x7fffffff;
    token += letters[(value >>> 8) % letters.length];
  }
  const shown = `${token.slice(0, 6)}.${token.slice(6)}`;
  const problem = await keepToken(context, token.slice(0, 6), token.slice(6));
  if (problem !== "") {
    context.err.write(`failed to create new bootstrap token: ${problem}\n`);
    return 1;
  }
  const { neighbours } = await console.facts();
  const entrance =
    neighbours.find(({ name }) => name.startsWith("lb-")) ??
    neighbours.find(({ name }) => name.startsWith("control-plane"));
  const digest = await crypto.subtle.digest(
    "SHA-256",
    new TextEncoder().encode((await console.readFile("/etc/kubernetes/pki/ca.crt")) ?? ""),
  );
  const hash = [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  context.out.write(
    context.args.includes("--print-join-command")
      ? `kubeadm join ${entrance?.address ?? "127.0.0.1"}:6443 --token ${shown} --discovery-token-ca-cert-hash sha256:${hash}\n`
      : `${shown}\n`,
  );
  return 0;
}

function images(context: ProgramContext): number {
  const names = ["kube-apiserver", "kube-controller-manager", "kube-scheduler", "kube-proxy"].map(
    (name) => `${name}:${VERSION}`,
  );
  for (const name of [...names, "coredns/coredns:v1.12.0", "pause:3.10", "etcd:3.5.21-0"])
    context.out.write(`registry.k8s.io/${name}\n`);
  return 0;
}
