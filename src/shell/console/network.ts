/** `ping`, `ip`, `ss`, `netstat`, `ipvsadm`, `nft`: a machine's network. */
import type { ConsoleDoor, MachineFacts, Program, ProgramContext } from "../doors.ts";
import { consoleOf } from "./here.ts";

const PING_TIMEOUT_MS = 1_000;

function placeOf(context: ProgramContext): ConsoleDoor | null {
  return consoleOf(context) ?? context.console("laptop");
}

function addressOf(host: string, facts: MachineFacts): string | null {
  if (/^\d+\.\d+\.\d+\.\d+$/.test(host)) return host;
  if (host === "localhost") return "127.0.0.1";
  return facts.neighbours.find(({ name }) => name === host)?.address ?? null;
}

/** `ping [-c COUNT] [-W SECONDS] HOST`: a machine that answers at all answers this. */
export const ping: Program = async (context) => {
  const console = placeOf(context);
  if (console === null) return 1;
  let count = context.columns === null ? 4 : Number.POSITIVE_INFINITY;
  let timeoutMs = PING_TIMEOUT_MS;
  let host = "";
  for (let index = 0; index < context.args.length; index += 1) {
    const arg = context.args[index]!;
    if (arg === "-c") count = Number(context.args[++index]);
    else if (/^-c\d+$/.test(arg)) count = Number(arg.slice(2));
    else if (arg === "-W") timeoutMs = Number(context.args[++index]) * 1_000;
    else if (!arg.startsWith("-")) host = arg;
  }
  if (host === "") {
    context.err.write("ping: usage error: Destination address required\n");
    return 1;
  }
  const address = addressOf(host, await console.facts());
  if (address === null) {
    context.err.write(`ping: ${host}: Name or service not known\n`);
    return 2;
  }
  context.out.write(`PING ${host} (${address}) 56(84) bytes of data.\n`);
  const startUs = await context.session.wallUs();
  const times: number[] = [];
  let sent = 0;
  for (; sent < count && !context.signal.aborted; ) {
    sent += 1;
    const beforeUs = await context.session.wallUs();
    const answer = await console.request(`${address}:7`, { type: "tcp" }, { signal: context.signal, timeoutMs });
    const tookMs = ((await context.session.wallUs()) - beforeUs) / 1_000;
    const reached = !("failure" in answer) || answer.failure === "refused" || answer.failure === "reset";
    if (reached) {
      times.push(tookMs);
      context.out.write(`64 bytes from ${address}: icmp_seq=${sent} ttl=64 time=${tookMs.toFixed(3)} ms\n`);
    }
    if (sent < count) await context.session.sleep(1_000, context.signal);
  }
  const totalMs = Math.round(((await context.session.wallUs()) - startUs) / 1_000);
  const loss = Math.round((100 * (sent - times.length)) / Math.max(1, sent));
  context.out.write(
    `\n--- ${host} ping statistics ---\n${sent} packets transmitted, ${times.length} received, ${loss}% packet loss, time ${totalMs}ms\n`,
  );
  if (times.length > 0) {
    const average = times.reduce((sum, one) => sum + one, 0) / times.length;
    const [least, most] = [Math.min(...times), Math.max(...times)];
    context.out.write(
      `rtt min/avg/max/mdev = ${least.toFixed(3)}/${average.toFixed(3)}/${most.toFixed(3)}/${((most - least) / 2).toFixed(3)} ms\n`,
    );
  }
  return times.length > 0 ? 0 : 1;
};

/** The range of this machine's pods, from the CNI's configuration. */
async function podRange(console: ConsoleDoor): Promise<string | null> {
  for (const path of await console.listFiles("/etc/cni/net.d/")) {
    const found = /"subnet": ?"([\d./]+)"/.exec((await console.readFile(path)) ?? "");
    if (found) return found[1]!;
  }
  return null;
}

const gatewayOf = (range: string): string => range.replace(/\.0\/\d+$/, ".1");

/** `ip addr|route|link` */
export const ip: Program = async (context) => {
  const console = placeOf(context);
  if (console === null) return 1;
  const [what = "addr"] = context.args.filter((arg) => !arg.startsWith("-"));
  const facts = await console.facts();
  const range = await podRange(console);
  if ("route".startsWith(what)) {
    const subnet = facts.address.replace(/\.\d+\.\d+$/, ".0.0/16");
    context.out.write(
      `default via ${facts.address.replace(/\.\d+\.\d+$/, ".0.1")} dev eth0 proto static\n` +
        `${subnet} dev eth0 proto kernel scope link src ${facts.address}\n` +
        (range ? `${range} dev cni0 proto kernel scope link src ${gatewayOf(range)}\n` : ""),
    );
    return 0;
  }
  if (!"address".startsWith(what) && !"link".startsWith(what)) {
    context.err.write(`Object "${what}" is unknown, try "ip help".\n`);
    return 1;
  }
  const withAddress = "address".startsWith(what);
  const links: readonly (readonly [string, string, string, string])[] = [
    ["lo", "LOOPBACK,UP,LOWER_UP", "65536 qdisc noqueue state UNKNOWN", "127.0.0.1/8 scope host lo"],
    [
      "eth0",
      "BROADCAST,MULTICAST,UP,LOWER_UP",
      "1500 qdisc fq_codel state UP",
      `${facts.address}/16 scope global eth0`,
    ],
    ...(range
      ? ([
          [
            "cni0",
            "BROADCAST,MULTICAST,UP,LOWER_UP",
            "1500 qdisc noqueue state UP",
            `${gatewayOf(range)}/${range.split("/")[1]} scope global cni0`,
          ],
        ] as const)
      : []),
  ];
  links.forEach(([name, state, mtu, address], index) => {
    const kind = name === "lo" ? "loopback 00:00:00:00:00:00" : `ether ${hardwareAddress(facts.address, index)}`;
    context.out.write(
      `${index + 1}: ${name}: <${state}> mtu ${mtu} group default qlen 1000\n    link/${kind} brd ff:ff:ff:ff:ff:ff\n`,
    );
    if (withAddress) context.out.write(`    inet ${address}\n       valid_lft forever preferred_lft forever\n`);
  });
  return 0;
};

function hardwareAddress(address: string, index: number): string {
  const parts = address.split(".").map((part) => Number(part).toString(16).padStart(2, "0"));
  return ["52", `0${index}`, ...parts].join(":");
}

interface Listening {
  readonly address: string;
  readonly port: string;
  readonly pid: number;
  readonly name: string;
}

async function listeningOn(console: ConsoleDoor): Promise<readonly Listening[]> {
  const { processes } = await console.facts();
  return processes
    .flatMap(({ pid, name, listening }) =>
      listening
        .filter((where) => /:\d+$/.test(where) && !where.startsWith("unix"))
        .map((where) => {
          const colon = where.lastIndexOf(":");
          const command = name.split("/").at(-1)!;
          return { address: where.slice(0, colon) || "*", port: where.slice(colon + 1), pid, name: command };
        }),
    )
    .sort((a, b) => Number(a.port) - Number(b.port) || a.pid - b.pid);
}

/** `ss -tlnp`, `ss`: who listens. */
export const ss: Program = async (context) => {
  const console = placeOf(context);
  if (console === null) return 1;
  const withProcess = context.args.some((arg) => /^-[a-z]*p/.test(arg));
  context.out.write(
    `State    Recv-Q   Send-Q     Local Address:Port      Peer Address:Port  ${withProcess ? "Process" : ""}\n`,
  );
  for (const { address, port, pid, name } of await listeningOn(console))
    context.out.write(
      `LISTEN   0        4096   ${`${address}:${port}`.padStart(22)}           0.0.0.0:*      ${withProcess ? `users:(("${name}",pid=${pid},fd=3))` : ""}\n`,
    );
  return 0;
};

export const netstat: Program = async (context) => {
  const console = placeOf(context);
  if (console === null) return 1;
  context.out.write(
    "Active Internet connections (only servers)\nProto Recv-Q Send-Q Local Address           Foreign Address         State       PID/Program name\n",
  );
  for (const { address, port, pid, name } of await listeningOn(console))
    context.out.write(
      `tcp        0      0 ${`${address}:${port}`.padEnd(23)} 0.0.0.0:*               LISTEN      ${pid}/${name}\n`,
    );
  return 0;
};

/** kube-proxy writes iptables rules here, so there are no virtual servers. */
export const ipvsadm: Program = async (context) => {
  context.out.write(
    "IP Virtual Server version 1.2.1 (size=4096)\nProt LocalAddress:Port Scheduler Flags\n  -> RemoteAddress:Port           Forward Weight ActiveConn InActConn\n",
  );
  return 0;
};

/** The tables that `iptables` fills, as nftables names them. */
export const nft: Program = async (context) => {
  const console = consoleOf(context);
  if (context.args[0] !== "list" || console === null) {
    context.err.write("Error: syntax error, unexpected end of file: nft list ruleset|tables\n");
    return 1;
  }
  if (context.args[1] === "tables") {
    context.out.write("table ip nat\ntable ip filter\n");
    return 0;
  }
  for (const table of ["nat", "filter"] as const) {
    context.out.write(`# Warning: table ip ${table} is managed by iptables-nft, do not touch!\ntable ip ${table} {\n`);
    for (const line of (await console.packetRules("specification", table)) ?? []) context.out.write(`\t# ${line}\n`);
    context.out.write("}\n");
  }
  return 0;
};
