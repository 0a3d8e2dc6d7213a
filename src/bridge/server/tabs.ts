import type { WebSocket } from "ws";
import type { Doors } from "../front/entrance.ts";
import type { FromTab } from "../messages.ts";
import { RemoteTab } from "./remote-tab.ts";

const TABS_MAX = 20;
/** A tab whose computer went away says nothing more. */
const PING_EVERY_MS = 20_000;

interface Open {
  readonly tab: RemoteTab;
  readonly socket: WebSocket;
  alive: boolean;
}

/** The open tabs, the one whose session is newest last: that one answers. */
export class Tabs {
  private open: Open[] = [];
  private readonly told: { readonly command: () => string; readonly kubeconfig: () => string };
  private readonly timer: NodeJS.Timeout;

  constructor(told: Tabs["told"]) {
    this.told = told;
    this.timer = setInterval(() => this.ping(), PING_EVERY_MS);
    this.timer.unref();
  }

  get doors(): Doors | null {
    return this.open.at(-1)?.tab.doors ?? null;
  }

  get count(): number {
    return this.open.length;
  }

  attach(socket: WebSocket): void {
    if (this.open.length >= TABS_MAX) {
      socket.close(1013, "too many tabs");
      return;
    }
    const entry: Open = { tab: new RemoteTab(socket), socket, alive: true };
    this.becomesNewest(entry);
    socket.on("pong", () => {
      entry.alive = true;
    });
    socket.on("message", (data: Buffer) => {
      const message = parse(data);
      if (message === null) socket.close(1003, "not a message of this bridge");
      else if (message.type === "session") this.becomesNewest(entry);
      else entry.tab.receive(message);
    });
    socket.on("error", () => socket.terminate());
    socket.on("close", () => {
      this.open = this.open.filter((each) => each !== entry);
      entry.tab.cut();
      this.tellAll();
    });
  }

  close(): void {
    clearInterval(this.timer);
    for (const { socket } of this.open) socket.terminate();
  }

  /** Clients of the one before are cut off: what they know is of another cluster. */
  private becomesNewest(entry: Open): void {
    const before = this.open.at(-1);
    if (before !== entry) {
      this.open = [...this.open.filter((each) => each !== entry), entry];
      before?.tab.cut();
    }
    this.tellAll();
  }

  private tellAll(): void {
    const newest = this.open.at(-1);
    for (const entry of this.open) {
      entry.tab.send({
        type: "state",
        answers: entry === newest,
        tabs: this.open.length,
        command: this.told.command(),
        kubeconfig: this.told.kubeconfig(),
      });
    }
  }

  private ping(): void {
    for (const entry of this.open) {
      if (!entry.alive) entry.socket.terminate();
      entry.alive = false;
      if (entry.socket.readyState === entry.socket.OPEN) entry.socket.ping();
    }
  }
}

function parse(data: Buffer): FromTab | null {
  try {
    const value: unknown = JSON.parse(data.toString("utf8"));
    return typeof value === "object" && value !== null && "type" in value ? (value as FromTab) : null;
  } catch {
    return null;
  }
}
