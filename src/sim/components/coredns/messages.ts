/** Queries are kernel requests to port 53, protocol UDP; each is answered by a `DnsAnswer`. */
export const DNS_PORT = 53;

export type DnsType = "A" | "AAAA" | "CNAME" | "SRV" | "PTR" | "TXT" | "SOA" | "NS" | "MX";

export interface DnsQuery {
  readonly type: "dns";
  /** A dot at the end may be missing. */
  readonly name: string;
  readonly qtype: DnsType;
}

export interface DnsRecord {
  /** As the question spelt it, with a dot at the end. */
  readonly name: string;
  readonly type: DnsType;
  /** Seconds. */
  readonly ttl: number;
  /** As in a zone file: `10.96.0.10`, `0 100 80 web.default.svc.cluster.local.` */
  readonly data: string;
}

export type DnsRcode = "NOERROR" | "NXDOMAIN" | "SERVFAIL" | "REFUSED";

export interface DnsAnswer {
  readonly type: "dns";
  readonly rcode: DnsRcode;
  readonly answers: readonly DnsRecord[];
  readonly authority: readonly DnsRecord[];
  readonly additional: readonly DnsRecord[];
}
