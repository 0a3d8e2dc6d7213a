import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SessionHost } from "../../session/host.ts";
import { readSaved, saveSession } from "../../session/save.ts";

import { worldHash } from "../../sim/kernel/checkpoint.ts";
import { FrontWorld, hear, PODS } from "../testing/front-world.ts";

const world = new FrontWorld();

beforeAll(() => world.open());
afterAll(() => world.close());

describe("streams", () => {
  const exec = (command: readonly string[], more = "&stdout=true&stderr=true") =>
    `${PODS}/tools/exec?${command.map((word) => `command=${encodeURIComponent(word)}`).join("&")}${more}`;

  it("are opened to a container that runs", () => world.runPod("tools", { command: ["sleep", "360000"] }));

  it("ends an exec whose client is gone, and kills what it ran", async () => {
    const sockets = await Promise.all(
      Array.from({ length: 20 }, () => world.openSocket(exec(["sleep", "1000"]), "v5.channel.k8s.io")),
    );
    expect(world.front.openStreams()).toBe(20);
    for (const socket of sockets) socket.terminate();
    await world.nothingLeft();
    await expect
      .poll(() => {
        const { session } = world.host;
        session.advance(session.nowUs + 100_000);
        const processes = [...session.world.state.processes.values()];
        return processes.filter(({ name, started }) => name.startsWith("exec-") && started).length;
      })
      .toBe(0);
  });

  it("gives a command its end of input, and its output back whole", async () => {
    const socket = await world.openSocket(
      exec(["sh", "-c", "cat; echo over"], "&stdin=true&stdout=true"),
      "v5.channel.k8s.io",
    );
    const heard = hear(socket);
    const bytes = "x".repeat(100_000);
    socket.send(Buffer.from(`\0${bytes}`));
    socket.send(Buffer.from([255, 0]));
    const channels = await heard;
    expect(channels[1]).toBe(`${bytes}over\n`);
    expect(JSON.parse(channels[3] ?? "")).toMatchObject({ status: "Success" });
    await world.nothingLeft();
  });

  it("speaks base64 where that is asked for, and refuses what it does not speak", async () => {
    const socket = await world.openSocket(exec(["echo", "hi"]), "v4.base64.channel.k8s.io");
    const texts: string[] = [];
    socket.on("message", (data) => texts.push(String(data)));
    await new Promise((resolve) => socket.on("close", resolve));
    expect(texts[0]).toBe(`1${Buffer.from("hi\n").toString("base64")}`);
    await expect(world.openSocket(exec(["true"]), "v9.channel.k8s.io")).rejects.toThrow("400");
    await world.nothingLeft();
  });

  it("does not mind channels and frames that mean nothing", async () => {
    const socket = await world.openSocket(exec(["cat"], "&stdin=true&stdout=true"), "v5.channel.k8s.io");
    const heard = hear(socket);
    for (const bytes of [[], [9, 9], [4, 0x7b], [255], [255, 7], [200, 1, 2]]) socket.send(Buffer.from(bytes));
    socket.send("\0text");
    socket.send(Buffer.from([255, 0]));
    expect((await heard)[1]).toBe("text");
    await world.nothingLeft();
  });

  it("hangs up on SPDY that is none", async () => {
    const upgrade = (path: string, protocol: string) =>
      world.head(
        `POST ${path} HTTP/1.1`,
        "Connection: Upgrade",
        "Upgrade: SPDY/3.1",
        `X-Stream-Protocol-Version: ${protocol}`,
      );
    const huge = "\u0080\u0003\u0000\u0001\u0000\u00ff\u00ff\u00ff";
    const torn =
      "\u0080\u0003\u0000\u0001\u0000\u0000\u0000\u000c\u0000\u0000\u0000\u0001\u0000\u0000\u0000\u0000\u0000\u0000zz";
    for (const path of [exec(["cat"]), `${PODS}/tools/portforward`])
      for (const bytes of [huge, torn]) {
        const protocol = path.includes("portforward") ? "portforward.k8s.io" : "v4.channel.k8s.io";
        expect(await world.speak(upgrade(path, protocol) + bytes, /never/)).toContain("101 Switching Protocols");
      }
    await world.nothingLeft();
  });

  it("forwards ports on numbered channels, and says what is not there", async () => {
    await world.runPod("web", { image: "nginx:1.27" });
    await expect.poll(async () => (await world.ask("GET", `${PODS}/web/log`)).text).toContain("start up");
    const ports = await world.openSocket(`${PODS}/web/portforward?ports=80&ports=81`, "v4.channel.k8s.io");
    const parts: Buffer[][] = [[], [], [], []];
    ports.on("message", (data: Buffer) => parts[data[0] as number]?.push(data.subarray(1)));
    ports.send(Buffer.from("\0GET / HTTP/1.0\r\n\r\n"));
    ports.send(Buffer.from("\u0002GET / HTTP/1.0\r\n\r\n"));
    const text = (channel: number) =>
      Buffer.concat(parts[channel] ?? [])
        .subarray(2)
        .toString();
    await expect.poll(() => text(0)).toContain("Welcome to nginx!");
    await expect.poll(() => text(3)).toContain("failed to connect to localhost:81 inside namespace");
    expect(parts[2]?.[0]?.readUInt16LE()).toBe(81);
    ports.terminate();
    await world.nothingLeft();
  });

  it("reaches a pod's server through the API, by pod and by service, and says why not", async () => {
    const pod = JSON.parse((await world.ask("GET", `${PODS}/web`)).text);
    pod.metadata.labels = { app: "web" };
    expect((await world.ask("PUT", `${PODS}/web`, JSON.stringify(pod))).status).toBe(200);
    const service = {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "web" },
      spec: { selector: { app: "web" }, ports: [{ name: "http", port: 8080, targetPort: 80 }] },
    };
    const SERVICES = "/api/v1/namespaces/default/services";
    expect((await world.ask("POST", SERVICES, JSON.stringify(service))).status).toBe(201);
    const get = async (path: string) => {
      const { status, text } = await world.ask("GET", path);
      return [status, text.startsWith("{") ? JSON.parse(text).message : text];
    };
    expect(await get(`${PODS}/web:80/proxy/`)).toEqual([200, expect.stringContaining("Welcome to nginx!")]);
    expect((await get(`${PODS}/web/proxy/missing?x=1`))[0]).toBe(404);
    await expect.poll(() => get(`${SERVICES}/web:8080/proxy/`)).toEqual([200, expect.stringContaining("Welcome")]);
    expect((await get(`${SERVICES}/http:web:http/proxy/`))[0]).toBe(200);
    expect((await world.ask("GET", `${SERVICES}/web:http/proxy`)).status).toBe(301);
    expect(await get(`${PODS}/web:81/proxy/`)).toEqual([
      503,
      expect.stringMatching(/^error trying to reach service: dial tcp [\d.]+:81: connect: connection refused$/),
    ]);
    expect(await get(`${SERVICES}/web:9/proxy/`)).toEqual([503, 'no service port 9 found for service "web"']);
    expect(await get(`${SERVICES}/web:other/proxy/`)).toEqual([503, 'no endpoints available for service "web:other"']);
    expect(await get(`${SERVICES}/none/proxy/`)).toEqual([404, 'services "none" not found']);
  });
});

it("tells a command that a rewind cuts it off", async () => {
  const path = `${PODS}/tools/exec?command=sleep&command=1000&stdout=true`;
  const heard = hear(await world.openSocket(path, "v5.channel.k8s.io"));
  const { session } = world.host;
  session.rewindTo(session.nowUs - 1_000, true);
  expect(JSON.parse((await heard)[3] ?? "")).toMatchObject({
    status: "Failure",
    message: expect.stringContaining("Time was moved; the command was cut off."),
  });
  await world.nothingLeft();
});

it("leaves a history that plays again to the same world", () => {
  const { session } = world.host;
  const again = new SessionHost().load(readSaved(saveSession(session)));
  expect([again.nowUs, worldHash(again.world)]).toEqual([session.nowUs, worldHash(session.world)]);
});
