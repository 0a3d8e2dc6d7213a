import { beforeAll, describe, expect, it } from "vitest";
import { SessionHost } from "../session/host.ts";
import { readSaved, saveSession } from "../session/save.ts";
import type { Session } from "../session/session.ts";
import { worldHash } from "../sim/kernel/checkpoint.ts";
import { type BusyStep, runBusyTranscript } from "./busy-transcript.ts";

const HOOK_MS = 60_000;
const breathe = () => new Promise<void>((resolve) => setImmediate(resolve));

describe("the same inputs give the same world", () => {
  let steps: readonly BusyStep[];
  let session: Session;
  let endUs = 0;
  let endHash = "";

  beforeAll(async () => {
    const ran = await runBusyTranscript(breathe);
    steps = ran.steps;
    session = ran.shell.host.session;
    endUs = session.nowUs;
    endHash = worldHash(session.world);
  }, HOOK_MS);

  it("at a mark that it went back to", () => {
    const hashOf = (line: string) => steps.find((step) => step.line === line)?.hash;
    expect(hashOf("lab rewind to up")).toBe(hashOf("lab mark up"));
  });

  it("when a busy transcript runs twice", async () => {
    const again = await runBusyTranscript(breathe);
    expect(again.steps).toEqual(steps);
  });

  it("after a rewind to any moment and living it again", () => {
    for (const part of [0.97, 0.5, 0.31, 0.08, 0]) {
      session.rewindTo(Math.floor(endUs * part), false);
      session.advance(endUs);
      expect([part, worldHash(session.world)]).toEqual([part, endHash]);
    }
  });

  it("on the branch that was left behind", () => {
    session.switchBranch("main");
    const hash = worldHash(session.world);
    session.rewindTo(session.nowUs / 2, false);
    session.advance(session.branch.end.atUs);
    expect(worldHash(session.world)).toBe(hash);
    session.switchBranch("branch-2");
    expect(worldHash(session.world)).toBe(endHash);
  });

  it("after saving and loading", () => {
    const loaded = new SessionHost().load(readSaved(saveSession(session)));
    expect([loaded.nowUs, worldHash(loaded.world)]).toEqual([endUs, endHash]);
  });
});
