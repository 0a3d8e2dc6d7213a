import * as Comlink from "comlink";
import type { SessionCommands, SessionStart } from "../protocol/commands.ts";
import type { ViewUpdate } from "../protocol/updates.ts";
import type { ViewName } from "../protocol/views.ts";
import { READY_LIMIT_US, SessionHost } from "../session/host.ts";
import { isWorthFollowing } from "../session/inputs.ts";
import { createSessionDoor } from "../session/lab/lab.ts";
import { pacingCommands } from "../session/lab/pacing-commands.ts";
import { Pacer } from "../session/pacing.ts";
import { Views } from "../session/projections/views.ts";
import { clusterReady } from "../session/ready.ts";
import { Recovery } from "../session/recovery.ts";
import { readSaved, saveSession } from "../session/save.ts";
import type { Session } from "../session/session.ts";
import { parseTopology, type Topology, topologyByName } from "../sim/cluster/topology.ts";
import { SimulationError } from "../sim/kernel/world.ts";
import { Autosave } from "./autosave.ts";
import { type ServedDoors, serveDoors } from "./doors-server.ts";

/** At most one update per frame; views cost more than they show when sent more often. */
const UPDATE_EVERY_MS = 33;
const TICK_MS = 4;
/** How long booting may take of one slice, so that the page sees the machines come up. */
const BOOT_SLICE_MS = 30;

const nowMs = () => performance.now();
const host = new SessionHost();
const pacer = new Pacer(host, nowMs);
const views = new Views();
const autosave = new Autosave();
const recovery = new Recovery(host);
host.keeper = pacer;
let doors: ServedDoors | null = null;
let listener: ((update: ViewUpdate) => void) | null = null;
let lastUpdateMs = 0;
let dirty = true;
let nextCrash = 1;
let lastBreak: string | null = null;

host.onNewSession.push((session) => {
  views.reset();
  dirty = true;
  lastBreak = null;
  session.listeners.push({
    onReset() {
      views.reset();
      dirty = true;
    },
    onInput(logged) {
      dirty = true;
      autosave.keep(session);
      if (isWorthFollowing(logged.input)) {
        pacer.followed = session.spans.lastInputTrace;
      }
    },
  });
});

function countWarnings(): number {
  if (!host.started) return 0;
  views.records.refresh(host.session.world);
  return views.records.list("/registry/events/").filter((event) => event.type === "Warning").length;
}

const sessionDoor = createSessionDoor(host, pacingCommands(pacer, countWarnings));

/** Says an exception in the world with all that reproduces it, and goes on from the last checkpoint. */
function recover(error: unknown): void {
  const { text, detail } = recovery.recover(error);
  pacer.playing = false;
  views.tell({ id: `crash/${nextCrash}`, tone: "error", text, detail });
  nextCrash += 1;
  dirty = true;
}

function tick(): void {
  try {
    if (host.started && !recovery.stopped) {
      const { session } = host;
      if (session.readyAtUs === null) boot(session);
      else if (pacer.tick()) dirty = true;
    }
  } catch (error) {
    recover(error);
  }
  sendUpdate();
  setTimeout(tick, TICK_MS);
}

function boot(session: Session): void {
  const startMs = nowMs();
  while (session.readyAtUs === null && nowMs() - startMs < BOOT_SLICE_MS) {
    session.advance(session.nowUs + 100_000);
    // Somebody broke it while it booted, or a saved session ends before it is ready: then it is theirs as it is.
    const over = session.nowUs >= READY_LIMIT_US || (session.branch.inputs.length > 0 && !session.behind);
    if (over || clusterReady(session.world)) session.readyAtUs = session.nowUs;
  }
  dirty = true;
}

function sendUpdate(): void {
  if (listener === null || !host.started || !dirty) return;
  const now = nowMs();
  if (now - lastUpdateMs < UPDATE_EVERY_MS) return;
  lastUpdateMs = now;
  dirty = false;
  const update = views.update(host.session, pacer);
  if (update !== null) listener(update);
}

function begin(start: SessionStart): void {
  switch (start.type) {
    case "new":
      host.startBooting(topologyNamed(start.topology), start.seed);
      return;
    case "saved":
      load(start.text);
      return;
    case "resume": {
      const kept = autosave.kept();
      if (kept === null) throw new Error("Nothing was kept to resume.");
      load(kept);
      return;
    }
  }
}

function load(text: string): void {
  const session = host.startLoading(readSaved(text));
  pacer.skipTo(session.branch.end.atUs);
}

function topologyNamed(name: string): Topology {
  return topologyByName(name) ?? parseTopology(name);
}

const sentence = (error: unknown) => (error instanceof Error ? error.message : String(error));

const commands: SessionCommands = {
  async open(start) {
    await autosave.open();
    begin(start);
  },
  async subscribe(told) {
    listener = told;
    views.reset();
    dirty = true;
  },
  async show(names: readonly ViewName[]) {
    views.shown = new Set(names);
    dirty = true;
  },
  async select(selection) {
    views.selection = selection;
    dirty = true;
  },
  async play() {
    pacer.playing = true;
    dirty = true;
  },
  async pause() {
    pacer.playing = false;
    dirty = true;
  },
  async setSpeed(speed) {
    pacer.speed = Math.min(1_000, Math.max(1 / 1_000, speed));
    dirty = true;
  },
  async setFollowing(following) {
    pacer.following = following;
    dirty = true;
  },
  async followTrace(trace) {
    pacer.followed = trace;
    dirty = true;
  },
  async step(what) {
    pacer.step(what, countWarnings);
    dirty = true;
  },
  async rewindTo(atUs) {
    host.session.rewindTo(atUs, false);
    dirty = true;
  },
  async skipTo(atUs) {
    pacer.skipTo(atUs);
    dirty = true;
  },
  async switchBranch(id) {
    host.session.switchBranch(id);
    dirty = true;
  },
  async mark(name) {
    host.session.mark(name);
    dirty = true;
  },
  async breakIt(fault, target, parameters) {
    const { error } = host.session.do({ type: "break", fault, target, parameters });
    if (error === null) lastBreak = `${fault} ${target}`;
    return error;
  },
  async mend(id) {
    return host.session.do({ type: "heal", id }).error;
  },
  async mendEverything() {
    host.session.do({ type: "healEverything" });
  },
  async undoBreak() {
    const { faults } = host.session.world.state;
    const last = lastBreak !== null && faults.has(lastBreak) ? lastBreak : [...faults.keys()].at(-1);
    return last === undefined ? "Nothing is broken." : host.session.do({ type: "heal", id: last }).error;
  },
  async save() {
    return saveSession(host.session);
  },
  async resumable() {
    await autosave.open();
    const kept = autosave.kept();
    if (kept === null) return null;
    try {
      const saved = readSaved(kept);
      return { topology: saved.parsedTopology.name, atUs: saved.end.atUs, inputs: saved.inputs.length };
    } catch {
      return null;
    }
  },
  async connectBridge(secret, listener) {
    const { connectBridge } = await import("../bridge/tab/connect.ts");
    connectBridge({
      host,
      server: self.location.origin.replace(/^http/, "ws"),
      secret,
      onState: listener,
      onCut(clients) {
        const text = `Time was moved: ${clients === 1 ? "a request or stream" : `${clients} requests and streams`} of your own kubectl ${clients === 1 ? "was" : "were"} cut off.`;
        views.tell({ id: "bridge-cut", tone: "info", text, detail: "" });
        dirty = true;
      },
    });
  },
  async connectShell(port) {
    doors?.close();
    doors = serveDoors(port, host, sessionDoor);
  },
};

/** Errors cross as one sentence, without a stack of ours. */
const guarded = Object.fromEntries(
  Object.entries(commands).map(([name, run]) => [
    name,
    async (...args: readonly never[]) => {
      try {
        return await (run as (...values: readonly never[]) => Promise<unknown>)(...args);
      } catch (error) {
        if (error instanceof SimulationError) recover(error);
        throw new Error(sentence(error));
      }
    },
  ]),
);

Comlink.expose(guarded);
tick();
