import { describe, expect, test } from "vitest";
import { allow, bar, wipeDisk } from "../../kernel/control.ts";
import type { EtcdRequest, EtcdResponse, Member } from "./messages.ts";
import { createEtcdWorld, type EtcdWorld } from "./test-world.ts";

const put = (key: string): EtcdRequest => ({ op: "put", key, value: Object.freeze({ data: "1", sizeBytes: 1 }) });
const peerUrl = (number: number) => `https://10.0.0.1${number}:2380`;
const clusterOf = (...numbers: readonly number[]) => numbers.map((number) => `m${number}=${peerUrl(number)}`).join(",");

function started(members: number, spares = 0): EtcdWorld {
  const etcd = createEtcdWorld(members, { spares });
  etcd.advance(10_000_000);
  return etcd;
}

function errorOf(response: EtcdResponse | string): string {
  return typeof response === "object" && response.op === "error" ? response.text : JSON.stringify(response);
}

function logOf({ world }: EtcdWorld, machine: string): string {
  const lines: string[] = [];
  world.state.machines.get(machine)?.logs.forEach(({ text }) => {
    lines.push(text);
  });
  return lines.join("\n");
}

function membersOf(etcd: EtcdWorld, machine = "m1"): readonly Member[] {
  return (etcd.answer(machine, { op: "memberList" }) as { members: readonly Member[] }).members;
}

function idOf(etcd: EtcdWorld, machine: string): string {
  return membersOf(etcd).find(({ name }) => name === machine)?.id as string;
}

function add(etcd: EtcdWorld, number: number, isLearner = false): EtcdResponse | string {
  return etcd.answer("m1", { op: "memberAdd", peerUrls: [peerUrl(number)], isLearner });
}

describe("a new member", () => {
  test("is unstarted until it comes up with the cluster's list, and then has everything", () => {
    const etcd = started(3, 1);
    etcd.answer("m1", put("a"));
    expect(add(etcd, 4)).toMatchObject({ op: "memberAdd", member: { name: "", isLearner: false } });
    expect(
      membersOf(etcd)
        .map(({ name }) => name)
        .sort(),
    ).toEqual(["", "m1", "m2", "m3"]);
    etcd.flags("m4", { cluster: clusterOf(1, 2, 3, 4), clusterState: "existing" });
    etcd.advance(3_000_000);
    expect(
      membersOf(etcd, "m4")
        .map(({ name, started: isStarted }) => [name, isStarted])
        .sort(),
    ).toEqual(["m1", "m2", "m3", "m4"].map((name) => [name, true]));
    expect(etcd.answer("m4", { op: "range", key: "a", serializable: true })).toMatchObject({ count: 1 });
    expect(etcd.stateOf("m4")?.raft.membership.voters).toHaveLength(4);
    expect(etcd.answer("m4", put("b"))).toMatchObject({ op: "put" });
  });

  test("has to name the members as they are", () => {
    const etcd = started(3, 1);
    add(etcd, 4);
    etcd.flags("m4", { cluster: clusterOf(1, 2, 4), clusterState: "existing" });
    etcd.advance(1_000_000);
    expect(logOf(etcd, "m4")).toMatch(/error validating peerURLs \{ClusterID:.*member count is unequal/);
  });

  test("beside a lone member takes the quorum away until it is there", () => {
    const etcd = started(1, 1);
    expect(add(etcd, 2)).toMatchObject({ op: "memberAdd" });
    etcd.advance(3_000_000);
    expect(errorOf(etcd.answer("m1", put("a")))).toBe("etcdserver: request timed out");
    etcd.flags("m2", { cluster: clusterOf(1, 2), clusterState: "existing" });
    etcd.advance(5_000_000);
    expect(etcd.answer("m2", put("a"))).toMatchObject({ op: "put" });
  });

  test("is refused while the cluster is not healthy, has not enough started members, or knows its address", () => {
    const etcd = started(3, 2);
    expect(errorOf(etcd.answer("m1", { op: "memberAdd", peerUrls: ["nonsense"] }))).toBe(
      "etcdserver: given member URLs are invalid",
    );
    expect(errorOf(add(etcd, 2))).toBe("etcdserver: Peer URLs already exists");
    bar(etcd.world, "etcd@m3");
    etcd.advance(6_000_000);
    expect(errorOf(add(etcd, 4))).toBe("etcdserver: unhealthy cluster");
    allow(etcd.world, "etcd@m3");
    etcd.advance(8_000_000);
    expect(add(etcd, 4)).toMatchObject({ op: "memberAdd" });
    expect(errorOf(add(etcd, 5))).toBe("etcdserver: unhealthy cluster");
  });
});

describe("a learner", () => {
  test("does not vote, answers little, and is promoted when it has caught up", () => {
    const etcd = started(3, 2);
    const { member } = add(etcd, 4, true) as { member: Member };
    expect(member.isLearner).toBe(true);
    expect(errorOf(add(etcd, 5, true))).toBe("etcdserver: too many learner members in cluster");
    const follower = ["m1", "m2", "m3"].find((name) => name !== etcd.leader()) as string;
    const promote: EtcdRequest = { op: "memberPromote", id: member.id };
    expect(errorOf(etcd.answer(follower, promote))).toBe(
      "etcdserver: can only promote a learner member which is in sync with leader",
    );
    etcd.flags("m4", { cluster: clusterOf(1, 2, 3, 4), clusterState: "existing" });
    etcd.advance(3_000_000);
    expect(errorOf(etcd.answer("m4", put("a")))).toBe("etcdserver: rpc not supported for learner");
    expect(etcd.answer("m4", { op: "status" })).toMatchObject({ isLearner: true });
    expect(etcd.stateOf("m4")?.raft.membership.voters).toHaveLength(3);
    expect(etcd.answer(follower, promote)).toMatchObject({ op: "memberPromote" });
    expect(etcd.answer("m4", put("a"))).toMatchObject({ op: "put" });
    expect(errorOf(etcd.answer(follower, promote))).toBe("etcdserver: can only promote a learner member");
    expect(errorOf(etcd.answer(follower, { op: "memberPromote", id: "abc" }))).toBe("etcdserver: member not found");
  });
});

describe("a removed member", () => {
  test("stops, is told to stop again when it comes back, and the others go on", () => {
    const etcd = started(3);
    const id = idOf(etcd, "m3");
    expect(etcd.answer("m1", { op: "memberRemove", id })).toMatchObject({ op: "memberRemove" });
    etcd.advance(1_200_000);
    expect(etcd.stateOf("m3")).toBeNull();
    expect(logOf(etcd, "m3")).toContain("the member has been permanently removed from the cluster");
    etcd.advance(3_000_000);
    expect(etcd.answer("m1", put("a"))).toMatchObject({ op: "put" });
    expect(membersOf(etcd)).toHaveLength(2);
    expect(errorOf(etcd.answer("m1", { op: "memberRemove", id }))).toBe("etcdserver: member not found");
  });

  test("that was down when it was removed learns of it from the others", () => {
    const etcd = started(3);
    const id = idOf(etcd, "m3");
    bar(etcd.world, "etcd@m3");
    etcd.advance(6_000_000);
    expect(etcd.answer("m1", { op: "memberRemove", id })).toMatchObject({ op: "memberRemove" });
    allow(etcd.world, "etcd@m3");
    etcd.advance(300_000);
    expect(etcd.stateOf("m3")).toBeNull();
    expect(logOf(etcd, "m3")).toContain("data-dir used by this member must be removed");
  });

  test("can be the leader", () => {
    const etcd = started(3);
    const leader = etcd.leader() as string;
    const [witness] = ["m1", "m2", "m3"].filter((name) => name !== leader) as [string];
    expect(etcd.answer(witness, { op: "memberRemove", id: idOf(etcd, leader) })).toMatchObject({ op: "memberRemove" });
    etcd.advance(5_000_000);
    expect([leader, null]).not.toContain(etcd.leader());
    expect(etcd.answer(witness, put("a"))).toMatchObject({ op: "put" });
  });

  test("is not the last one, nor one whose loss would cost the quorum", () => {
    const lone = started(1);
    expect(errorOf(lone.answer("m1", { op: "memberRemove", id: idOf(lone, "m1") }))).toBe(
      "etcdserver: re-configuration failed due to not enough started members",
    );
    const etcd = started(3);
    const id = idOf(etcd, "m2");
    bar(etcd.world, "etcd@m3");
    etcd.advance(6_000_000);
    expect(errorOf(etcd.answer("m1", { op: "memberRemove", id }))).toBe("etcdserver: unhealthy cluster");
  });
});

test("a member that lost its disk is removed, added again and catches up by snapshot", () => {
  const etcd = createEtcdWorld(3, { snapshotCount: 50 });
  etcd.advance(8_000_000);
  for (let number = 0; number < 5_200; number += 1) etcd.ask("m1", put(`k${number % 7}`), "many");
  etcd.advance(8_000_000);
  const id = idOf(etcd, "m3");
  bar(etcd.world, "etcd@m3");
  wipeDisk(etcd.world, "m3", "/var/lib/etcd");
  expect(etcd.answer("m1", { op: "memberRemove", id })).toMatchObject({ op: "memberRemove" });
  etcd.advance(6_000_000);
  const { member } = add(etcd, 3) as { member: Member };
  expect(member.id).not.toBe(id);
  etcd.flags("m3", { clusterState: "existing" });
  allow(etcd.world, "etcd@m3");
  etcd.advance(5_000_000);
  expect(logOf(etcd, "m3")).toContain("applied snapshot");
  expect(etcd.stateOf("m3")?.id).toBe(member.id);
  expect(etcd.stateOf("m3")?.store.revision).toBe(etcd.stateOf("m1")?.store.revision);
  const hashes = ["m1", "m2", "m3"].map((machine) => (etcd.answer(machine, { op: "hashKv" }) as { hash: number }).hash);
  expect(new Set(hashes).size).toBe(1);
});

test("a member's address is changed and followed", () => {
  const etcd = started(3);
  const id = idOf(etcd, "m3");
  expect(etcd.answer("m1", { op: "memberUpdate", id, peerUrls: ["https://m3:2380"] })).toMatchObject({
    op: "memberUpdate",
  });
  etcd.advance(1_000_000);
  expect(membersOf(etcd).find((member) => member.id === id)?.peerUrls).toEqual(["https://m3:2380"]);
  expect(etcd.stateOf("m1")?.peers.get(id)?.address).toBe("m3:2380");
  expect(etcd.answer("m3", put("a"))).toMatchObject({ op: "put" });
});

test("with two members none may be lost, with four just one, as with three", () => {
  const two = started(2);
  expect(two.answer("m1", put("a"))).toMatchObject({ op: "put" });
  bar(two.world, "etcd@m2");
  two.advance(4_000_000);
  expect(errorOf(two.answer("m1", put("a")))).toBe("etcdserver: request timed out");
  const four = started(4);
  bar(four.world, "etcd@m4");
  four.advance(4_000_000);
  expect(four.answer("m1", put("a"))).toMatchObject({ op: "put" });
  bar(four.world, "etcd@m3");
  four.advance(4_000_000);
  expect(errorOf(four.answer("m1", put("a")))).toBe("etcdserver: request timed out");
});

test("the last one with its data begins anew alone when it is forced to", () => {
  const etcd = started(3);
  etcd.answer("m1", put("kept"));
  for (const machine of ["m1", "m2", "m3"]) bar(etcd.world, `etcd@${machine}`);
  etcd.flags("m1", { force: true });
  allow(etcd.world, "etcd@m1");
  etcd.advance(3_000_000);
  expect(etcd.answer("m1", { op: "range", key: "kept" })).toMatchObject({ count: 1 });
  expect(membersOf(etcd).map(({ name }) => name)).toEqual(["m1"]);
});
