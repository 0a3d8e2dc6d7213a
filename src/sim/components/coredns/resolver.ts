import { DNS_PORT, type DnsAnswer, type DnsQuery, type DnsRecord, type DnsType } from "./messages.ts";

/** `/etc/resolv.conf` of a container. */
export interface ResolverConfig {
  /** IP addresses, asked in order. */
  readonly nameservers: readonly string[];
  readonly searches: readonly string[];
  readonly ndots: number;
}

/** A look-up under way: plain data, for the state of whoever asks. */
export interface Lookup {
  readonly config: ResolverConfig;
  readonly qtype: DnsType;
  /** Full names to try, in order. */
  readonly candidates: readonly string[];
  candidate: number;
  /** Counts questions about this candidate: each server is asked twice. */
  attempt: number;
  sawTimeout: boolean;
  sawServerFailure: boolean;
  sawEmpty: boolean;
  result: LookupResult | null;
}

export type LookupResult =
  | {
      readonly ok: true;
      readonly name: string;
      readonly records: readonly DnsRecord[];
      readonly addresses: readonly string[];
    }
  /** `notFound`: NXDOMAIN or no record of the type; `tryAgain`: no server answered, or with SERVFAIL. */
  | {
      readonly ok: false;
      readonly error: "notFound" | "tryAgain" | "refused";
      readonly server: string;
      readonly name: string;
    };

/** What the asker has to do next: a request of protocol UDP, or nothing more. */
export type LookupStep =
  | { readonly type: "ask"; readonly to: string; readonly query: DnsQuery; readonly timeoutUs: number }
  | { readonly type: "done"; readonly result: LookupResult };

export const RESOLVER_TIMEOUT_US = 5_000_000;
const ATTEMPTS = 2;

export function startLookup(config: ResolverConfig, name: string, qtype: DnsType = "A"): Lookup {
  return {
    config,
    qtype,
    candidates: candidateNames(config, name),
    candidate: 0,
    attempt: 0,
    sawTimeout: false,
    sawServerFailure: false,
    sawEmpty: false,
    result: null,
  };
}

/** A name with fewer than `ndots` dots is tried below the search domains first, and as it is at last. */
export function candidateNames({ searches, ndots }: ResolverConfig, name: string): string[] {
  if (name.endsWith(".")) return [name];
  const asItIs = `${name}.`;
  const below = searches.map((search) => `${name}.${search.replace(/\.$/, "")}.`);
  const dots = name.split(".").length - 1;
  return dots >= ndots ? [asItIs, ...below] : [...below, asItIs];
}

export function nextStep(lookup: Lookup): LookupStep {
  if (lookup.result !== null) return { type: "done", result: lookup.result };
  const { nameservers } = lookup.config;
  const name = lookup.candidates[lookup.candidate];
  if (name === undefined || nameservers.length === 0) {
    lookup.result = failureOf(lookup);
    return { type: "done", result: lookup.result };
  }
  const server = nameservers[lookup.attempt % nameservers.length]!;
  const query: DnsQuery = { type: "dns", name, qtype: lookup.qtype };
  return { type: "ask", to: `${server}:${DNS_PORT}`, query, timeoutUs: RESOLVER_TIMEOUT_US };
}

export function answerArrived(lookup: Lookup, answer: DnsAnswer): void {
  const name = lookup.candidates[lookup.candidate]!;
  if (answer.rcode === "SERVFAIL" || answer.rcode === "REFUSED") {
    lookup.sawServerFailure = true;
    anotherServer(lookup);
    return;
  }
  const matching = answer.answers.filter(({ type }) => type === lookup.qtype);
  if (answer.rcode === "NOERROR" && matching.length > 0) {
    const addresses = matching.map(({ data }) => data);
    lookup.result = { ok: true, name, records: answer.answers, addresses };
    return;
  }
  if (answer.rcode === "NOERROR") lookup.sawEmpty = true;
  anotherName(lookup);
}

/** The request failed: nobody listens (or a REJECT rule says so), or no answer came in time. */
export function requestFailed(lookup: Lookup, kind: string): void {
  if (kind === "refused") {
    const servers = lookup.config.nameservers.length;
    if (lookup.attempt + 1 < servers) lookup.attempt += 1;
    else
      lookup.result = {
        ok: false,
        error: "refused",
        server: serverOf(lookup),
        name: lookup.candidates[lookup.candidate]!,
      };
    return;
  }
  lookup.sawTimeout = true;
  anotherServer(lookup);
}

function anotherServer(lookup: Lookup): void {
  lookup.attempt += 1;
  if (lookup.attempt >= ATTEMPTS * lookup.config.nameservers.length) anotherName(lookup);
}

function anotherName(lookup: Lookup): void {
  lookup.candidate += 1;
  lookup.attempt = 0;
}

function failureOf(lookup: Lookup): LookupResult {
  const failed = lookup.sawTimeout || (lookup.sawServerFailure && !lookup.sawEmpty);
  const name = lookup.candidates.at(-1) ?? "";
  return { ok: false, error: failed ? "tryAgain" : "notFound", server: serverOf(lookup), name };
}

function serverOf({ config, attempt }: Lookup): string {
  const { nameservers } = config;
  return nameservers.length === 0 ? "127.0.0.1" : nameservers[attempt % nameservers.length]!;
}

/** As glibc's programs word it. */
export function glibcText(result: LookupResult): string {
  if (result.ok) return "";
  return result.error === "notFound" ? "Name or service not known" : "Temporary failure in name resolution";
}
