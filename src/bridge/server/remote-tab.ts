import type { WebSocket } from "ws";
import { FrameQueue } from "../../session/frame-queue.ts";
import type { ApiDoor, ConnectionFailure, HttpResponse, HttpStream, StreamFrame } from "../../shell/doors.ts";
import type { Doors } from "../front/entrance.ts";
import type { FromTab, ToTab } from "../messages.ts";

interface Pending {
  /** Null once it has been answered. */
  resolve: ((answer: HttpResponse | ConnectionFailure | HttpStream) => void) | null;
  readonly frames: FrameQueue<StreamFrame> | null;
  failed: ConnectionFailure | null;
}

const CLOSED: ConnectionFailure = {
  failure: "reset",
  text: "the page that answered was closed, or another one answers now",
};
const ABORTED: ConnectionFailure = { failure: "aborted", text: "interrupted" };

/** A tab's worker at the other end of a socket, as doors to its cluster. */
export class RemoteTab {
  readonly doors: Doors;
  private readonly socket: WebSocket;
  private readonly pending = new Map<number, Pending>();
  private nextId = 1;

  constructor(socket: WebSocket) {
    this.socket = socket;
    this.doors = { administrator: this.door(true), stranger: this.door(false) };
  }

  send(message: ToTab): void {
    if (this.socket.readyState === this.socket.OPEN) this.socket.send(JSON.stringify(message));
  }

  /** How many clients' requests and streams are with it. */
  get open(): number {
    return this.pending.size;
  }

  /** Everybody whom it serves is cut off. */
  cut(): void {
    for (const id of [...this.pending.keys()]) {
      this.send({ type: "close", id });
      this.end(id, CLOSED);
    }
  }

  receive(message: FromTab): void {
    if (message.type === "session") return;
    const pending = this.pending.get(message.id);
    if (pending === undefined) return;
    switch (message.type) {
      case "answer":
        this.pending.delete(message.id);
        pending.resolve?.(message.answer);
        return;
      case "head":
        pending.resolve?.(this.streamOf(message.id, pending, message.response));
        pending.resolve = null;
        return;
      case "frame":
        pending.frames?.push(message.frame);
        return;
      case "ended":
        this.end(message.id, message.failure);
        return;
    }
  }

  private end(id: number, failure: ConnectionFailure | null): void {
    const pending = this.pending.get(id);
    if (pending === undefined) return;
    this.pending.delete(id);
    pending.failed = failure;
    pending.resolve?.(failure ?? CLOSED);
    pending.frames?.end();
  }

  private streamOf(id: number, pending: Pending, response: HttpResponse): HttpStream {
    return {
      response,
      frames: pending.frames as FrameQueue<StreamFrame>,
      ended: () => pending.failed,
      send: (frame) => this.send({ type: "frame", id, frame }),
      close: () => {
        if (this.pending.has(id)) this.send({ type: "close", id });
        this.end(id, null);
      },
    };
  }

  private door(administrator: boolean): ApiDoor {
    const ask = <T>(
      type: "request" | "stream",
      request: Parameters<ApiDoor["request"]>[0],
      signal: AbortSignal,
    ): Promise<T | ConnectionFailure> =>
      new Promise((resolve) => {
        const id = this.nextId;
        this.nextId += 1;
        const abort = () => {
          if (this.pending.has(id)) this.send({ type: "close", id });
          this.end(id, ABORTED);
        };
        if (signal.aborted) return resolve(ABORTED);
        if (this.socket.readyState !== this.socket.OPEN) return resolve(CLOSED);
        this.pending.set(id, {
          resolve: (answer) => resolve(answer as T | ConnectionFailure),
          frames: type === "stream" ? new FrameQueue() : null,
          failed: null,
        });
        signal.addEventListener("abort", abort, { once: true });
        this.send({ type, id, administrator, request });
      });
    return {
      server: "",
      user: "kubernetes-admin",
      request: (request, { signal }) => ask("request", request, signal),
      stream: (request, { signal }) => ask("stream", request, signal),
    };
  }
}
