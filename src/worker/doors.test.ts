import { afterEach, describe, expect, it } from "vitest";
import { createApiDoor } from "../session/doors.ts";
import { SessionHost } from "../session/host.ts";
import { createSessionDoor } from "../session/lab/lab.ts";
import { Pacer } from "../session/pacing.ts";
import type { Doors } from "../shell/doors.ts";
import { isFailure } from "../shell/doors.ts";
import { Shell } from "../shell/shell.ts";
import { topologyByName } from "../sim/cluster/topology.ts";
import { Autosave } from "./autosave.ts";
import { connectDoors } from "./doors-client.ts";
import { type ServedDoors, serveDoors } from "./doors-server.ts";

const single = topologyByName("single") as NonNullable<ReturnType<typeof topologyByName>>;
const never = new AbortController().signal;
const get = (path: string) => ({ method: "GET", path, headers: {}, body: "" });

let running = false;
let served: ServedDoors | null = null;
let client: MessagePort | null = null;

/** Both ends of the port, over a world that a pacer moves as on the page. */
function connect(): { readonly host: SessionHost; readonly doors: Doors } {
  const host = new SessionHost();
  const pacer = new Pacer(host, () => performance.now());
  pacer.speed = 1_000;
  host.start(single, 2);
  host.keeper = pacer;
  running = true;
  const tick = () => {
    if (!running) return;
    pacer.tick();
    setTimeout(tick, 1);
  };
  tick();
  const { port1, port2 } = new MessageChannel();
  client = port2;
  served = serveDoors(port1, host, createSessionDoor(host));
  return { host, doors: connectDoors(port2) };
}

afterEach(() => {
  running = false;
  served?.close();
  client?.close();
});

describe("the doors over a port", () => {
  it("carry requests, and what cannot be reached", async () => {
    const { doors, host } = connect();
    const answer = await doors.api.request(get("/api/v1/nodes"), { signal: never });
    expect(answer).toMatchObject({ status: 200 });
    expect(doors.api.server).toBe(createApiDoor(() => host.session).server);
    await doors.session.run("fail", ["stop", "kube-apiserver@control-plane-1"], { signal: never, files: noFiles });
    expect(await doors.api.request(get("/"), { signal: never })).toMatchObject({ failure: "refused" });
  });

  it("carry streams both ways of ending", async () => {
    const { doors } = connect();
    const controller = new AbortController();
    const watch = await doors.api.stream(get("/api/v1/nodes?watch=1"), { signal: controller.signal });
    if (isFailure(watch)) throw new Error(watch.text);
    expect(watch.response.status).toBe(200);
    const frames = watch.frames[Symbol.asyncIterator]();
    expect((await frames.next()).value).toMatchObject({ type: "chunk" });
    watch.close();
    controller.abort();
    const failed = await doors.api.stream(get("/nope"), { signal: controller.signal });
    expect(isFailure(failed) || failed.response.status).not.toBe(200);
  });

  it("hand an abort on, also one that came before", async () => {
    const { doors, host } = connect();
    const controller = new AbortController();
    const asked = doors.session.sleep(100_000_000, controller.signal);
    setTimeout(() => controller.abort(), 20);
    await asked;
    expect(host.session.waiting).toBe(0);
    expect(await doors.api.request(get("/"), { signal: controller.signal })).toMatchObject({ failure: "aborted" });
  });

  it("reach consoles: files, units, journals, and machines that are not there", async () => {
    const { doors } = connect();
    const console = doors.console("control-plane-1");
    const nothing = { copies: [], removals: [], writes: [] };
    await console?.changeFiles({ ...nothing, writes: [{ path: "/tmp/x", text: "text" }] });
    expect(await console?.readFile("/tmp/x")).toBe("text");
    expect(await console?.listFiles("/tmp/")).toEqual(["/tmp/x"]);
    await console?.changeFiles({ ...nothing, copies: [{ from: "/tmp/x", to: "/tmp/y" }], removals: ["/tmp/x"] });
    expect(await console?.listFiles("/tmp/")).toEqual(["/tmp/y"]);
    expect(await console?.unit("status", "kubelet")).toMatchObject({ active: "active" });
    const refused = await console?.stream("127.0.0.1:9", {}, { signal: never });
    expect(refused).toMatchObject({ failure: "refused" });
    await expect(doors.console("nowhere")?.readFile("/x")).rejects.toThrow("Could not resolve hostname nowhere");
  });

  it("end all that a killed shell waited for", async () => {
    const { doors, host } = connect();
    void doors.api.stream(get("/api/v1/nodes?watch=1"), { signal: never });
    void doors.session.sleep(1e9, never);
    await expect.poll(() => host.session.waiting).toBe(2);
    served?.close();
    await expect.poll(() => host.session.waiting).toBe(0);
  });

  it("serve a whole shell, pipes, files and lab commands", async () => {
    const { doors } = connect();
    const shell = new Shell(doors);
    let text = "";
    const run = (line: string) => shell.run(line, 80, (_stream, part) => (text += part));
    expect(await run("kubectl get nodes --no-headers | wc -l; lab wait 5s; lab save s; wc -l < s")).toBe(0);
    expect(text).toBe("1\n0\n");
    const waiting = run("lab wait 9h");
    setTimeout(() => shell.interrupt(), 30);
    expect(await waiting).toBe(130);
  });
});

const noFiles = { read: async () => "", write: async () => {} };

describe("autosave", () => {
  it("keeps nothing, and harms nothing, where the browser has no store", async () => {
    const autosave = new Autosave();
    await autosave.open();
    expect(autosave.kept()).toBe(null);
    autosave.keep(new SessionHost().startBooting(single, 1));
    await new Promise((resolve) => setTimeout(resolve, 600));
    expect(autosave.kept()).toBe(null);
  });
});
