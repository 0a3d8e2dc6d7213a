/** A served cluster as kubectl in the page sees one: the door to the API server, by HTTPS. */
import type { IncomingMessage } from "node:http";
import { Agent, request as httpsRequest } from "node:https";
import { WebSocket } from "ws";
import type { ApiDoor, ConnectionFailure, HttpRequest, HttpResponse, HttpStream } from "../../shell/doors.ts";

export interface HttpsServer {
  readonly port: number;
  /** PEM. */
  readonly authority: string;
  readonly token: string;
}

type Frame = HttpStream["frames"] extends AsyncIterable<infer T> ? T : never;

export function createHttpsDoor(server: HttpsServer): ApiDoor & { close(): void } {
  const agent = new Agent({ keepAlive: true, ca: server.authority });
  // A certificate would be shown when the connection is made: it is no header.
  const headersOf = ({ headers: { "client-certificate": _certificate, ...headers } }: HttpRequest) => ({
    authorization: `Bearer ${server.token}`,
    ...headers,
  });
  const open = (request: HttpRequest, signal: AbortSignal): Promise<IncomingMessage | ConnectionFailure> =>
    new Promise((resolve) => {
      const sent = httpsRequest(
        {
          host: "127.0.0.1",
          port: server.port,
          agent,
          signal,
          method: request.method,
          path: request.path,
          headers: {
            ...headersOf(request),
            ...(request.body === "" ? {} : { "content-length": String(Buffer.byteLength(request.body)) }),
          },
        },
        resolve,
      );
      sent.on("error", (error: NodeJS.ErrnoException) => resolve(failureOf(error)));
      sent.end(request.body === "" ? undefined : request.body);
    });
  return {
    server: `https://127.0.0.1:${server.port}`,
    user: "kubernetes-admin",
    async request(request, { signal }) {
      const answer = await open(request, signal);
      return "failure" in answer ? answer : { ...headOf(answer), body: await textOf(answer) };
    },
    async stream(request, { signal }) {
      if (/\/pods\/[^/]+\/(exec|attach)\b/.test(request.path)) return openSocket(server, request, headersOf(request));
      const answer = await open(request, signal);
      if ("failure" in answer) return answer;
      return {
        response: { ...headOf(answer), body: "" },
        frames: chunksOf(answer),
        send: () => {},
        close: () => void answer.destroy(),
      };
    },
    close: () => agent.destroy(),
  };
}

function failureOf(error: NodeJS.ErrnoException): ConnectionFailure {
  if (error.name === "AbortError") return { failure: "aborted", text: "interrupted" };
  return { failure: error.code === "ECONNREFUSED" ? "refused" : "reset", text: error.message };
}

function headOf(message: IncomingMessage): Omit<HttpResponse, "body"> {
  const headers = Object.entries(message.headers).map(([name, value]) => [name, String(value)] as const);
  return { status: message.statusCode ?? 0, headers: Object.fromEntries(headers) };
}

async function textOf(message: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of message) parts.push(part as Buffer);
  return Buffer.concat(parts).toString("utf8");
}

async function* chunksOf(message: IncomingMessage): AsyncGenerator<Frame> {
  message.setEncoding("utf8");
  try {
    for await (const data of message) yield { type: "chunk", data: String(data) };
  } catch {
    // Closed on this side.
  }
}

function openSocket(
  server: HttpsServer,
  request: HttpRequest,
  headers: Readonly<Record<string, string>>,
): Promise<HttpStream | ConnectionFailure> {
  const socket = new WebSocket(`wss://127.0.0.1:${server.port}${request.path}`, "v5.channel.k8s.io", {
    ca: server.authority,
    headers,
  });
  const waiting: ((result: IteratorResult<Frame>) => void)[] = [];
  const kept: Frame[] = [];
  let ended = false;
  socket.on("message", (data: Buffer) => {
    const frame = { type: "channel" as const, channel: data[0] ?? 0, data: data.subarray(1).toString() };
    const next = waiting.shift();
    if (next) next({ done: false, value: frame });
    else kept.push(frame);
  });
  const end = (): void => {
    ended = true;
    for (const next of waiting.splice(0)) next({ done: true, value: undefined });
  };
  socket.on("close", end);
  const frames: AsyncIterable<Frame> = {
    [Symbol.asyncIterator]: () => ({
      next: () => {
        const frame = kept.shift();
        if (frame) return Promise.resolve({ done: false, value: frame });
        if (ended) return Promise.resolve({ done: true, value: undefined });
        return new Promise((resolve) => waiting.push(resolve));
      },
    }),
  };
  return new Promise((resolve) => {
    socket.on("unexpected-response", async (_request, answer: IncomingMessage) => {
      const response = { ...headOf(answer), body: await textOf(answer) };
      end();
      resolve({ response, frames, send: () => {}, close: end });
    });
    socket.on("error", (error: NodeJS.ErrnoException) => resolve(failureOf(error)));
    socket.on("open", () =>
      resolve({
        response: { status: 101, headers: {}, body: "" },
        frames,
        send: (frame) => {
          if (frame.type !== "channel") return;
          const { channel, data } = frame;
          socket.send(channel === 255 ? Buffer.from([255, 0]) : Buffer.from(`${String.fromCharCode(channel)}${data}`));
        },
        close: () => socket.close(),
      }),
    );
  });
}
