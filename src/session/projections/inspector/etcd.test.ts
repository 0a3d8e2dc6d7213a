import { expect, test } from "vitest";
import { createEtcdWorld, type EtcdWorld } from "../../../sim/components/etcd/test-world.ts";
import type { Process } from "../../../sim/kernel/state.ts";
import { etcdSections } from "./etcd.ts";

function factsOf({ world }: EtcdWorld, title: string): Record<string, string> {
  const process = world.state.processes.get(world.state.names.get("etcd@m1") as number) as Process;
  const section = etcdSections(world, process).find((each) => each.title === title);
  return section?.type === "facts" ? Object.fromEntries(section.facts.map(({ name, value }) => [name, value])) : {};
}

test("the database is shown against its quota, and the alarm with who raised it", () => {
  const etcd = createEtcdWorld(1, { quotaBytes: 200_000 });
  etcd.advance(1_000_000);
  expect(factsOf(etcd, "Database")).toMatchObject({ File: "20 kB", Quota: "200 kB (10 % taken)" });
  const value = Object.freeze({ data: "x", sizeBytes: 50_000 });
  for (let number = 0; number < 5; number += 1) etcd.answer("m1", { op: "put", key: "big", value });
  expect(factsOf(etcd, "Database").Alarm).toBe("NOSPACE, raised by m1");
});

test("a member that was added is shown before it has started, as a learner if it is one", () => {
  const etcd = createEtcdWorld(3);
  etcd.advance(10_000_000);
  const added = etcd.answer("m1", { op: "memberAdd", peerUrls: ["https://10.0.0.14:2380"], isLearner: true });
  etcd.advance(100_000);
  const { id } = (added as { member: { id: string } }).member;
  const { world } = etcd;
  const process = world.state.processes.get(world.state.names.get("etcd@m1") as number) as Process;
  const raft = etcdSections(world, process).find((section) => section.type === "raft");
  const members = raft?.type === "raft" ? raft.members : [];
  expect(members.map(({ name, alive }) => [name, alive])).toContainEqual([`${id} (not started)`, false]);
  const entries = members.flatMap((member) => member.entries.map(({ what }) => what));
  expect(entries).toContain(`add learner ${id}`);
});
