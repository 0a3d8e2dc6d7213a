import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { restore, takeCheckpoint, worldHash } from "../../../kernel/checkpoint.ts";
import { allow, bar } from "../../../kernel/control.ts";
import type { Component } from "../../../kernel/types.ts";
import { createWorld, type World } from "../../../kernel/world.ts";
import type { ConsoleProgramArgs } from "../../console/messages.ts";
import type { ExecFrame } from "../../kubelet/messages.ts";
import { etcd } from "../component.ts";
import { ETCD_PROGRAMS } from "../programs.ts";

/**
 * What a real etcdctl 3.4 printed, command by command, in the order in which it was asked (DIR is a folder). This one is
 * 3.5: `SINCE_3_5` says where that prints something else.
 */
interface Recorded {
  readonly command: string;
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

const RECORDED = JSON.parse(readFileSync(new URL("../testdata/etcdctl-3.4.json", import.meta.url), "utf8")) as Readonly<
  Record<string, Recorded>
>;

const SOCKET = "unix:/run/test.sock";

interface Ran {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number | null;
}

interface HostState {
  readonly runs: Map<number, { stdout: string; stderr: string; exitCode: number | null }>;
  readonly outputs: Map<number, number>;
}

type HostInput =
  | { readonly etcd: string; readonly argv: readonly string[] }
  | { readonly program: string; readonly run: number; readonly args: ConsoleProgramArgs }
  | { readonly interrupt: string };

/** Starts members and programs, and keeps what programs print. */
const host: Component<HostState> = {
  kind: "host",
  start(context) {
    context.listen(SOCKET);
    return { runs: new Map(), outputs: new Map() };
  },
  step(state, message, context) {
    switch (message.type) {
      case "input": {
        const input = message.input as HostInput;
        if ("etcd" in input) context.spawn({ name: input.etcd, kind: "etcd", args: { argv: input.argv } });
        else if ("interrupt" in input) context.signal(input.interrupt, "SIGINT");
        else {
          state.runs.set(input.run, { stdout: "", stderr: "", exitCode: null });
          context.spawn({ name: `program-${input.run}`, kind: input.program, args: input.args });
        }
        return;
      }
      case "streamOpened":
        state.outputs.set(message.id, (message.body as { run: number }).run);
        return;
      case "streamFrame": {
        const run = state.runs.get(state.outputs.get(message.id) ?? 0);
        const frame = message.frame as ExecFrame;
        if (run === undefined) return;
        if (frame.type === "exit") run.exitCode = frame.exitCode;
        else if (frame.type === "stdout" || frame.type === "stderr") run[frame.type] += frame.data;
        return;
      }
      case "childExited":
        context.reap(message.process);
        return;
      default:
    }
  },
};

class Laboratory {
  readonly world: World;
  private runs = 0;
  private readonly files: Readonly<Record<string, string>>;

  constructor(files: Readonly<Record<string, string>>) {
    this.files = files;
    const components = [etcd, host, ...ETCD_PROGRAMS] as unknown as readonly Component<never, never>[];
    this.world = createWorld(
      { components: new Map(components.map((component) => [component.kind, component])), routePacket: null },
      {
        seed: 1,
        epochWallUs: 1_795_167_500_000_000,
        machines: [
          {
            info: {
              name: "m",
              ip: "10.0.0.1",
              zone: "a",
              role: "control-plane",
              cpuMillicores: 2000,
              memoryBytes: 2 ** 32,
              extra: {},
            },
            boot: [{ name: "host", kind: "host", args: null }],
            bootUs: 0,
            fsyncUs: 1_000,
            files: {},
          },
        ],
      },
    );
    this.world.advance(1_000);
  }

  member(name: string, number: number, cluster: string, ...flags: readonly string[]): void {
    const argv = [
      "etcd",
      `--name=${name}`,
      `--data-dir=/data/${name}`,
      `--listen-client-urls=http://127.0.0.1:${24790 + number}`,
      `--advertise-client-urls=http://127.0.0.1:${24790 + number}`,
      `--listen-peer-urls=http://127.0.0.1:${24800 + number}`,
      `--initial-advertise-peer-urls=http://127.0.0.1:${24800 + number}`,
      `--initial-cluster=${cluster}`,
      ...flags,
    ];
    this.world.input("host", { etcd: `etcd@${name}`, argv: Object.freeze(argv) });
  }

  advance(us: number): void {
    this.world.advance(this.world.nowUs + us);
  }

  /** A command line as it stands in the recording: with `timeout N`, `bash -c ... < FILE`. */
  run(command: string): Ran {
    const [, timeout, line = "", file] =
      /^(?:timeout (\d+) )?(?:bash -c )?(.*?)(?: < (\S+))?$/.exec(command.replaceAll("DIR", "/dir")) ?? [];
    const argv = Object.freeze(line.split(" "));
    this.runs += 1;
    const run = this.runs;
    const args: ConsoleProgramArgs = {
      console: SOCKET,
      run,
      argv,
      env: {},
      directory: "/root",
      stdin: file === undefined ? "" : (this.files[file] ?? ""),
    };
    this.world.input("host", { program: argv[0], run, args: Object.freeze(args) });
    const untilUs = this.world.nowUs + (timeout === undefined ? 60 : Number(timeout)) * 1_000_000;
    const kept = () => this.hostState().runs.get(run);
    while (this.world.nowUs < untilUs && (kept()?.exitCode ?? null) === null) this.advance(1_000);
    const ran = kept() ?? { stdout: "", stderr: "", exitCode: null };
    if (ran.exitCode !== null || timeout === undefined) return ran;
    this.world.input("host", { interrupt: `program-${run}` });
    return { ...ran, exitCode: 124 };
  }

  private hostState(): HostState {
    return this.world.state.processes.get(this.world.state.names.get("host") as number)?.state as HostState;
  }
}

/** What varies from run to run, and the widths of tables that follow from it. */
function normalized(text: string): string {
  return text
    .split("\n")
    .map((line) => (line.startsWith("{") ? zapLine(line) : line))
    .join("\n")
    .replaceAll("/dir", "DIR")
    .replace(/\b\d+(\.\d+)?(ns|µs|ms|s)\b(?=[. |]|$)/gm, "TIME")
    .replace(/\b\d+ kB\b/g, "SIZE")
    .replace(/\b(\d{15,20}|[0-9a-f]{15,16})\b/g, "ID")
    .replace(/3\.4(\.23)?/g, (_all, patch?: string) => (patch === undefined ? "3.5" : "3.5.21"))
    .replace(/ +/g, " ")
    .replace(/-{3,}/g, "---");
}

/** Loggers, callers and times are those of a release. */
function zapLine(line: string): string {
  const { level, msg, error, path, endpoint, size } = JSON.parse(line) as Readonly<Record<string, string>>;
  // Why a member cannot be reached, every release says in its own words.
  const reason = error?.replace(/desc = .*(connection error|SubConns).*/, "desc = not connected");
  return JSON.stringify({ level, msg, error: reason, path, endpoint, size });
}

/** Where 3.5 differs from the recorded 3.4. */
const SINCE_3_5: Readonly<Record<string, (recorded: Recorded) => Recorded>> = {
  "single/endpoint-health": healthyOnStdout,
  "three/endpoint-health": healthyOnStdout,
  "single/defrag": (recorded) => ({ ...recorded, stdout: recorded.stdout.replace(/\]\n/, "]. took TIME\n") }),
  "single/nospace-endpoint-health": (recorded) => ({
    ...recorded,
    exitCode: 1,
    stderr:
      "http://127.0.0.1:24790 is unhealthy: failed to commit proposal: Active Alarm(s): NOSPACE \nError: unhealthy cluster\n",
  }),
  "three/no-quorum-put": (recorded) => ({
    ...recorded,
    stderr: recorded.stderr
      .replace("code = Unknown", "code = DeadlineExceeded")
      .replace(/Error: rpc.*desc = /, "Error: "),
  }),
  "single/snapshot-status-missing": deprecated,
  "single/snapshot-status-table": deprecated,
};

function healthyOnStdout(recorded: Recorded): Recorded {
  return { ...recorded, stdout: recorded.stderr, stderr: "" };
}

function deprecated(recorded: Recorded): Recorded {
  return { ...recorded, stderr: `Deprecated: Use \`etcdutl snapshot status\` instead.\n\n${recorded.stderr}` };
}

/** Lines that come from members beside each other, in no order. */
function sorted(text: string): string {
  return text.split("\n").sort().join("\n");
}

function shown({ stdout, stderr, exitCode }: Ran, isParallel: boolean): object {
  const order = isParallel ? sorted : (text: string) => text;
  return { stdout: order(normalized(stdout)), stderr: order(normalized(stderr)), exitCode };
}

function check(laboratory: Laboratory, name: string, command?: string): void {
  const recorded = RECORDED[name] as Recorded;
  const expected = SINCE_3_5[name]?.(recorded) ?? recorded;
  const isParallel = name.includes("endpoint-health");
  const ran = laboratory.run(command ?? recorded.command);
  expect({ name, ...shown(ran, isParallel) }).toEqual({ name, ...shown(expected, isParallel) });
}

describe("etcdctl prints what was recorded", () => {
  test("of a single member", () => {
    const files = {
      "/dir/txn": 'mod("foo") > "0"\n\nput t 1\nget foo\n\n\n',
      "/dir/big": "x".repeat(2_000_000),
    };
    const laboratory = new Laboratory(files);
    laboratory.member("s1", 0, "s1=http://127.0.0.1:24800");
    laboratory.advance(500_000);
    const at = "etcdctl --endpoints=http://127.0.0.1:24790";
    const check1 = (name: string, command?: string) => check(laboratory, `single/${name}`, command);
    check1("version");
    check1("put");
    laboratory.run(`${at} put foo bar2`);
    for (const name of ["get", "get-missing", "get-rev", "get-w-json"]) check1(name);
    for (const key of ["a/1", "a/2"]) laboratory.run(`${at} put ${key} x`);
    for (const name of ["get-prefix-limit", "del", "txn-success", "watch-rev", "compaction", "compaction-future"])
      check1(name);
    for (const name of ["get-compacted", "watch-compacted"]) check1(name);
    check1("lease-grant");
    const id = /lease (\w+)/.exec(laboratory.run(`${at} lease grant 100`).stdout)?.[1] as string;
    laboratory.run(`${at} put leased x --lease=${id}`);
    check1("lease-timetolive", `${at} lease timetolive ${id} --keys`);
    laboratory.run(`${at} lease revoke ${id}`);
    check1("lease-revoke-again", `${at} lease revoke ${id}`);
    for (const name of ["endpoint-health", "endpoint-health-table", "member-list-table", "alarm-list-none", "defrag"])
      check1(name);
    expect(laboratory.run(RECORDED["single/endpoint-hashkv"]?.command ?? "").stdout).toMatch(
      /^http:\/\/127\.0\.0\.1:24790, \d+\n$/,
    );
    expect(
      normalized(laboratory.run(`${at} endpoint status -w table`).stdout).replace(
        /\d+ \| \d+ \| \d+ \|/,
        "TERM AND INDEXES |",
      ),
    ).toBe(
      normalized(RECORDED["single/endpoint-status-table"]?.stdout ?? "").replace(
        /\d+ \| \d+ \| \d+ \|/,
        "TERM AND INDEXES |",
      ),
    );
    for (const name of ["put-too-large", "move-leader-single", "snapshot-save", "snapshot-status-missing"])
      check1(name);
    const status = normalized(laboratory.run(RECORDED["single/snapshot-status-table"]?.command ?? "").stdout);
    expect(status.replace(/[0-9a-f]+ \| \d+ \| \d+/, "H | R | K")).toBe(
      normalized(RECORDED["single/snapshot-status-table"]?.stdout ?? "").replace(
        /[0-9a-f]+ \| \d+ \| \d+/,
        "H | R | K",
      ),
    );
  });

  test("of a member that is full", () => {
    const laboratory = new Laboratory({ "/dir/big": "x".repeat(100_000) });
    laboratory.member("s1", 0, "s1=http://127.0.0.1:24800", "--quota-backend-bytes=1500000");
    laboratory.advance(500_000);
    const at = "etcdctl --endpoints=http://127.0.0.1:24790";
    for (let number = 0; number < 30; number += 1) laboratory.run(`bash -c ${at} put big < DIR/big`);
    for (const name of ["nospace-put", "nospace-alarm-list", "nospace-endpoint-health"])
      check(laboratory, `single/${name}`);
    const revision = /"revision":(\d+)/.exec(laboratory.run(`${at} get big -w json --keys-only`).stdout)?.[1] ?? "";
    expect(laboratory.run(`${at} compaction ${revision}`).stdout).toBe(`compacted revision ${revision}\n`);
    laboratory.run(`${at} defrag`);
    laboratory.run(`${at} alarm disarm`);
    check(laboratory, "single/nospace-put-after");
  });

  test("of three members that lose each other", () => {
    const laboratory = new Laboratory({});
    const cluster = [1, 2, 3].map((number) => `m${number}=http://127.0.0.1:${24800 + number}`).join(",");
    const start = (number: number) => laboratory.member(`m${number}`, number, cluster);
    for (const number of [1, 2, 3]) start(number);
    laboratory.advance(6_000_000);
    const status = (name: string) => {
      const recorded = RECORDED[name] as Recorded;
      const ran = laboratory.run(recorded.command);
      // Who leads, in which term, at which index, and in which order members are asked.
      const plain = (text: string) =>
        normalized(text).replace(/(true|false) \| (true|false) \| \d+ \| \d+ \| \d+/g, "LEADS");
      expect({ name, ...ran, stdout: plain(ran.stdout), stderr: plain(ran.stderr) }).toMatchObject({
        exitCode: recorded.exitCode,
        stdout: plain(recorded.stdout),
        stderr: plain(recorded.stderr),
      });
    };
    check(laboratory, "three/endpoint-health");
    expect(laboratory.run(RECORDED["three/endpoint-health-table"]?.command ?? "").stdout.split("\n")).toHaveLength(8);
    status("three/endpoint-status-table");
    expect(laboratory.run(RECORDED["three/member-list-table"]?.command ?? "").stdout.match(/started/g)).toHaveLength(3);
    bar(laboratory.world, "etcd@m3");
    laboratory.advance(3_000_000);
    check(laboratory, "three/one-down-put");
    status("three/one-down-endpoint-status");
    bar(laboratory.world, "etcd@m1");
    laboratory.advance(3_000_000);
    for (const name of ["put", "get-linearizable", "endpoint-health", "lease-grant", "snapshot-save"])
      check(laboratory, `three/no-quorum-${name}`);
    check(laboratory, "three/no-quorum-endpoint-health-all");
    status("three/no-quorum-endpoint-status-all");
    allow(laboratory.world, "etcd@m1");
    start(1);
    laboratory.advance(8_000_000);
    status("three/quorum-restored-status");
    check(laboratory, "three/member-add");
    const leads = [1, 2].find((number) =>
      laboratory
        .run(`etcdctl --endpoints=http://127.0.0.1:${24790 + number} endpoint status`)
        .stdout.includes(", true, "),
    );
    check(
      laboratory,
      "three/move-leader",
      RECORDED["three/move-leader"]?.command.replace("24792", String(24790 + (leads ?? 0))),
    );
  });
});

test("a program goes on from a checkpoint in the middle of its work", () => {
  const laboratory = new Laboratory({});
  laboratory.member("s1", 0, "s1=http://127.0.0.1:24800");
  laboratory.advance(500_000);
  const args: ConsoleProgramArgs = {
    console: SOCKET,
    run: 1,
    argv: ["etcdctl", "--endpoints=http://127.0.0.1:24790,http://127.0.0.1:9", "endpoint", "health"],
    env: {},
    directory: "/root",
    stdin: "",
  };
  laboratory.world.input("host", { program: "etcdctl", run: 1, args: Object.freeze(args) });
  laboratory.advance(1_000_000);
  const again = restore(laboratory.world.code, takeCheckpoint(laboratory.world));
  laboratory.advance(10_000_000);
  again.advance(laboratory.world.nowUs);
  expect(worldHash(again)).toBe(worldHash(laboratory.world));
  const state = again.state.processes.get(again.state.names.get("host") as number)?.state as HostState;
  expect(state.runs.get(1)).toMatchObject({ exitCode: 1 });
  expect(state.runs.get(1)?.stdout).toContain("http://127.0.0.1:24790 is healthy");
});
