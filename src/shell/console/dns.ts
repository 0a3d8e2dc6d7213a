/** `dig`, `nslookup`, `host`: questions to a name server, by default the cluster's. */
import type { Program, ProgramContext } from "../doors.ts";
import { consoleOf } from "./here.ts";

const CLUSTER_DNS = "10.96.0.10";
const TIMEOUT_MS = 5_000;

interface DnsRecord {
  readonly name: string;
  readonly type: string;
  readonly ttl: number;
  readonly data: string;
}

interface DnsAnswer {
  readonly rcode: string;
  readonly answers: readonly DnsRecord[];
  readonly authority: readonly DnsRecord[];
}

async function ask(context: ProgramContext, server: string, name: string, qtype: string): Promise<DnsAnswer | null> {
  const console = consoleOf(context) ?? context.console("laptop");
  const options = { signal: context.signal, timeoutMs: TIMEOUT_MS, protocol: "UDP" } as const;
  const answer = await console?.request(`${server}:53`, { type: "dns", name, qtype }, options);
  return answer === undefined || "failure" in answer ? null : (answer.body as DnsAnswer);
}

const dotted = (name: string): string => (name.endsWith(".") ? name : `${name}.`);

/** `dig [@SERVER] NAME [TYPE] [+short]` */
export const dig: Program = async (context) => {
  const words = context.args.filter((arg) => !/^[-+]/.test(arg));
  const server = words.find((word) => word.startsWith("@"))?.slice(1) ?? CLUSTER_DNS;
  const [name = "."] = words.filter((word) => !word.startsWith("@") && !isType(word));
  const qtype = words.find(isType)?.toUpperCase() ?? "A";
  const startUs = await context.session.wallUs();
  const answer = await ask(context, server, name, qtype);
  const tookMs = Math.round(((await context.session.wallUs()) - startUs) / 1_000);
  const short = context.args.includes("+short");
  if (answer === null) {
    context.out.write(
      `${short ? "" : `\n; <<>> DiG 9.18.30 <<>> ${context.args.join(" ")}\n;; global options: +cmd\n`};; communications error to ${server}#53: timed out\n;; no servers could be reached\n`,
    );
    return 9;
  }
  if (short) {
    for (const { data } of answer.answers) context.out.write(`${data}\n`);
    return 0;
  }
  const section = (title: string, records: readonly DnsRecord[]): string =>
    records.length === 0
      ? ""
      : `;; ${title} SECTION:\n${records.map(({ name: of, ttl, type, data }) => `${of}\t${ttl}\tIN\t${type}\t${data}\n`).join("")}\n`;
  context.out.write(
    `\n; <<>> DiG 9.18.30 <<>> ${context.args.join(" ")}\n;; global options: +cmd\n;; Got answer:\n` +
      `;; ->>HEADER<<- opcode: QUERY, status: ${answer.rcode}, id: ${4096 + name.length}\n` +
      `;; flags: qr aa rd; QUERY: 1, ANSWER: ${answer.answers.length}, AUTHORITY: ${answer.authority.length}, ADDITIONAL: 1\n\n` +
      `;; QUESTION SECTION:\n;${dotted(name)}\t\tIN\t${qtype}\n\n` +
      section("ANSWER", answer.answers) +
      section("AUTHORITY", answer.authority) +
      `;; Query time: ${tookMs} msec\n;; SERVER: ${server}#53(${server}) (UDP)\n\n`,
  );
  return 0;
};

function isType(word: string): boolean {
  return /^(A|AAAA|SRV|PTR|TXT|CNAME|NS|SOA|ANY)$/i.test(word);
}

/** `nslookup NAME [SERVER]` */
export const nslookup: Program = async (context) => {
  const [name, server = CLUSTER_DNS] = context.args.filter((arg) => !arg.startsWith("-"));
  if (name === undefined) {
    context.err.write("usage: nslookup NAME [SERVER]\n");
    return 1;
  }
  const answer = await ask(context, server, name, "A");
  if (answer === null) {
    context.out.write(`;; communications error to ${server}#53: timed out\n;; no servers could be reached\n\n`);
    return 1;
  }
  context.out.write(`Server:\t\t${server}\nAddress:\t${server}#53\n\n`);
  if (answer.answers.length === 0) {
    context.out.write(`** server can't find ${name}: ${answer.rcode === "NOERROR" ? "NXDOMAIN" : answer.rcode}\n\n`);
    return 1;
  }
  for (const { name: of, data } of answer.answers)
    context.out.write(`Name:\t${of.replace(/\.$/, "")}\nAddress: ${data}\n`);
  context.out.write("\n");
  return 0;
};
