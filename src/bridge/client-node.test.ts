import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createConnection, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough, Writable } from "node:stream";
import {
  AppsV1Api,
  Attach,
  CoreV1Api,
  Cp,
  Exec,
  KubeConfig,
  KubernetesObjectApi,
  Log,
  Metrics,
  makeInformer,
  PatchStrategy,
  PortForward,
  setHeaderOptions,
  topNodes,
  type V1ConfigMap,
  type V1Status,
  Watch,
} from "@kubernetes/client-node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FrontWorld } from "./testing/front-world.ts";

/** A session of the official JavaScript client, whose models are those of Kubernetes 1.33. */

const world = new FrontWorld();
const config = new KubeConfig();
const namespace = "default";

beforeAll(async () => {
  await world.open({ metricsServer: true });
  config.loadFromString(world.front.kubeconfig.text);
});

afterAll(async () => {
  await world.nothingLeft().catch(() => {});
  await world.close();
});

/** Keeps what is written. */
class Kept extends Writable {
  text = "";

  override _write(part: Buffer, _encoding: string, done: () => void): void {
    this.text += part.toString();
    done();
  }
}

function configMap(name: string, data: Record<string, string> = {}): V1ConfigMap {
  return { apiVersion: "v1", kind: "ConfigMap", metadata: { name, namespace }, data };
}

async function runningPod(name: string, container: object): Promise<void> {
  const core = config.makeApiClient(CoreV1Api);
  const spec = { containers: [{ name: "c", image: "busybox:1.36", ...container }] };
  await core.createNamespacedPod({ namespace, body: { metadata: { name }, spec } });
  await expect
    .poll(async () => (await core.readNamespacedPod({ name, namespace })).status?.phase, { timeout: 20_000 })
    .toBe("Running");
}

describe("objects", () => {
  it("are created, listed, read and deleted, with models of their own", async () => {
    const core = config.makeApiClient(CoreV1Api);
    const nodes = await core.listNode();
    expect(nodes.items[0]?.metadata?.creationTimestamp).toBeInstanceOf(Date);
    expect(nodes.items[0]?.status?.nodeInfo?.kubeletVersion).toMatch(/^v1\.33\./);
    await core.createNamespacedConfigMap({ namespace, body: configMap("made", { a: "ü" }) });
    expect((await core.readNamespacedConfigMap({ name: "made", namespace })).data).toEqual({ a: "ü" });
    await core.deleteNamespacedConfigMap({ name: "made", namespace });
    await expect(core.readNamespacedConfigMap({ name: "made", namespace })).rejects.toMatchObject({ code: 404 });
  });

  it("are patched in each of the four ways", async () => {
    const core = config.makeApiClient(CoreV1Api);
    await core.createNamespacedConfigMap({ namespace, body: configMap("patched", { a: "1" }) });
    const patch = (strategy: PatchStrategy, body: unknown, more = {}) =>
      core.patchNamespacedConfigMap(
        { name: "patched", namespace, body, ...more },
        setHeaderOptions("Content-Type", strategy),
      );
    await patch(PatchStrategy.JsonPatch, [{ op: "add", path: "/data/b", value: "2" }]);
    await patch(PatchStrategy.MergePatch, { data: { a: null, c: "3" } });
    await patch(PatchStrategy.StrategicMergePatch, { metadata: { labels: { l: "x" } } });
    const applied = await patch(PatchStrategy.ServerSideApply, configMap("patched", { d: "4" }), {
      fieldManager: "test",
      force: true,
    });
    expect(applied.data).toEqual({ b: "2", c: "3", d: "4" });
    expect(applied.metadata?.labels).toEqual({ l: "x" });
    expect(applied.metadata?.managedFields?.find(({ manager }) => manager === "test")?.operation).toBe("Apply");
  });

  it("of any kind are handled by their own description", async () => {
    const objects = KubernetesObjectApi.makeApiClient(config);
    const deployment = {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name: "any", namespace },
      spec: {
        replicas: 1,
        selector: { matchLabels: { app: "any" } },
        template: { metadata: { labels: { app: "any" } }, spec: { containers: [{ name: "c", image: "nginx:1.27" }] } },
      },
    };
    await objects.create(deployment);
    const scaled = { ...deployment, spec: { ...deployment.spec, replicas: 2 } };
    await objects.patch(scaled, undefined, undefined, "test", true, PatchStrategy.ServerSideApply);
    expect(await objects.read(deployment)).toMatchObject({ spec: { replicas: 2 } });
    expect((await objects.list("apps/v1", "Deployment", namespace)).items.length).toBe(1);
    const apps = config.makeApiClient(AppsV1Api);
    await expect
      .poll(async () => (await apps.readNamespacedDeployment({ name: "any", namespace })).status?.readyReplicas, {
        timeout: 20_000,
      })
      .toBe(2);
    await objects.delete(deployment);
  });

  it("are watched, and kept by an informer", async () => {
    const core = config.makeApiClient(CoreV1Api);
    const seen: string[] = [];
    const path = `/api/v1/namespaces/${namespace}/configmaps`;
    const watch = await new Watch(config).watch(
      path,
      { labelSelector: "watched=1" },
      (type, object) => seen.push(`${type} ${object.metadata.name}`),
      () => {},
    );
    const informer = makeInformer<V1ConfigMap>(
      config,
      path,
      () => core.listNamespacedConfigMap({ namespace, labelSelector: "watched=1" }),
      "watched=1",
    );
    const told: string[] = [];
    for (const event of ["add", "update", "delete"] as const)
      informer.on(event, (object) => told.push(`${event} ${object.metadata?.name}`));
    await informer.start();
    const body = configMap("watched");
    await core.createNamespacedConfigMap({
      namespace,
      body: { ...body, metadata: { ...body.metadata, labels: { watched: "1" } } },
    });
    await core.patchNamespacedConfigMap(
      { name: "watched", namespace, body: { data: { a: "b" } } },
      setHeaderOptions("Content-Type", PatchStrategy.MergePatch),
    );
    await core.deleteNamespacedConfigMap({ name: "watched", namespace });
    await expect.poll(() => seen).toEqual(["ADDED watched", "MODIFIED watched", "DELETED watched"]);
    await expect.poll(() => told).toEqual(["add watched", "update watched", "delete watched"]);
    watch.abort();
    await informer.stop();
  });
});

it("metrics are read", async () => {
  const core = config.makeApiClient(CoreV1Api);
  const metrics = new Metrics(config);
  const nodes = () =>
    metrics.getNodeMetrics().then(
      ({ items }) => items.length,
      () => 0,
    );
  await expect.poll(nodes, { timeout: 20_000 }).toBe(1);
  const top = await topNodes(core);
  expect(top.map(({ Node }) => Node.metadata?.name)).toEqual(["control-plane-1"]);
});

describe("streams", () => {
  it("run commands, with input, output, errors and an exit code", async () => {
    await runningPod("tools", { command: ["sleep", "360000"] });
    const [out, err, input] = [new Kept(), new Kept(), new PassThrough()];
    const status = new Promise<V1Status>((resolve) => {
      const command = ["sh", "-c", "cat; echo wrong >&2; exit 3"];
      void new Exec(config).exec(namespace, "tools", "c", command, out, err, input, false, resolve);
    });
    input.end("to be read\n");
    expect(await status).toMatchObject({ status: "Failure", reason: "NonZeroExitCode" });
    expect([out.text, err.text]).toEqual(["to be read\n", "wrong\n"]);
  });

  it("attach to what a container prints, and follow its log", async () => {
    await runningPod("talks", {
      command: ["sh", "-c", "read line; echo heard $line; sleep 2; echo over"],
      stdin: true,
    });
    const [out, followed, input] = [new Kept(), new Kept(), new PassThrough()];
    await new Log(config).log(namespace, "talks", "c", followed, { follow: true });
    await new Attach(config).attach(namespace, "talks", "c", out, new Kept(), input, false);
    input.write("you\n");
    await expect.poll(() => out.text, { timeout: 10_000 }).toContain("heard you\nover\n");
    await expect.poll(() => followed.text, { timeout: 10_000 }).toBe("heard you\nover\n");
  });

  it("forward a port of a pod", async () => {
    await runningPod("web", { image: "nginx:1.27" });
    const forward = new PortForward(config);
    const server = createServer((socket) => {
      void forward.portForward(namespace, "web", [80], socket, null, socket);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as { readonly port: number };
    await expect
      .poll(
        () =>
          new Promise<string>((resolve) => {
            let text = "";
            const socket = createConnection(port, "127.0.0.1", () => socket.write("GET / HTTP/1.0\r\n\r\n"));
            socket.on("data", (part) => {
              text += part;
              if (text.includes("</html>")) socket.destroy();
            });
            socket.on("error", () => {});
            socket.on("close", () => resolve(text));
            setTimeout(() => socket.destroy(), 2_000);
          }),
        { timeout: 15_000 },
      )
      .toMatch(/^HTTP\/1\.1 200 OK[\s\S]*Welcome to nginx!/);
    server.close();
  });

  // Not back: cpFromPod of this version asks for a compressed archive and then reads it as a plain one.
  it("copy files to a container", async () => {
    const folder = mkdtempSync(join(tmpdir(), "kubarium-cp-"));
    try {
      const bytes = Buffer.from(Array.from({ length: 2_000 }, (_, index) => (index * 7) & 0xff));
      writeFileSync(join(folder, "copied"), bytes);
      await new Cp(config).cpToPod(namespace, "tools", "c", folder, "/tmp");
      const read = () =>
        new Promise<string>((resolve) => {
          const out = new Kept();
          const command = ["wc", "-c", "/tmp/copied"];
          const over = ({ status }: V1Status) => resolve(`${status} ${out.text.trim().split(" ")[0]}`);
          void new Exec(config).exec(namespace, "tools", "c", command, out, null, null, false, over);
        });
      await expect.poll(read, { timeout: 10_000 }).toBe("Success 2000");
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
