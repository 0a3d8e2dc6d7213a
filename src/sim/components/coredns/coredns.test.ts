import { describe, expect, it } from "vitest";
import type { ApiObject } from "../../api/object.ts";
import { copyState } from "../../kernel/copy.ts";
import type { Component } from "../../kernel/types.ts";
import type { World } from "../../kernel/world.ts";
import { createRequest } from "../../machinery/requests.ts";
import { SERVICES } from "../../machinery/resources.ts";
import { ask, logOf, pass, smallWorld, stateOf } from "../../machinery/testing/small-world.ts";
import { parseCorefile } from "./corefile.ts";
import type { DnsAnswer, DnsQuery, DnsType } from "./messages.ts";
import { type CorednsState, coredns } from "./program.ts";
import { answerArrived, candidateNames, glibcText, nextStep, requestFailed, startLookup } from "./resolver.ts";
import { corednsView } from "./view.ts";

const corefile = `.:53 {
    errors
    health {
       lameduck 5s
    }
    ready
    kubernetes cluster.local in-addr.arpa ip6.arpa {
       pods insecure
       fallthrough in-addr.arpa ip6.arpa
       ttl 30
    }
    forward . /etc/resolv.conf {
       max_concurrent 1000
    }
    cache 30
    reload
    loadbalance
}
`;

function args(text: string) {
  const token = "/var/run/secrets/kubernetes.io/serviceaccount";
  return {
    argv: ["/coredns", "-conf", "/etc/coredns/Corefile"],
    env: { KUBERNETES_SERVICE_HOST: "10.0.0.11", KUBERNETES_SERVICE_PORT: "6443" },
    container: {
      mounts: [
        { path: "/etc/coredns", readOnly: true, files: { Corefile: text } },
        { path: token, readOnly: true, files: { token: "abc" } },
      ],
    },
  };
}

/** Asks the name server and keeps the answers. */
const client: Component<{ answers: DnsAnswer[] }> = {
  kind: "client",
  start: () => ({ answers: [] }),
  step(state, message, context) {
    if (message.type === "input") {
      context.request({ to: "10.0.0.11:53", body: message.input, timeoutUs: 5_000_000, protocol: "UDP" });
    }
    if (message.type === "response") state.answers.push(message.body as DnsAnswer);
  },
};

function service(name: string, clusterIP: string): ApiObject {
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name, namespace: "default" },
    spec: { clusterIP, ports: [{ name: "http", port: 80, protocol: "TCP" }] },
  };
}

const slice: ApiObject = {
  apiVersion: "discovery.k8s.io/v1",
  kind: "EndpointSlice",
  metadata: { name: "db-1", namespace: "default", labels: { "kubernetes.io/service-name": "db" } },
  endpoints: [
    { addresses: ["10.244.1.5"], hostname: "db-0", conditions: { ready: true } },
    { addresses: ["10.244.1.6"], conditions: { ready: false } },
  ],
  ports: [{ name: "sql", port: 5432, protocol: "TCP" }],
} as ApiObject;

function world(text = corefile): World {
  return smallWorld({
    components: [coredns as never, client as never],
    processes: [
      { name: "coredns", kind: "coredns", args: args(text) },
      { name: "client", kind: "client", args: null },
    ],
    objects: {
      namespaces: [{ apiVersion: "v1", kind: "Namespace", metadata: { name: "default" } }],
      services: [service("web", "10.96.10.1"), service("db", "None")],
      "discovery.k8s.io/endpointslices": [slice],
    },
  });
}

function query(w: World, name: string, qtype: DnsType = "A"): string {
  const body: DnsQuery = { type: "dns", name, qtype };
  w.input("client", body);
  pass(w, 0.1);
  const answer = stateOf<{ answers: DnsAnswer[] }>(w, "client").answers.at(-1)!;
  return `${answer.rcode} ${answer.answers.map(({ ttl, type, data }) => `${ttl} ${type} ${data}`).join(", ")}`.trim();
}

describe("CoreDNS", () => {
  it.each([
    ["web.default.svc.cluster.local", "A", "NOERROR 30 A 10.96.10.1"],
    ["web.default.svc.cluster.local", "AAAA", "NOERROR"],
    ["nothing.default.svc.cluster.local", "A", "NXDOMAIN"],
    ["db.default.svc.cluster.local", "A", "NOERROR 30 A 10.244.1.5"],
    ["db-0.db.default.svc.cluster.local", "A", "NOERROR 30 A 10.244.1.5"],
    ["_sql._tcp.db.default.svc.cluster.local", "SRV", "NOERROR 30 SRV 0 100 5432 db-0.db.default.svc.cluster.local."],
    ["10-244-1-5.default.pod.cluster.local", "A", "NOERROR 30 A 10.244.1.5"],
    ["1.10.96.10.in-addr.arpa", "PTR", "NOERROR 30 PTR web.default.svc.cluster.local."],
    ["2.10.96.10.in-addr.arpa", "PTR", "NXDOMAIN"],
    ["1.10.96.10.in-addr.arpa.", "A", "NXDOMAIN"],
    ["5.1.244.10.in-addr.arpa", "PTR", "NOERROR 30 PTR db-0.db.default.svc.cluster.local."],
    ["dns-version.cluster.local", "TXT", 'NOERROR 28800 TXT "1.1.0"'],
    ["example.com", "A", "NOERROR 30 A 93.184.215.14"],
    ["no-such-name.example", "A", "NXDOMAIN"],
  ] as const)("answers %s %s", (name, qtype, expected) => {
    const w = world();
    pass(w, 1);
    expect(query(w, name, qtype)).toBe(expected);
  });

  it("learns of a new service by watching", () => {
    const w = world();
    pass(w, 1);
    expect(query(w, "late.default.svc.cluster.local")).toBe("NXDOMAIN");
    ask(w, createRequest(SERVICES, service("late", "10.96.10.9")));
    pass(w, 0.5);
    expect(query(w, "late.default.svc.cluster.local")).toBe("NOERROR 30 A 10.96.10.9");
    expect(corednsView(stateOf<CorednsState>(w, "coredns"))).toMatchObject({
      phase: "serving",
      queries: 2,
      byRcode: { NXDOMAIN: 1, NOERROR: 1 },
      recent: [{ answers: ["A 10.96.10.9"] }, { rcode: "NXDOMAIN" }],
    });
  });

  it("does not start with a Corefile that it cannot read", () => {
    const w = world(".:53 {\n    errors\n    nonsense\n}\n");
    pass(w, 1);
    expect(logOf(w, "coredns")).toContain(
      "/etc/coredns/Corefile:3 - Error during parsing: Unknown directive 'nonsense'",
    );
  });

  it("keeps plain data only", () => {
    const w = world();
    pass(w, 1);
    query(w, "web.default.svc.cluster.local");
    const state = stateOf<CorednsState>(w, "coredns");
    expect(corednsView(copyState(state))).toEqual(corednsView(state));
  });
});

describe("Corefile", () => {
  it("says where a block is not closed", () => {
    expect(() => parseCorefile(".:53 {\n  errors\n")).toThrow(
      "Corefile:1 - Error during parsing: Unexpected EOF, expecting '}'",
    );
  });
});

describe("resolver", () => {
  const searches = ["default.svc.cluster.local", "svc.cluster.local", "cluster.local"];
  const config = { nameservers: ["10.96.0.10"], searches, ndots: 5 };
  const empty = { type: "dns", answers: [], authority: [], additional: [] } as const;

  it("tries the search domains first for short names, and last for long ones", () => {
    expect(candidateNames(config, "example.com")[3]).toBe("example.com.");
    expect(candidateNames(config, "a.b.c.d.e.f")[0]).toBe("a.b.c.d.e.f.");
    expect(candidateNames(config, "web.")).toEqual(["web."]);
  });

  it("goes on to the next name after NXDOMAIN and ends with the first answer", () => {
    const lookup = startLookup(config, "example.com");
    for (let misses = 0; misses < 3; misses += 1) {
      expect(nextStep(lookup)).toMatchObject({
        type: "ask",
        to: "10.96.0.10:53",
        query: { name: `example.com.${searches[misses]}.` },
      });
      answerArrived(lookup, { ...empty, rcode: "NXDOMAIN" });
    }
    nextStep(lookup);
    const record = { name: "example.com.", type: "A", ttl: 30, data: "93.184.215.14" } as const;
    answerArrived(lookup, { ...empty, rcode: "NOERROR", answers: [record] });
    expect(nextStep(lookup)).toMatchObject({ type: "done", result: { ok: true, addresses: ["93.184.215.14"] } });
  });

  it("gives up after two time-outs for each name, and at once when refused", () => {
    const slow = startLookup(config, "web");
    let questions = 0;
    for (let step = nextStep(slow); step.type === "ask"; step = nextStep(slow)) {
      questions += 1;
      requestFailed(slow, "timedOut");
    }
    expect(questions).toBe(8);
    expect(glibcText(slow.result!)).toBe("Temporary failure in name resolution");
    const refused = startLookup(config, "web");
    nextStep(refused);
    requestFailed(refused, "refused");
    expect(nextStep(refused)).toMatchObject({ result: { ok: false, error: "refused", server: "10.96.0.10" } });
  });
});
