import { expect, test } from "vitest";
import { restore, takeCheckpoint, worldHash } from "../../kernel/checkpoint.ts";
import {
  addNetworkRule,
  allow,
  bar,
  crash,
  fillDisk,
  powerOff,
  powerOn,
  removeNetworkRule,
  wipeDisk,
} from "../../kernel/control.ts";
import type { EtcdRequest, EtcdResponse } from "./messages.ts";
import { createEtcdWorld, type EtcdWorld } from "./test-world.ts";
import { viewEtcd, viewKeys } from "./view.ts";

const put = (key: string, text: string): EtcdRequest => ({
  op: "put",
  key,
  value: Object.freeze({ data: text, sizeBytes: text.length }),
});
const get = (key: string): EtcdRequest => ({ op: "range", key });

function started(members: number, options: Parameters<typeof createEtcdWorld>[1] = {}): EtcdWorld {
  const etcd = createEtcdWorld(members, options);
  etcd.advance(4_000_000);
  return etcd;
}

function errorOf(response: EtcdResponse | string): string {
  return typeof response === "object" && response.op === "error"
    ? response.text
    : `not an error: ${JSON.stringify(response)}`;
}

function logOf({ world }: EtcdWorld, machine: string): string {
  const lines: string[] = [];
  world.state.machines.get(machine)?.logs.forEach(({ text }) => {
    lines.push(text);
  });
  return lines.join("\n");
}

function followersOf(etcd: EtcdWorld): string[] {
  return ["m1", "m2", "m3"].filter((name) => name !== etcd.leader());
}

test("a lone member is ready at once", () => {
  const etcd = createEtcdWorld(1);
  etcd.advance(100_000);
  expect(etcd.answer("m1", put("a", "1"))).toMatchObject({ op: "put", header: { revision: 2, raftTerm: 2 } });
});

test("three members elect a leader, and each of them reads what any of them wrote", () => {
  const etcd = started(3);
  expect(etcd.leader()).not.toBeNull();
  expect(etcd.answer("m1", put("a", "1"))).toMatchObject({ op: "put", header: { revision: 2 } });
  for (const machine of ["m1", "m2", "m3"]) {
    expect(etcd.answer(machine, get("a"))).toMatchObject({ count: 1, kvs: [{ value: { data: "1" } }] });
  }
  const log = logOf(etcd, etcd.leader() as string);
  expect(log).toContain("became leader at term 2");
  expect(log).toContain("ready to serve client requests");
});

test("when the leader is killed another is elected within seconds, and the old one comes back as its follower", () => {
  const etcd = started(3);
  etcd.answer("m1", put("a", "1"));
  const old = etcd.leader() as string;
  const [witness] = followersOf(etcd);
  bar(etcd.world, `etcd@${old}`);
  etcd.advance(3_500_000);
  const next = etcd.leader() as string;
  expect(next).not.toBe(old);
  expect(etcd.answer(witness as string, get("a"))).toMatchObject({ kvs: [{ value: { data: "1" } }] });
  const term = etcd.stateOf(next)?.raft.term;
  allow(etcd.world, `etcd@${old}`);
  etcd.advance(3_000_000);
  expect(etcd.leader()).toBe(next);
  expect(etcd.stateOf(old)?.raft.term).toBe(term);
  expect(etcd.answer(old, get("a"))).toMatchObject({ kvs: [{ value: { data: "1" } }] });
});

test("a write that was on its way when the leader died says so after seven seconds", () => {
  const etcd = started(3);
  const [witness] = followersOf(etcd) as [string];
  crash(etcd.world, `etcd@${etcd.leader()}`);
  const response = etcd.answer(witness, put("a", "1"));
  // It waits for the next leader, or was sent to the dead one.
  expect(
    typeof response === "object" && (response.op === "put" || errorOf(response).includes("previous leader failure")),
  ).toBe(true);
});

test("without a quorum reads and writes fail after seven seconds, serializable reads go on, and all comes back", () => {
  const etcd = started(3);
  etcd.answer("m1", put("a", "1"));
  bar(etcd.world, "etcd@m2");
  bar(etcd.world, "etcd@m3");
  etcd.advance(5_000_000);
  expect(etcd.leader()).toBeNull();
  const beforeUs = etcd.world.nowUs;
  expect(errorOf(etcd.answer("m1", put("a", "2")))).toBe("etcdserver: request timed out");
  expect(etcd.world.nowUs - beforeUs).toBeGreaterThan(6_990_000);
  expect(errorOf(etcd.answer("m1", get("a")))).toBe("etcdserver: request timed out");
  expect(etcd.answer("m1", { op: "range", key: "a", serializable: true })).toMatchObject({ count: 1 });
  expect(etcd.answer("m1", { op: "status" })).toMatchObject({ leader: "0", errors: ["etcdserver: no leader"] });
  allow(etcd.world, "etcd@m2");
  etcd.advance(4_000_000);
  expect(etcd.answer("m1", put("a", "3"))).toMatchObject({ op: "put" });
});

test("a leader that is cut off steps down, and what it reads it does not pass off as newest", () => {
  const etcd = started(3);
  etcd.answer("m1", put("a", "old"));
  const old = etcd.leader() as string;
  addNetworkRule(etcd.world, { id: "cut", between: [old, "*"], oneway: false, effect: { type: "drop", percent: 100 } });
  etcd.ask(old, get("a"), "stale");
  etcd.advance(4_000_000);
  const next = etcd.leader() as string;
  expect([null, old]).not.toContain(next);
  expect(etcd.stateOf(old)?.raft.role).not.toBe("leader");
  expect(logOf(etcd, old)).toContain("stepped down to follower since quorum is not active");
  expect(etcd.answer(next, put("a", "new"))).toMatchObject({ op: "put" });
  etcd.advance(5_000_000);
  expect(errorOf(etcd.heard(old, "stale")[0]?.response as EtcdResponse)).toContain("etcdserver: ");
  removeNetworkRule(etcd.world, "cut");
  etcd.advance(5_000_000);
  expect(etcd.leader()).toBe(next);
  expect(etcd.answer(old, get("a"))).toMatchObject({ kvs: [{ value: { data: "new" } }] });
});

test("a member starts again from its disk, power cut or not", () => {
  const etcd = started(1);
  for (let number = 0; number < 20; number += 1) etcd.answer("m1", put(`k${number}`, String(number)));
  powerOff(etcd.world, "m1");
  etcd.advance(1_000_000);
  powerOn(etcd.world, "m1");
  etcd.advance(1_000_000);
  expect(etcd.answer("m1", { op: "range", key: "k", rangeEnd: "l", countOnly: true })).toMatchObject({
    count: 20,
    header: { revision: 21, raftTerm: 3 },
  });
});

test("a member that missed more than the log holds gets a snapshot", () => {
  const etcd = started(3, { snapshotCount: 50 });
  const [late, witness] = followersOf(etcd) as [string, string];
  bar(etcd.world, `etcd@${late}`);
  for (let number = 0; number < 5_200; number += 1) etcd.ask(witness, put(`k${number % 7}`, String(number)), "many");
  etcd.advance(8_000_000);
  expect(etcd.stateOf(witness)?.raft.log.first).toBeGreaterThan(10);
  allow(etcd.world, `etcd@${late}`);
  etcd.advance(4_000_000);
  expect(logOf(etcd, late)).toContain("applied snapshot");
  expect(etcd.answer(late, get("k1"))).toEqual(expect.objectContaining({ count: 1 }));
  expect(etcd.stateOf(late)?.store.revision).toBe(etcd.stateOf(witness)?.store.revision);
});

test("a watch gets what it missed, then what is applied; without a leader it ends after three seconds", () => {
  const etcd = started(3);
  etcd.answer("m1", put("/registry/pods/a", "1"));
  etcd.watch(
    "m1",
    { op: "watch", key: "/registry/pods/", rangeEnd: "/registry/pods0", startRevision: 2, prevKv: true },
    "w",
  );
  etcd.advance(100_000);
  etcd.answer("m2", put("/registry/pods/a", "2"));
  etcd.answer("m2", put("/registry/services/a", "3"));
  etcd.answer("m2", { op: "deleteRange", key: "/registry/pods/a" });
  etcd.advance(100_000);
  const frames = etcd.heard("m1", "w").map(({ frame }) => frame);
  expect(frames.map((frame) => frame?.type)).toEqual(["created", "events", "events", "events"]);
  expect(frames[2]).toMatchObject({
    events: [{ type: "PUT", kv: { value: { data: "2" } }, prevKv: { value: { data: "1" } } }],
  });
  expect(frames[3]).toMatchObject({ events: [{ type: "DELETE", prevKv: { version: 2 } }] });
  bar(etcd.world, "etcd@m2");
  bar(etcd.world, "etcd@m3");
  etcd.advance(6_000_000);
  expect(etcd.heard("m1", "w").at(-2)?.frame).toMatchObject({ type: "cancelled", reason: "etcdserver: no leader" });
});

test("whoever watches may ask how far it is, and is told so when nothing happens", () => {
  const etcd = started(1);
  etcd.watch("m1", { op: "watch", key: "a", startRevision: 0, progressNotify: true }, "w");
  etcd.advance(100_000);
  etcd.answer("m1", put("b", "1"));
  etcd.askProgress("m1", "w");
  etcd.advance(100_000);
  const progress = { type: "progress", header: { revision: 2 } };
  expect(etcd.heard("m1", "w").map(({ frame }) => frame)).toMatchObject([{ type: "created" }, progress]);
  etcd.advance(6_000_000);
  expect(etcd.heard("m1", "w").at(-1)?.frame).toMatchObject(progress);
  expect(etcd.heard("m1", "w")).toHaveLength(3);
});

test("a watch gets only what it filters for, and what was there before", () => {
  const etcd = started(1);
  etcd.watch("m1", { op: "watch", key: "a", startRevision: 0, prevKv: true, filters: ["NOPUT"] }, "w");
  etcd.advance(100_000);
  etcd.answer("m1", put("a", "1"));
  etcd.answer("m1", { op: "deleteRange", key: "a" });
  etcd.advance(100_000);
  expect(etcd.heard("m1", "w").map(({ frame }) => frame)).toMatchObject([
    { type: "created" },
    { type: "events", events: [{ type: "DELETE", prevKv: { value: { data: "1" } } }] },
  ]);
});

test("a lease's keys go when it expires, and live on under a new leader with their whole time", () => {
  const etcd = started(3);
  const granted = etcd.answer("m1", { op: "leaseGrant", ttlSeconds: 5 }) as { id: number };
  etcd.answer("m1", { op: "put", key: "a", value: { data: "1", sizeBytes: 1 }, lease: granted.id });
  etcd.advance(3_000_000);
  expect(etcd.answer("m2", { op: "leaseKeepAlive", id: granted.id })).toMatchObject({ ttlSeconds: 5 });
  etcd.advance(3_000_000);
  expect(etcd.answer("m3", { op: "leaseTimeToLive", id: granted.id, keys: true })).toMatchObject({
    ttlSeconds: 1,
    keys: ["a"],
  });
  const survivor = followersOf(etcd)[0] as string;
  crash(etcd.world, `etcd@${etcd.leader()}`);
  etcd.advance(3_500_000);
  expect(etcd.answer(survivor, get("a"))).toMatchObject({ count: 1 });
  etcd.advance(6_000_000);
  expect(etcd.answer(survivor, get("a"))).toMatchObject({ count: 0 });
});

test("over its quota a member raises the alarm for all, until space is made and the alarm disarmed", () => {
  const etcd = started(3, { quotaBytes: 200_000 });
  const big = { data: "x", sizeBytes: 50_000 };
  const results = Array.from({ length: 5 }, () => etcd.answer("m1", { op: "put", key: "big", value: big }));
  expect(errorOf(results.at(-1) as EtcdResponse)).toBe("etcdserver: mvcc: database space exceeded");
  etcd.advance(100_000);
  expect(errorOf(etcd.answer("m2", put("a", "1")))).toBe("etcdserver: mvcc: database space exceeded");
  expect(etcd.answer("m2", { op: "status" })).toMatchObject({ errors: [expect.stringContaining("alarm:NOSPACE")] });
  const { header } = etcd.answer("m1", get("big")) as { header: { revision: number } };
  etcd.answer("m1", { op: "compact", revision: header.revision });
  for (const machine of ["m1", "m2", "m3"])
    expect(etcd.answer(machine, { op: "defragment" })).toMatchObject({ op: "defragment" });
  expect(etcd.answer("m1", { op: "alarm", action: "DEACTIVATE" })).toMatchObject({ alarms: [{ alarm: "NOSPACE" }] });
  expect(etcd.answer("m1", put("a", "1"))).toMatchObject({ op: "put" });
});

test("a full disk ends the member; the others go on", () => {
  const etcd = started(3);
  const [full, witness] = followersOf(etcd) as [string, string];
  fillDisk(etcd.world, full, true);
  etcd.answer(witness, put("a", "1"));
  etcd.advance(200_000);
  expect(etcd.stateOf(full)).toBeNull();
  expect(logOf(etcd, full)).toContain("no space left on device");
  expect(etcd.answer(witness, get("a"))).toMatchObject({ count: 1 });
});

test("a member whose data was wiped is refused: it has been bootstrapped before", () => {
  const etcd = started(3);
  const [wiped] = followersOf(etcd) as [string];
  bar(etcd.world, `etcd@${wiped}`);
  wipeDisk(etcd.world, wiped, "/var/lib/etcd");
  allow(etcd.world, `etcd@${wiped}`);
  etcd.advance(2_000_000);
  expect(logOf(etcd, wiped)).toContain("has already been bootstrapped");
});

test("a wiped member that is told to join as if it were new panics at the first heartbeat", () => {
  const etcd = started(3);
  const [wiped] = followersOf(etcd) as [string];
  bar(etcd.world, `etcd@${wiped}`);
  wipeDisk(etcd.world, wiped, "/var/lib/etcd");
  etcd.flags(wiped, { clusterState: "existing" });
  allow(etcd.world, `etcd@${wiped}`);
  etcd.advance(2_000_000);
  expect(logOf(etcd, wiped)).toMatch(/tocommit\(\d+\) is out of range \[lastIndex\(0\)\]/);
});

test("the leadership moves when somebody says so", () => {
  const etcd = started(3);
  const old = etcd.leader() as string;
  const [target] = followersOf(etcd) as [string];
  const targetId = etcd.stateOf(target)?.id as string;
  expect(errorOf(etcd.answer(target, { op: "moveLeader", targetId }))).toBe("etcdserver: not leader");
  expect(errorOf(etcd.answer(old, { op: "moveLeader", targetId: "1" }))).toBe("etcdserver: bad leader transferee");
  expect(etcd.answer(old, { op: "moveLeader", targetId })).toMatchObject({ op: "moveLeader" });
  expect(etcd.leader()).toBe(target);
});

test("a world goes on from a checkpoint as it would have", () => {
  const etcd = started(3);
  for (let number = 0; number < 50; number += 1) etcd.ask("m1", put(`k${number}`, "1"), "many");
  const checkpoint = takeCheckpoint(etcd.world);
  etcd.advance(3_000_000);
  const again = restore(etcd.world.code, checkpoint);
  again.advance(etcd.world.nowUs);
  expect(worldHash(again)).toBe(worldHash(etcd.world));
});

test("what the inspector shows is read from the member's state", () => {
  const etcd = started(3);
  for (const key of ["/registry/pods/default/a", "/registry/pods/default/b", "/registry/nodes/n"])
    etcd.answer("m1", put(key, "1"));
  etcd.advance(100_000);
  const leader = etcd.leader() as string;
  const state = etcd.stateOf(leader);
  if (state === null) throw new Error("There is no leader.");
  const view = viewEtcd(state);
  expect(view).toMatchObject({
    role: "leader",
    term: 2,
    leaderName: leader,
    revision: 4,
    summary: "leader, term 2",
    alarms: [],
  });
  expect(view.members.map(({ name, isReachable }) => [name, isReachable])).toEqual([
    ["m1", true],
    ["m2", true],
    ["m3", true],
  ]);
  expect(view.progress.map(({ state: how, match }) => [how, match])).toEqual([
    ["replicate", view.log.last],
    ["replicate", view.log.last],
  ]);
  expect(view.log.entries.at(-1)).toMatchObject({ what: "put /registry/nodes/n", isCommitted: true });
  expect(viewKeys(state, "/registry/").map(({ name, keys }) => [name, keys])).toEqual([
    ["nodes/", 1],
    ["pods/", 2],
  ]);
  expect(viewKeys(state, "/registry/pods/default/").map(({ path, isKey }) => [path, isKey])).toEqual([
    ["/registry/pods/default/a", true],
    ["/registry/pods/default/b", true],
  ]);
});
