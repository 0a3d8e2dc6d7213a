import { type Agent, request as httpsRequest } from "node:https";
import { connect as tlsConnect } from "node:tls";
import { expect } from "vitest";
import { WebSocket } from "ws";
import { createClientDoor } from "../../session/doors.ts";
import { SessionHost } from "../../session/host.ts";
import { topologyByName } from "../../sim/cluster/topology.ts";
import { type Front, openFront } from "../front/front.ts";

export const PODS = "/api/v1/namespaces/default/pods";
export const CONFIG_MAPS = "/api/v1/namespaces/default/configmaps";

interface Answer {
  readonly status: number;
  readonly text: string;
}

/** A served cluster of one machine whose time goes on, about ten times as fast as ours, and clients of every kind for it. */
export class FrontWorld {
  readonly host = new SessionHost();
  private opened: Front | null = null;
  private running = true;

  async open(options: { readonly streamsMax?: number; readonly metricsServer?: boolean } = {}): Promise<void> {
    const single = topologyByName("single")!;
    const { metricsServer = false } = options;
    this.host.start({ ...single, kubernetes: { ...single.kubernetes, metricsServer } }, 3);
    const current = () => this.host.session;
    const doors = { administrator: createClientDoor(current, true), stranger: createClientDoor(current, false) };
    this.opened = await openFront({ port: 0, backend: () => doors, ...options });
    const go = () => {
      if (!this.running) return;
      const { session } = this.host;
      session.advance(session.nowUs + 10_000, 4_000);
      setTimeout(go, 0);
    };
    go();
  }

  get front(): Front {
    return this.opened as Front;
  }

  async close(): Promise<void> {
    this.running = false;
    this.host.session.abortAll();
    await this.front.close();
  }

  /** Nobody waits any more, and no stream is open. */
  async nothingLeft(): Promise<void> {
    await expect.poll(() => [this.host.session.waiting, this.front.openStreams()], { timeout: 5_000 }).toEqual([0, 0]);
  }

  get headers(): Record<string, string> {
    return { authorization: `Bearer ${this.front.token}` };
  }

  ask(
    method: string,
    path: string,
    body: string | Buffer = "",
    more: { readonly headers?: Record<string, string>; readonly agent?: Agent } = {},
  ): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const asked = httpsRequest(
        {
          host: "127.0.0.1",
          port: this.front.port,
          ca: this.front.authority,
          method,
          path,
          ...(more.agent ? { agent: more.agent } : {}),
          headers: { ...this.headers, ...(body === "" ? {} : { "content-type": "application/json" }), ...more.headers },
        },
        async (response) => {
          let text = "";
          for await (const part of response) text += part;
          resolve({ status: response.statusCode ?? 0, text });
        },
      );
      asked.on("error", reject);
      asked.end(body);
    });
  }

  /** Bytes as they are, over TLS; gives what came until the server closed, or said enough. */
  speak(text: string, enough: RegExp, andThen: "end" | "stay" = "stay"): Promise<string> {
    return new Promise((resolve, reject) => {
      const { port, authority: ca } = this.front;
      const socket = tlsConnect({ host: "127.0.0.1", port, ca, servername: "localhost" });
      let heard = "";
      socket.on("secureConnect", () => {
        socket.write(text, "latin1");
        if (andThen === "end") socket.end();
      });
      socket.on("data", (bytes) => {
        heard += bytes.toString("latin1");
        if (enough.test(heard)) socket.destroy();
      });
      socket.on("close", () => resolve(heard));
      socket.on("error", (error) => (heard === "" ? reject(error) : resolve(heard)));
    });
  }

  /** The head of a request as bytes. */
  head(line: string, ...more: string[]): string {
    const lines = [line, `Host: 127.0.0.1:${this.front.port}`, `Authorization: Bearer ${this.front.token}`, ...more];
    return `${lines.join("\r\n")}\r\n\r\n`;
  }

  openSocket(path: string, protocol: string): Promise<WebSocket> {
    return new Promise((resolve, reject) => {
      const { port, authority: ca } = this.front;
      const socket = new WebSocket(`wss://127.0.0.1:${port}${path}`, protocol, { ca, headers: this.headers });
      socket.on("open", () => resolve(socket));
      socket.on("error", reject);
    });
  }

  /** To be called inside of a test. */
  async runPod(name: string, container: object): Promise<void> {
    const spec = { containers: [{ name: "c", image: "busybox:1.36", ...container }] };
    const pod = JSON.stringify({ apiVersion: "v1", kind: "Pod", metadata: { name }, spec });
    expect((await this.ask("POST", PODS, pod)).status).toBe(201);
    await expect
      .poll(async () => JSON.parse((await this.ask("GET", `${PODS}/${name}`)).text).status.phase, { timeout: 20_000 })
      .toBe("Running");
  }
}

/** All that comes on each channel until the server closes. */
export async function hear(socket: WebSocket): Promise<Readonly<Record<number, string>>> {
  const channels: Record<number, string> = {};
  await new Promise<void>((resolve) => {
    socket.on("message", (data: Buffer) => {
      const channel = data[0] ?? -1;
      channels[channel] = (channels[channel] ?? "") + data.subarray(1).toString();
    });
    socket.on("close", () => resolve());
  });
  return channels;
}
