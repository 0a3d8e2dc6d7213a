import { expect, test } from "vitest";
import { crash } from "../../kernel/control.ts";
import { parseFlags } from "./flags.ts";
import type { EtcdRequest } from "./messages.ts";
import { createEtcdWorld, type EtcdWorld } from "./test-world.ts";

const MINUTE_US = 60_000_000;

function write(etcd: EtcdWorld, times: number, sizeBytes = 1): void {
  const value = Object.freeze({ data: "x", sizeBytes });
  for (let time = 0; time < times; time += 1) etcd.answer("m1", { op: "put", key: "a", value });
}

const readAt = (revision: number): EtcdRequest => ({ op: "range", key: "a", revision });

function logOf({ world }: EtcdWorld, machine: string): string {
  const lines: string[] = [];
  world.state.machines.get(machine)?.logs.forEach(({ text }) => {
    lines.push(text);
  });
  return lines.join("\n");
}

test("history goes by age: what is older than the period", () => {
  const etcd = createEtcdWorld(1, { argv: ["--auto-compaction-retention=10m"] });
  etcd.advance(MINUTE_US / 2);
  write(etcd, 2);
  etcd.advance(8 * MINUTE_US);
  expect(etcd.answer("m1", readAt(2))).toMatchObject({ count: 1 });
  etcd.advance(14 * MINUTE_US);
  expect(etcd.answer("m1", readAt(2))).toMatchObject({
    text: "etcdserver: mvcc: required revision has been compacted",
  });
  expect(logOf(etcd, "m1")).toMatch(/"completed auto periodic compaction","revision":3,"compact-period":"10m0s"/);
});

test("history goes by number: every five minutes all but so many revisions", () => {
  const etcd = createEtcdWorld(1, { argv: ["--auto-compaction-mode=revision", "--auto-compaction-retention=5"] });
  etcd.advance(MINUTE_US / 2);
  write(etcd, 20);
  expect(etcd.answer("m1", readAt(10))).toMatchObject({ count: 1 });
  etcd.advance(5 * MINUTE_US);
  expect(etcd.answer("m1", readAt(15))).toMatchObject({ op: "error" });
  expect(etcd.answer("m1", readAt(16))).toMatchObject({ count: 1 });
  etcd.advance(10 * MINUTE_US);
  expect(logOf(etcd, "m1").match(/starting auto revision compaction/g)).toHaveLength(1);
});

test("the leader alone does it", () => {
  const etcd = createEtcdWorld(3, { argv: ["--auto-compaction-mode=revision", "--auto-compaction-retention=1"] });
  etcd.advance(MINUTE_US / 2);
  write(etcd, 5);
  etcd.advance(6 * MINUTE_US);
  const who = ["m1", "m2", "m3"].filter((name) => logOf(etcd, name).includes("auto revision compaction"));
  expect(who).toEqual([etcd.leader()]);
});

test("without a retention nothing goes", () => {
  const etcd = createEtcdWorld(1);
  etcd.advance(MINUTE_US / 2);
  write(etcd, 3);
  etcd.advance(180 * MINUTE_US);
  expect(etcd.answer("m1", readAt(2))).toMatchObject({ count: 1 });
});

test.each([
  [["--auto-compaction-retention=1"], { mode: "periodic", periodUs: 60 * MINUTE_US }],
  [["--auto-compaction-retention=0"], null],
  [["--auto-compaction-mode=revision", "--auto-compaction-retention=1000"], { mode: "revision", retention: 1000 }],
])("%j", (argv, autoCompaction) => {
  expect(parseFlags(["etcd", ...argv])).toMatchObject({ autoCompaction });
});

test.each([
  [["--auto-compaction-mode=size"], 'unknown auto-compaction-mode "size"'],
  [["--auto-compaction-retention=soon"], 'error parsing CompactionRetention: time: invalid duration "soon"'],
])("%j is refused", (argv, error) => {
  expect(parseFlags(["etcd", ...argv])).toEqual({ error });
});

test("a database that was defragmented is as small after a restart", () => {
  const etcd = createEtcdWorld(1);
  etcd.advance(MINUTE_US / 2);
  write(etcd, 30, 100_000);
  etcd.answer("m1", { op: "compact", revision: 30 });
  const sizeOf = () => etcd.stateOf("m1")?.store.fileBytes ?? 0;
  const large = sizeOf();
  etcd.answer("m1", { op: "defragment" });
  const small = sizeOf();
  expect(small).toBeLessThan(large / 2);
  crash(etcd.world, "etcd@m1");
  etcd.advance(MINUTE_US / 10);
  expect(sizeOf()).toBe(small);
});
