import { randomBytes, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { WebSocketServer } from "ws";
import { type Front, openFront } from "../front/front.ts";
import { BRIDGE_PATH, BRIDGE_PROTOCOL } from "../messages.ts";
import { Tabs } from "./tabs.ts";

/** A tab's answer may be a list of everything. */
const ANSWER_BYTES_MAX = 512 * 1024 * 1024;
const API_PORT = 6443;

export interface Bridge {
  /** To be put into the page's head: its worker connects with it. */
  readonly tag: string;
  /** What to type, as a sentence for the console. */
  readonly line: string;
  readonly front: Front;
  readonly tabs: Tabs;
  /** Takes an upgrade of the page's own server if it is a tab's. False: it is none. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): boolean;
  /** True for a request that names the page's server by one of its own names. */
  isOwnHost(host: string | undefined): boolean;
  close(): Promise<void>;
}

/**
 * Serves the Kubernetes API by HTTPS and hands what is asked to the worker of the newest open tab. `page` gives the
 * page's port on 127.0.0.1, once it is known. `apiPort` (0: any) gives way to any free one when it is taken.
 */
export async function openBridge(options: { readonly page: () => number; readonly apiPort?: number }): Promise<Bridge> {
  const secret = randomBytes(24).toString("base64url");
  const command = () => `kubectl --kubeconfig ${front.kubeconfig.path} get nodes`;
  const tabs: Tabs = new Tabs({
    command,
    kubeconfig: () => front.kubeconfig.text,
  });
  const backend = () =>
    tabs.doors ?? `no cluster is open: open http://127.0.0.1:${options.page()}/ in a browser and leave it open`;
  const front: Front = await openFrontNear(options.apiPort ?? API_PORT, backend);
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: ANSWER_BYTES_MAX,
    handleProtocols: () => BRIDGE_PROTOCOL,
  });
  const isOwnHost = (host: string | undefined) =>
    host !== undefined && [`127.0.0.1:${options.page()}`, `localhost:${options.page()}`].includes(host.toLowerCase());
  return {
    tag: `<meta name="${BRIDGE_PROTOCOL}" content="${secret}">`,
    line: `Your own kubectl reaches the open page's cluster: ${command()}`,
    front,
    tabs,
    isOwnHost,
    upgrade(request, socket, head) {
      if ((request.url ?? "").split("?")[0] !== BRIDGE_PATH) return false;
      if (!isOwnHost(request.headers.host) || !isOfThisPage(request, secret)) {
        socket.end("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        return true;
      }
      server.handleUpgrade(request, socket, head, (client) => tabs.attach(client));
      return true;
    },
    async close() {
      tabs.close();
      server.close();
      await front.close();
    },
  };
}

async function openFrontNear(port: number, backend: Parameters<typeof openFront>[0]["backend"]): Promise<Front> {
  try {
    return await openFront({ port, backend });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EADDRINUSE") throw error;
    return openFront({ port: 0, backend });
  }
}

/** Another page in the same browser can open a socket here too; but it cannot say that it is this page, nor read the secret. */
function isOfThisPage({ headers }: IncomingMessage, secret: string): boolean {
  if (headers.origin !== `http://${headers.host}`) return false;
  const site = headers["sec-fetch-site"];
  if (site !== undefined && site !== "same-origin") return false;
  const [name = "", given = ""] = (headers["sec-websocket-protocol"] ?? "").split(",").map((each) => each.trim());
  return name === BRIDGE_PROTOCOL && sameText(given, secret);
}

function sameText(given: string, wanted: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(wanted)];
  return a.length === b.length && timingSafeEqual(a, b);
}
