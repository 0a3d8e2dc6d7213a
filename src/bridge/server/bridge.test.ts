import { createServer, type Server } from "node:http";
import { request as httpsRequest } from "node:https";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { WebSocket } from "ws";
import type { BridgeView } from "../../protocol/bridge.ts";
import { SessionHost } from "../../session/host.ts";
import { Pacer } from "../../session/pacing.ts";
import { topologyByName } from "../../sim/cluster/topology.ts";
import { connectBridge } from "../tab/connect.ts";
import { type Bridge, openBridge } from "./bridge.ts";

let page: Server;
let bridge: Bridge;
let running = true;

const port = () => (page.address() as AddressInfo).port;
const origin = () => `http://127.0.0.1:${port()}`;
const secretOf = (tag: string) => /content="([^"]+)"/.exec(tag)?.[1] ?? "";

/** As a browser opens it: with the page's origin. */
class PageSocket extends WebSocket {
  constructor(address: string, protocols: string[]) {
    super(address, protocols, { origin: origin() });
  }
}

interface Tab {
  readonly host: SessionHost;
  readonly pacer: Pacer;
  readonly views: BridgeView[];
  readonly cuts: number[];
  readonly close: () => void;
}

/** A tab as its worker makes it, over a world that a pacer moves. */
async function openTab(topology: string): Promise<Tab> {
  const host = new SessionHost();
  const pacer = new Pacer(host, () => performance.now());
  pacer.following = false;
  host.start(topologyByName(topology)!, 5);
  host.keeper = pacer;
  const tick = () => {
    if (!running) return;
    pacer.tick();
    setTimeout(tick, 1);
  };
  tick();
  const views: BridgeView[] = [];
  const cuts: number[] = [];
  const close = connectBridge({
    host,
    server: origin().replace("http", "ws"),
    secret: secretOf(bridge.tag),
    onState: (view) => views.push(view),
    onCut: (clients) => cuts.push(clients),
  });
  await expect.poll(() => views.at(-1)?.state).toBe("here");
  return { host, pacer, views, cuts, close };
}

beforeAll(async () => {
  vi.stubGlobal("WebSocket", PageSocket);
  bridge = await openBridge({ page: port, apiPort: 0 });
  page = createServer((_request, response) => response.end());
  page.on("upgrade", (request, socket, head) => {
    if (!bridge.upgrade(request, socket, head)) socket.destroy();
  });
  await new Promise<void>((resolve) => page.listen(0, "127.0.0.1", resolve));
});

afterAll(async () => {
  running = false;
  await bridge.close();
  page.close();
  vi.unstubAllGlobals();
});

function ask(method: string, path: string, body = "", onChunk: (text: string) => void = () => {}) {
  return new Promise<{ readonly status: number; readonly text: string }>((resolve, reject) => {
    const asked = httpsRequest(
      {
        host: "127.0.0.1",
        port: bridge.front.port,
        ca: bridge.front.authority,
        method,
        path,
        headers: {
          authorization: `Bearer ${bridge.front.token}`,
          "content-type": "application/json",
          "kubectl-command": "kubectl create",
          "kubectl-session": "one",
        },
      },
      async (response) => {
        let text = "";
        for await (const part of response) {
          text += part;
          onChunk(text);
        }
        resolve({ status: response.statusCode ?? 0, text });
      },
    );
    asked.on("error", reject);
    asked.end(body);
  });
}

describe("the tabs' door", () => {
  const knock = (headers: Record<string, string>, protocols: readonly string[], path = "/bridge") =>
    new Promise<string>((resolve) => {
      const socket = new WebSocket(`ws://127.0.0.1:${port()}${path}`, [...protocols], { headers });
      socket.on("open", () => {
        socket.close();
        resolve("open");
      });
      socket.on("error", (error) => resolve(error.message));
    });
  const secret = () => secretOf(bridge.tag);
  const refused = "Unexpected server response: 403";

  it.each([
    ["without an origin", () => knock({}, ["kubarium-bridge", secret()])],
    ["from another origin", () => knock({ origin: "http://127.0.0.1:1" }, ["kubarium-bridge", secret()])],
    [
      "from a page whose name leads here",
      () => knock({ origin: "http://evil.test", host: "evil.test" }, ["kubarium-bridge", secret()]),
    ],
    [
      "from the page's origin, another host",
      () => knock({ origin: "http://evil.test" }, ["kubarium-bridge", secret()]),
    ],
    ["without the secret", () => knock({ origin: origin() }, ["kubarium-bridge"])],
    ["with another secret", () => knock({ origin: origin() }, ["kubarium-bridge", `${secret()}x`])],
    ["in another order", () => knock({ origin: origin() }, [secret(), "kubarium-bridge"])],
    ["across sites", () => knock({ origin: origin(), "sec-fetch-site": "same-site" }, ["kubarium-bridge", secret()])],
  ])("is shut %s", async (_name, outcome) => {
    expect(await outcome()).toBe(refused);
    expect(bridge.tabs.count).toBe(0);
  });

  it("opens for the page, and leaves other sockets alone", async () => {
    expect(await knock({ origin: origin() }, ["kubarium-bridge", secret()])).toBe("open");
    expect(await knock({ origin: origin() }, ["kubarium-bridge", secret()], "/other")).toContain("socket hang up");
    await expect.poll(() => bridge.tabs.count).toBe(0);
  });
});

describe("the bridge", () => {
  it("answers 503 while no page is open, by HTTP and to a command", async () => {
    const { status, text } = await ask("GET", "/api/v1/nodes");
    expect([status, JSON.parse(text).message]).toEqual([
      503,
      `no cluster is open: open ${origin()}/ in a browser and leave it open`,
    ]);
  });

  it("hands requests to the tab, where they are inputs of the session and one command", async () => {
    const { host, close } = await openTab("single");
    const name = (each: string) => JSON.stringify({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: each } });
    for (const each of ["a", "b"])
      expect((await ask("POST", "/api/v1/namespaces/default/configmaps", name(each))).status).toBe(201);
    const { inputs } = host.session.branch;
    const commands = inputs.flatMap(({ input }) => (input.type === "console" ? [[input.machine, input.command]] : []));
    expect(commands).toEqual([
      ["laptop", "kubectl create"],
      ["laptop", undefined],
    ]);
    expect(host.session.spans.inputTraces.size).toBe(1);
    close();
    await expect.poll(() => bridge.tabs.count).toBe(0);
  });

  it("lets clients wait while time stands still", async () => {
    const { pacer, close } = await openTab("single");
    pacer.playing = false;
    let answered = false;
    const asked = ask("GET", "/api/v1/nodes").then((answer) => {
      answered = true;
      return answer.status;
    });
    await expect.poll(() => pacer.report.text).toBe("a command waits until time goes on");
    expect(answered).toBe(false);
    pacer.playing = true;
    expect(await asked).toBe(200);
    close();
    await expect.poll(() => bridge.tabs.count).toBe(0);
  });

  it("cuts watches off at a rewind so that informers list anew, and tells the page of all at once", async () => {
    const { host, cuts, close } = await openTab("single");
    const heads: string[] = [];
    const watches = [1, 2].map(() => ask("GET", "/api/v1/nodes?watch=1", "", (text) => heads.push(text)));
    await expect.poll(() => heads.length).toBeGreaterThanOrEqual(2);
    const mark = host.session.nowUs;
    host.session.rewindTo(mark - 1_000_000, true);
    for (const watch of watches) {
      const last = (await watch).text.trim().split("\n").at(-1) ?? "";
      expect(JSON.parse(last)).toMatchObject({ type: "ERROR", object: { code: 410, reason: "Expired" } });
    }
    await expect.poll(() => cuts).toEqual([2]);
    expect(bridge.front.openStreams()).toBe(0);
    close();
    await expect.poll(() => bridge.tabs.count).toBe(0);
  });

  it("lets the newest session answer: the newest tab, or the one in which a cluster was begun last", async () => {
    const first = await openTab("single");
    const watch = ask("GET", "/api/v1/nodes?watch=1");
    await expect.poll(() => bridge.front.openStreams()).toBe(1);
    const second = await openTab("basic");
    const machines = async () => JSON.parse((await ask("GET", "/api/v1/nodes")).text).items.length;
    expect(first.views.at(-1)).toMatchObject({ state: "elsewhere", tabs: 2 });
    expect((await watch).text).toContain("another one answers now");
    expect(await machines()).toBe(4);
    first.host.start(topologyByName("single")!, 6);
    await expect.poll(() => first.views.at(-1)?.state).toBe("here");
    expect(second.views.at(-1)?.state).toBe("elsewhere");
    expect(await machines()).toBe(1);
    first.close();
    await expect.poll(() => second.views.at(-1)?.state).toBe("here");
    expect(await machines()).toBe(4);
    second.close();
    await expect.poll(() => bridge.tabs.count).toBe(0);
  });

  it("ends what a tab was asked when the tab closes", async () => {
    const { pacer, close } = await openTab("single");
    pacer.playing = false;
    const asked = ask("GET", "/api/v1/nodes");
    await expect.poll(() => pacer.report.text).toContain("waits");
    close();
    expect((await asked).status).toBe(503);
  });
});
