import { expect, test } from "vitest";
import { CLUSTER_CODE } from "../../../sim/cluster/code.ts";
import { type Topology, topologyByName } from "../../../sim/cluster/topology.ts";
import { bootUntilReady } from "../../host.ts";
import { Records } from "../../records.ts";
import { Session } from "../../session.ts";
import { inspectMachine } from "./machine.ts";
import { inspectObject } from "./object.ts";

test("a pod and a machine say in words what they use", () => {
  const session = new Session(CLUSTER_CODE, topologyByName("single") as Topology, 1);
  bootUntilReady(session);
  session.advance(session.nowUs + 30_000_000);
  const records = new Records();
  records.refresh(session.world);
  const etcd = { type: "object", resource: "pods", namespace: "kube-system", name: "etcd-control-plane-1" } as const;
  const section = inspectObject(session, records, etcd)?.sections.find(({ title }) => title === "What it uses");
  expect(section).toMatchObject({
    type: "table",
    rows: [{ cells: ["etcd", "22m", "100m", "no limit", "60 MiB", "100 MiB", "no limit"] }],
  });
  const machine = inspectMachine(session, records, "control-plane-1")?.sections[0];
  const facts = machine?.type === "facts" ? machine.facts : [];
  expect(facts.find(({ name }) => name === "CPU")?.value).toMatch(/^4, in use 1\d\dm$/);
  expect(facts.find(({ name }) => name === "Memory")?.value).toMatch(/^8 GiB, in use \d{3} MiB$/);
});
