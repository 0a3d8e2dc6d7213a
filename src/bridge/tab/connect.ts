import type { BridgeView } from "../../protocol/bridge.ts";
import { createClientDoor, TIME_MOVED_FAILURE } from "../../session/doors.ts";
import type { SessionHost } from "../../session/host.ts";
import { type HttpStream, isFailure } from "../../shell/doors.ts";
import { BRIDGE_PATH, BRIDGE_PROTOCOL, type FromTab, type ToTab } from "../messages.ts";

const RECONNECT_MS_MIN = 1_000;
const RECONNECT_MS_MAX = 30_000;

export interface BridgeOptions {
  readonly host: SessionHost;
  /** `ws://127.0.0.1:4173` */
  readonly server: string;
  readonly secret: string;
  readonly onState: (view: BridgeView) => void;
  /** Time was moved, or a new cluster started: so many clients were cut off. */
  readonly onCut: (clients: number) => void;
}

/**
 * The tab's end of the bridge, in the session's worker: hidden tabs throttle the page's timers, not these. Connects anew
 * when the server comes back. Gives what ends it.
 */
export function connectBridge(options: BridgeOptions): () => void {
  let known: BridgeView = { state: "lost", tabs: 0, command: "", kubeconfig: "" };
  let waitMs = RECONNECT_MS_MIN;
  let over = false;
  let socket: WebSocket | null = null;
  const say = (message: FromTab) => {
    if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
  };
  const clients = new Clients(options.host, say, options.onCut);
  options.host.onNewSession.push(() => say({ type: "session" }));

  const connect = () => {
    const opened = new WebSocket(`${options.server}${BRIDGE_PATH}`, [BRIDGE_PROTOCOL, options.secret]);
    socket = opened;
    opened.onopen = () => {
      waitMs = RECONNECT_MS_MIN;
    };
    opened.onmessage = ({ data }) => {
      const message = JSON.parse(data as string) as ToTab;
      if (message.type === "state") {
        const { answers, tabs, command, kubeconfig } = message;
        known = { state: answers ? "here" : "elsewhere", tabs, command, kubeconfig };
        options.onState(known);
      } else clients.take(message);
    };
    opened.onclose = () => {
      clients.closeAll();
      if (known.state !== "lost") {
        known = { ...known, state: "lost" };
        options.onState(known);
      }
      if (over) return;
      setTimeout(connect, waitMs);
      waitMs = Math.min(RECONNECT_MS_MAX, waitMs * 2);
    };
  };
  connect();
  return () => {
    over = true;
    socket?.close();
  };
}

/** What clients have asked of this tab. */
class Clients {
  private readonly aborts = new Map<number, AbortController>();
  private readonly streams = new Map<number, HttpStream>();
  private readonly say: (message: FromTab) => void;
  private readonly onCut: (clients: number) => void;
  private readonly administrator: ReturnType<typeof createClientDoor>;
  private readonly stranger: ReturnType<typeof createClientDoor>;
  private cut = 0;

  constructor(host: SessionHost, say: (message: FromTab) => void, onCut: (clients: number) => void) {
    this.say = say;
    this.onCut = onCut;
    const current = () => host.session;
    this.administrator = createClientDoor(current, true);
    this.stranger = createClientDoor(current, false);
  }

  take(message: Exclude<ToTab, { readonly type: "state" }>): void {
    if (message.type === "frame") this.streams.get(message.id)?.send(message.frame);
    else if (message.type === "close") this.close(message.id);
    else void this.serve(message);
  }

  closeAll(): void {
    for (const id of [...this.aborts.keys()]) this.close(id);
  }

  private close(id: number): void {
    this.streams.get(id)?.close();
    this.streams.delete(id);
    this.aborts.get(id)?.abort();
    this.aborts.delete(id);
  }

  private async serve(message: Extract<ToTab, { readonly type: "request" | "stream" }>): Promise<void> {
    const { id, request } = message;
    const door = message.administrator ? this.administrator : this.stranger;
    const controller = new AbortController();
    this.aborts.set(id, controller);
    try {
      const options = { signal: controller.signal };
      if (message.type === "request") {
        const answer = await door.request(request, options);
        this.countCut(answer);
        this.say({ type: "answer", id, answer });
      } else {
        const stream = await door.stream(request, options);
        if (isFailure(stream)) {
          this.countCut(stream);
          this.say({ type: "answer", id, answer: stream });
        } else await this.pump(id, stream);
      }
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      this.say({ type: "answer", id, answer: { failure: "refused", text } });
    } finally {
      this.aborts.delete(id);
      this.streams.delete(id);
    }
  }

  private async pump(id: number, stream: HttpStream): Promise<void> {
    this.streams.set(id, stream);
    this.say({ type: "head", id, response: stream.response });
    for await (const frame of stream.frames) this.say({ type: "frame", id, frame });
    const failure = stream.ended?.() ?? null;
    this.countCut(failure);
    this.say({ type: "ended", id, failure });
  }

  /** Told once for all that the same rewind cuts off. */
  private countCut(answer: unknown): void {
    if (!isFailure(answer) || answer.failure !== "aborted" || answer.text !== TIME_MOVED_FAILURE.text) return;
    this.cut += 1;
    if (this.cut > 1) return;
    setTimeout(() => {
      this.onCut(this.cut);
      this.cut = 0;
    }, 0);
  }
}
