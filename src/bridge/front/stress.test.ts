import { readFileSync } from "node:fs";
import { Agent, request as httpsRequest } from "node:https";
import { join } from "node:path";
import { connect as tlsConnect } from "node:tls";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CONFIG_MAPS, FrontWorld, PODS } from "../testing/front-world.ts";

/** What clients do that no client should, and many at once: answered, bounded, and nothing is left behind. */

const STREAMS_MAX = 300;
const world = new FrontWorld();

beforeAll(() => world.open({ streamsMax: STREAMS_MAX }));
afterAll(() => world.close());

const configMap = (name: string, data: Record<string, string> = {}) =>
  JSON.stringify({ apiVersion: "v1", kind: "ConfigMap", metadata: { name }, data });

describe("many at once", () => {
  it("answers two hundred clients, each with a connection of its own", async () => {
    const answers = await Promise.all(
      Array.from({ length: 200 }, async (_, index) => {
        const agent = new Agent({ keepAlive: false });
        const made = await world.ask("POST", CONFIG_MAPS, configMap(`crowd-${index}`), { agent });
        const read = await world.ask("GET", `${CONFIG_MAPS}/crowd-${index}`, "", { agent });
        return [made.status, read.status];
      }),
    );
    expect(new Set(answers.flat())).toEqual(new Set([201, 200]));
    expect(JSON.parse((await world.ask("GET", CONFIG_MAPS)).text).items.length).toBeGreaterThanOrEqual(200);
    await world.nothingLeft();
  });

  it("lets two hundred watchers vanish without a word, and tells those beyond the limit to come back", async () => {
    const agent = new Agent({ keepAlive: false, maxSockets: Number.POSITIVE_INFINITY });
    const watches = Array.from({ length: 200 }, () => {
      const watch = httpsRequest({
        host: "127.0.0.1",
        port: world.front.port,
        ca: world.front.authority,
        path: `${PODS}?watch=1`,
        headers: world.headers,
        agent,
      });
      watch.on("error", () => {});
      watch.on("response", (response) => response.on("error", () => {}).resume());
      watch.end();
      return watch;
    });
    await expect.poll(() => world.front.openStreams(), { timeout: 10_000 }).toBe(200);
    const more = Array.from({ length: STREAMS_MAX - 199 }, () => world.ask("GET", `${PODS}?watch=1&timeoutSeconds=1`));
    const statuses = (await Promise.all(more)).map(({ status }) => status);
    expect(statuses.filter((status) => status === 429).length).toBe(1);
    for (const watch of watches) watch.destroy();
    await world.nothingLeft();
  });

  it("lets go of who does not read", async () => {
    const watch = tlsConnect({
      host: "127.0.0.1",
      port: world.front.port,
      ca: world.front.authority,
      servername: "localhost",
    });
    watch.on("error", () => {});
    await new Promise<void>((resolve) => watch.once("secureConnect", resolve));
    watch.write(world.head(`GET ${CONFIG_MAPS}?watch=1&resourceVersion=0 HTTP/1.1`));
    watch.pause();
    await expect.poll(() => world.front.openStreams()).toBe(1);
    const large = "x".repeat(900_000);
    for (let count = 0; count < 60 && world.front.openStreams() > 0; count += 1)
      await world.ask("PUT", `${CONFIG_MAPS}/crowd-0`, configMap("crowd-0", { large, count: String(count) }));
    expect(world.front.openStreams()).toBe(0);
    watch.destroy();
    await world.ask("DELETE", `${CONFIG_MAPS}/crowd-0`);
    await world.nothingLeft();
  });
});

describe("what cannot be read", () => {
  it("refuses protobuf that ends too soon, wherever, in upstream's words", async () => {
    const whole = readFileSync(join(import.meta.dirname, "testdata/roundtrip/core.v1.ConfigMap.pb"));
    const protobuf = { "content-type": "application/vnd.kubernetes.protobuf" };
    const send = async (bytes: Buffer) => {
      const { status, text } = await world.ask("POST", CONFIG_MAPS, bytes, { headers: protobuf });
      return [status, JSON.parse(text).message];
    };
    const hex = (bytes: Buffer) => `${bytes.subarray(0, 30).toString("hex")}${bytes.length > 30 ? " ..." : ""}`;
    const start = "the object provided is unrecognized (must be of type ConfigMap): ";
    // Behind the object are two empty texts: without the last bytes of them an object is still all there.
    for (let length = 5; length < whole.length - 4; length += 3) {
      const bytes = whole.subarray(0, length);
      const [status, message] = await send(bytes);
      if (status === 400 && String(message).includes("EOF"))
        expect(message).toBe(`${start}unexpected EOF (${hex(bytes)})`);
      else expect(status).toBe(400);
    }
    expect(await send(whole.subarray(0, 4))).toEqual([400, `${start}empty body (6b387300)`]);
    expect(await send(Buffer.from("{}"))).toEqual([
      400,
      `${start}provided data does not appear to be a protobuf message, expected prefix [107 56 115 0] (7b7d)`,
    ]);
    const inner = Buffer.from([
      0x6b,
      0x38,
      0x73,
      0,
      0x0a,
      15,
      0x0a,
      2,
      0x76,
      0x31,
      0x12,
      9,
      ...Buffer.from("ConfigMap"),
      0x12,
      2,
      0x0a,
      9,
    ]);
    expect(await send(inner)).toEqual([
      400,
      'ConfigMap in version "v1" cannot be handled as a ConfigMap: unexpected EOF',
    ]);
  });

  it("refuses JSON that is none, bodies that are too large, headers that are too long", async () => {
    const cut = configMap("cut", { a: "b" }).slice(0, -9);
    const refused = JSON.parse((await world.ask("POST", CONFIG_MAPS, cut)).text);
    expect([refused.code, refused.message]).toEqual([
      400,
      `the object provided is unrecognized (must be of type ConfigMap): couldn't get version/kind; json parse error: unexpected end of JSON input (${cut.slice(0, 30)} ...)`,
    ]);
    const chunked = { "transfer-encoding": "chunked" };
    const large = await world.ask("POST", CONFIG_MAPS, configMap("large", { a: "x".repeat(3_145_728) }), {
      headers: chunked,
    });
    expect([large.status, JSON.parse(large.text).reason]).toEqual([413, "RequestEntityTooLarge"]);
    expect((await world.ask("GET", "/version", "", { headers: { "x-long": "y".repeat(1_100_000) } })).status).toBe(431);
  });

  it.each([
    ["a double slash", "//api//v1/nodes", [200, 301, 404]],
    ["dots", "/api/v1/../v1/nodes", [200, 301, 404]],
    ["an encoded slash in a name", `${PODS}/a%2Fb`, [404]],
    ["a broken escape", `${PODS}/%zz`, [400, 404]],
    ["bytes that are no UTF-8", `${PODS}/%ff%fe`, [400, 404]],
    ["a NUL", `${PODS}/%00`, [400, 404]],
    ["a path of ten thousand letters", `/api/v1/${"a".repeat(10_000)}`, [404]],
    ["a query of ten thousand letters", `${PODS}?labelSelector=${"a".repeat(10_000)}`, [400]],
    ["a broken query", `${PODS}?%zz&=&&limit=%`, [200, 400]],
    ["a limit that is none", `${PODS}?limit=x`, [400]],
    ["a method nobody knows", "/api/v1/nodes", [404, 405], "PURGE"],
    ["OPTIONS", "/api/v1/nodes", [200, 404, 405], "OPTIONS"],
    ["a watch of something that does not exist", "/api/v1/nothings?watch=1", [404]],
    ["a log of a pod that does not exist", `${PODS}/none/log?follow=1`, [404]],
  ])("answers %s", async (_name, path, statuses, method = "GET") => {
    const { status } = await world.ask(method, path as string);
    expect(statuses).toContain(status);
    await world.nothingLeft();
  });

  it("survives clients that stop in the middle, or talk nonsense", async () => {
    const began = world.head(`POST ${CONFIG_MAPS} HTTP/1.1`, "Content-Type: application/json", "Content-Length: 100");
    await world.speak(`${began}{"half":`, /./, "end");
    await world.speak("\u0016\u0003\u0001 no HTTP at all\r\n\r\n", /400/);
    expect(await world.speak(world.head("GET http://elsewhere/ HTTP/1.1"), /\r\n\r\n/)).toContain("400");
    // As Go's server does: who closes its side of the connection is taken to be gone.
    await world.speak(world.head("GET /version HTTP/1.1"), /\r\n\r\n/, "end");
    await world.nothingLeft();
  });
});
