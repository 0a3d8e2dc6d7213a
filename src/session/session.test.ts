import { describe, expect, it } from "vitest";
import { CLUSTER_CODE } from "../sim/cluster/code.ts";
import { topologyByName } from "../sim/cluster/topology.ts";
import { worldHash } from "../sim/kernel/checkpoint.ts";
import type { Process } from "../sim/kernel/state.ts";
import { SessionHost } from "./host.ts";
import { readSaved, saveSession } from "./save.ts";
import { Session, TIME_MOVED } from "./session.ts";
import { thinOut } from "./timeline.ts";

const topology = topologyByName("single") as NonNullable<ReturnType<typeof topologyByName>>;

function newSession(seed = 5): Session {
  return new Session(CLUSTER_CODE, topology, seed);
}

function writeFile(session: Session, value: string): void {
  const path = "/tmp/note";
  session.do({ type: "console", machine: "control-plane-1", input: { type: "writeFile", path, value } });
}

function note(session: Session): unknown {
  return session.world.state.machines.get("control-plane-1")?.disk.files.get("/tmp/note");
}

describe("inputs", () => {
  it("keep their exact place, in the middle of a microsecond too", () => {
    const session = newSession();
    session.advance(3_000_000);
    for (let index = 0; index < 40; index += 1) {
      for (let steps = 0; steps < (index * 7) % 5; steps += 1) session.step();
      writeFile(session, `${index}`);
      if (index % 3 === 0) writeFile(session, `${index} again`);
    }
    session.advance(6_000_000);
    const hash = worldHash(session.world);
    for (const atUs of [0, 2_999_999, 3_000_000, 3_000_001, 4_500_000]) {
      session.rewindTo(atUs, false);
      for (let turn = 0; session.behind && turn < 100_000; turn += 1) {
        // A step goes to the next event, which may lie beyond the end: not close to it.
        if (turn % 3 === 0 && session.nowUs < 5_900_000) session.step();
        else session.advance(Math.min(6_000_000, session.nowUs + 40_000), 7);
      }
      session.advance(6_000_000);
      expect([atUs, worldHash(session.world)]).toEqual([atUs, hash]);
      expect(session.branches.size).toBe(1);
    }
  });

  it("that are refused change nothing and are not kept", () => {
    const session = newSession();
    session.advance(1_000_000);
    const hash = worldHash(session.world);
    expect(session.do({ type: "heal", id: "crash nobody" }).error).toContain("crash nobody");
    expect(session.do({ type: "break", fault: "crash", target: "x@y", parameters: {} }).error).not.toBe(null);
    expect(worldHash(session.world)).toBe(hash);
    expect(session.branch.inputs).toEqual([]);
  });
});

describe("branches", () => {
  it("begin with an input behind the end, and the old life can be gone back to", () => {
    const session = newSession();
    session.advance(2_000_000);
    writeFile(session, "one");
    session.advance(4_000_000);
    const main = worldHash(session.world);
    session.rewindTo(1_500_000, false);
    expect(session.behind).toBe(true);
    expect(note(session)).toBe(undefined);
    writeFile(session, "two");
    expect(session.branch.parent).toBe("1");
    session.advance(5_000_000);
    expect(note(session)).toBe("two");
    const other = worldHash(session.world);
    expect(session.switchBranch("main")).toBe(true);
    expect([note(session), worldHash(session.world)]).toEqual(["one", main]);
    expect(session.switchBranch(session.branches.get("2")?.name as string)).toBe(true);
    expect([note(session), worldHash(session.world)]).toEqual(["two", other]);
    expect(session.switchBranch("nowhere")).toBe(false);
  });

  it("a rewind that cuts begins one even if nothing is done", () => {
    const session = newSession();
    session.advance(2_000_000);
    session.rewindTo(2_000_000, true);
    expect(session.branches.size).toBe(1);
    session.rewindTo(1_000_000, true);
    expect([session.branches.size, session.nowUs, session.behind]).toEqual([2, 1_000_000, false]);
  });

  it("marks lead back to the moment between two inputs of the same microsecond", () => {
    const session = newSession();
    session.advance(2_000_000);
    writeFile(session, "before");
    session.mark("here");
    const hash = worldHash(session.world);
    writeFile(session, "after");
    session.advance(3_000_000);
    expect(session.rewindToMark("here")).toBe(true);
    expect(worldHash(session.world)).toBe(hash);
    session.advance(2_500_000);
    expect(note(session)).toBe("before");
    expect(session.rewindToMark("there")).toBe(false);
  });

  it("a mark on the way that was left behind leads there, not to this branch's own moment", () => {
    const session = newSession();
    session.advance(2_000_000);
    writeFile(session, "old life");
    session.advance(3_000_000);
    session.mark("old");
    session.advance(4_000_000);
    session.rewindTo(1_000_000, true);
    session.advance(5_000_000);
    session.rewindToMark("old");
    expect([session.nowUs, note(session)]).toEqual([3_000_000, "old life"]);
  });

  it("remember who set off what after a replay", () => {
    const session = newSession();
    session.advance(2_000_000);
    writeFile(session, "x");
    session.advance(3_000_000);
    session.rewindTo(2_500_000, false);
    expect(session.spans.traceOf(session.spans.lastInputTrace as number)?.origin).toBe("input");
    session.rewindTo(1_000_000, false);
    expect(session.spans.lastInputTrace).toBe(null);
  });
});

describe("checkpoints", () => {
  it("are thinned out from the old end; the first stays", () => {
    expect(thinOut([0, 1, 2, 3, 4, 5, 6, 7])).toEqual([0, 2, 4, 5, 6, 7]);
  });

  it("are taken within one long stretch too, and any of them leads to the same end", () => {
    const session = newSession();
    session.advance(600_000_000);
    const { checkpoints } = session.branch;
    expect(checkpoints.length).toBeGreaterThan(2);
    const hash = worldHash(session.world);
    session.branch.checkpoints = checkpoints.filter((_each, index) => index % 2 === 0);
    session.rewindTo(590_000_000, false);
    session.advance(600_000_000);
    expect(worldHash(session.world)).toBe(hash);
  });
});

describe("those who wait", () => {
  it("are cut off by a rewind, and told so", async () => {
    const session = newSession();
    session.advance(20_000_000);
    const ended: unknown[] = [];
    const ask = { type: "stream", to: "10.0.0.11:6443", body: {}, timeoutUs: 1, certificate: null, label: "" } as const;
    session.open("laptop", ask, { end: (error) => ended.push(error) });
    const slept = session.sleep(1_000_000);
    expect(session.waiting).toBe(2);
    session.rewindTo(10_000_000, false);
    expect(ended).toEqual([{ kind: "aborted", text: TIME_MOVED }]);
    expect(await slept).toBe(false);
    expect(session.waiting).toBe(0);
  });

  it("leave nothing open in the life that a rewind begins", () => {
    const session = newSession();
    session.advance(20_000_000);
    const body = { type: "http", method: "GET", path: "/api/v1/pods?watch=1", headers: {}, body: "" };
    const ask = { type: "stream", to: "10.0.0.11:6443", body, timeoutUs: 65_000_000, label: "" } as const;
    session.open("laptop", { ...ask, certificate: "/home/you/.kube/config" }, { end() {} });
    session.advance(25_000_000);
    const open = () => {
      const pid = session.world.state.names.get("console@laptop") as number;
      const process = session.world.state.processes.get(pid) as Process;
      return (process.state as { open: Map<number, unknown> }).open.size;
    };
    expect(open()).toBe(1);
    session.rewindTo(24_000_000, true);
    session.advance(24_100_000);
    expect(open()).toBe(0);
  });

  it("are woken when their time has come, in order, and not after a signal", async () => {
    const session = newSession();
    const rung: string[] = [];
    const controller = new AbortController();
    void session.sleep(300).then((inTime) => rung.push(`300 ${inTime}`));
    void session.sleep(100).then((inTime) => rung.push(`100 ${inTime}`));
    void session.sleep(200, controller.signal).then((inTime) => rung.push(`200 ${inTime}`));
    controller.abort();
    expect(session.nextAlarmAtUs()).toBe(100);
    expect(session.advanceUntilAnswer(1_000)).toBe("answered");
    expect(session.nowUs).toBe(100);
    session.advance(1_000);
    await Promise.resolve();
    expect(rung.sort()).toEqual(["100 true", "200 false", "300 true"]);
    expect(session.advanceUntilAnswer(2_000)).toBe("limit");
  });
});

describe("a saved session", () => {
  const saved = () => {
    const session = newSession();
    session.advance(2_000_000);
    writeFile(session, "kept");
    session.do({ type: "break", fault: "hang", target: "kubelet@control-plane-1", parameters: {} });
    for (let step = 0; step < 5; step += 1) session.step();
    return session;
  };

  it("is lived again to the last bit", () => {
    const session = saved();
    const loaded = new SessionHost().load(readSaved(saveSession(session)));
    expect(worldHash(loaded.world)).toBe(worldHash(session.world));
    expect(loaded.behind).toBe(false);
    loaded.advance(9_000_000);
    session.advance(9_000_000);
    expect(worldHash(loaded.world)).toBe(worldHash(session.world));
  });

  it("of another version, whose events were other ones, is lived by its times", () => {
    const file = JSON.parse(saveSession(saved()));
    for (const [index, shift] of [1_000_000, -40].entries()) {
      const inputs = file.inputs.map((logged: { handled: number }) => ({ ...logged, handled: logged.handled + shift }));
      const end = { ...file.end, handled: file.end.handled + shift };
      const loaded = new SessionHost().load(readSaved(JSON.stringify({ ...file, inputs, end })));
      expect([index, loaded.nowUs, note(loaded), loaded.behind]).toEqual([index, file.end.atUs, "kept", false]);
      const hash = worldHash(loaded.world);
      loaded.rewindTo(1_000_000, false);
      loaded.liveToEnd();
      expect(worldHash(loaded.world)).toBe(hash);
    }
  });

  const put = (record: Record<string, unknown>, key: string, value: unknown) => {
    record[key] = value;
  };
  const good = () => JSON.parse(saveSession(saved()));
  const changed = (change: (file: ReturnType<typeof good>) => void) => {
    const file = good();
    change(file);
    return JSON.stringify(file);
  };
  it.each([
    ["nothing", () => ""],
    ["null", () => "null"],
    ["a list", () => "[]"],
    ["a number as seed", () => changed((file) => put(file, "seed", "1"))],
    ["a negative seed", () => changed((file) => put(file, "seed", -1))],
    ["no end", () => changed((file) => put(file, "end", undefined))],
    ["an end before its inputs", () => changed((file) => put(file, "end", { atUs: 1, handled: 1 }))],
    ["an end in a thousand years", () => changed((file) => put(file.end, "atUs", 9e15))],
    ["an unknown topology", () => changed((file) => put(file, "topology", "huge"))],
    ["a broken topology", () => changed((file) => put(file, "topology", { machines: [{ name: "a", role: 7 }] }))],
    [
      "machines without size",
      () => changed((file) => put(file, "topology", { machines: [{ name: "a", role: "control-plane", cpu: -1 }] })),
    ],
    ["inputs out of order", () => changed((file) => put(file.inputs[0], "atUs", 2_000_001))],
    ["an input of no kind", () => changed((file) => put(file.inputs[0], "input", { type: "magic" }))],
    ["a null input", () => changed((file) => put(file.inputs[0], "input", null))],
    ["a console input without machine", () => changed((file) => put(file.inputs[0].input, "machine", undefined))],
    ["a file that is no text", () => changed((file) => put(file.inputs[0].input.input, "value", { a: 1 }))],
    ["a file outside of any folder", () => changed((file) => put(file.inputs[0].input.input, "path", "x"))],
    ["more fields than there are", () => changed((file) => put(file.inputs[1].input, "evil", 1))],
    ["parameters that are no texts", () => changed((file) => put(file.inputs[1].input, "parameters", { by: {} }))],
  ])("is refused in one sentence: %s", (_what, text) => {
    expect(() => readSaved(text())).toThrow(/^[A-Z].*\.$/);
  });

  it("is refused when a request has not the form of one", () => {
    const request = { type: "request", exchange: 1, to: "10.0.0.11:6443", timeoutUs: 1, certificate: null, label: "" };
    const http = { type: "http", method: "GET", path: "/", headers: {}, body: "" };
    const refuse = (input: unknown) =>
      expect(() => readSaved(changed((file) => put(file.inputs[0].input, "input", input)))).toThrow(/not one that/);
    const accept = (input: unknown) => readSaved(changed((file) => put(file.inputs[0].input, "input", input)));
    accept({ ...request, body: http });
    refuse({ ...request, body: null });
    refuse({ ...request, body: {} });
    refuse({ ...request, body: { ...http, path: 1 } });
    refuse({ ...request, body: { ...http, headers: { a: 1 } } });
    refuse({ ...request, exchange: -1, body: http });
    refuse({ ...request, timeoutUs: 1.5, body: http });
    refuse({ ...request, to: null, body: http });
    let deep: unknown = 1;
    for (let depth = 0; depth < 300; depth += 1) deep = { deep };
    refuse({ type: "frame", exchange: 1, frame: deep });
    accept({ type: "frame", exchange: 1, frame: { type: "channel", channel: 0, data: "x" } });
    refuse({ type: "frame", exchange: 1, frame: "x" });
  });
});
