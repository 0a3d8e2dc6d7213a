import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { get } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { installedKubectl, installedKubectls, type Ran, runKubectl } from "../../bridge/testing/real-kubectl.ts";
import { topologyByName } from "../../sim/cluster/topology.ts";
import { type ServedCluster, serveCluster } from "./serve.ts";

/** Sessions of the real kubectl: what it accepts is right by definition. Skipped where there is none. */

const newest = installedKubectl();
const all = [...installedKubectls()];

let cluster: ServedCluster;
let folder: string;

beforeAll(async () => {
  const basic = topologyByName("basic")!;
  const topology = { ...basic, kubernetes: { ...basic.kubernetes, metricsServer: true } };
  cluster = await serveCluster({ port: 0, topology, seed: 3, speed: 20 });
  folder = mkdtempSync(join(tmpdir(), "kubarium-kubectl-"));
});

afterAll(async () => {
  await cluster.close();
  rmSync(folder, { recursive: true, force: true });
});

function kubectlOf(program: string) {
  return (line: string | readonly string[], input?: string): Promise<Ran> =>
    runKubectl(
      program,
      cluster.kubeconfig.path,
      typeof line === "string" ? line.split(" ") : line,
      input === undefined ? {} : { input },
    );
}

const manifest = (name: string, data: Record<string, string>) =>
  JSON.stringify({ apiVersion: "v1", kind: "ConfigMap", metadata: { name }, data });

describe.skipIf(newest === undefined)("the newest kubectl", () => {
  const call = kubectlOf(newest ?? "");
  const out = async (line: string | readonly string[], input?: string) => {
    const ran = await call(line, input);
    expect(ran.stderr).toBe("");
    expect(ran.status).toBe(0);
    return ran.stdout;
  };
  const refused = async (line: string | readonly string[], input?: string) => {
    const ran = await call(line, input);
    expect(ran.status).toBe(1);
    return ran.stderr;
  };

  it("knows the cluster", async () => {
    expect(await out("get nodes -o wide")).toMatch(/^NAME +STATUS.*\ncontrol-plane-1 +Ready +control-plane /);
    expect(await out(["get", "--raw", "/readyz?verbose"])).toMatch(/\[\+\]etcd ok\n[\s\S]*readyz check passed\n$/);
    expect(await out("explain pod.spec.containers")).toMatch(/FIELD: containers <\[\]Container>/);
    expect(await out("api-resources --api-group=apps -o name")).toContain("deployments.apps\n");
    expect(await out("auth can-i * *")).toBe("yes\n");
    expect(await out("auth whoami -o jsonpath={.status.userInfo.username}")).toBe("kubernetes-admin");
    expect(await refused("get wombats")).toBe(`error: the server doesn't have a resource type "wombats"\n`);
  });

  it("creates by typed client, rolls out, exposes, scales, undoes", async () => {
    expect(await out("create deployment web --image=nginx:1.27 --replicas=2")).toBe("deployment.apps/web created\n");
    expect(await out("rollout status deployment/web --timeout=30s")).toContain("successfully rolled out");
    expect(await out("expose deployment web --port=80")).toBe("service/web exposed\n");
    expect(await out("set image deployment/web nginx=nginx:1.28")).toBe("deployment.apps/web image updated\n");
    expect(await out("rollout status deployment/web --timeout=30s")).toContain("successfully rolled out");
    expect(await out("rollout undo deployment/web")).toBe("deployment.apps/web rolled back\n");
    expect(await out("scale deployment web --replicas=3")).toBe("deployment.apps/web scaled\n");
    expect(await out("wait --for=condition=Available deploy/web --timeout=20s")).toContain("condition met");
    expect(await out("describe deployment web")).toMatch(/Image: +nginx:1\.27\n[\s\S]*ScalingReplicaSet/);
    expect(await out("delete deployment web")).toBe('deployment.apps "web" deleted\n');
    await out("wait --for=delete pod -l app=web --timeout=60s");
  });

  it("is taken at its word where it says zero", async () => {
    expect(await out("create deployment none --image=nginx:1.27 --replicas=0")).toBe("deployment.apps/none created\n");
    expect(await out("get deployment none -o jsonpath={.spec.replicas}")).toBe("0");
    expect(await out("create quota none --hard=pods=0")).toBe("resourcequota/none created\n");
    expect(await out("delete quota none")).toBe('resourcequota "none" deleted\n');
  });

  it("applies, by client and by server, and hears what is wrong in upstream's words", async () => {
    expect(await out("apply -f -", manifest("cm", { a: "1" }))).toBe("configmap/cm created\n");
    expect(await out("apply -f -", manifest("cm", { a: "1" }))).toBe("configmap/cm unchanged\n");
    expect(await out("apply -f -", manifest("cm", { a: "2" }))).toBe("configmap/cm configured\n");
    const server = ["apply", "--server-side", "-f", "-"];
    expect(await out([...server, "--field-manager=one"], manifest("ss", { k: "1" }))).toBe(
      "configmap/ss serverside-applied\n",
    );
    expect(await refused([...server, "--field-manager=two"], manifest("ss", { k: "2" }))).toContain(
      'Apply failed with 1 conflict: conflict with "one": .data.k',
    );
    const wrong = manifest("wrong", {}).replace('"data"', '"dataz"');
    expect(await refused("create -f -", wrong)).toContain('strict decoding error: unknown field "dataz"');
    expect(await refused("get pods --as=bob")).toBe(
      'Error from server (Forbidden): pods is forbidden: User "bob" cannot list resource "pods" in API group "" in the namespace "default"\n',
    );
    expect(await refused("create configmap Bad_Name")).toContain("a lowercase RFC 1123 subdomain must consist of");
  });

  it("watches until the server or somebody ends it", async () => {
    const watch = call("get configmaps -l watched=1 -w --output-watch-events --request-timeout=3s");
    await new Promise((resolve) => setTimeout(resolve, 800));
    await out("create configmap seen");
    await out("label configmap seen watched=1");
    expect((await watch).stdout).toMatch(/^EVENT +NAME +DATA +AGE\nADDED +seen +0 /);
  });

  it("tops nodes and pods", async () => {
    await expect
      .poll(async () => (await call("top nodes --no-headers")).stdout.split("\n").length, { timeout: 20_000 })
      .toBe(5);
    expect(await out("top nodes")).toMatch(
      /^NAME +CPU\(cores\) +CPU\(%\) +MEMORY\(bytes\) +MEMORY\(%\) *\ncontrol-plane-1 +\d+m +/,
    );
    expect(await out("top pods -n kube-system")).toMatch(
      /^NAME +CPU\(cores\) +MEMORY\(bytes\) *\n[\s\S]*etcd-control-plane-1 +\d+m +\d+Mi/,
    );
  });

  it("debugs a pod by a container added to it", async () => {
    await out("run patient --image=nginx:1.27");
    await out("wait --for=condition=Ready pod/patient --timeout=30s");
    const debug = ["debug", "patient", "--image=busybox:1.36", "--profile=general", "-c", "doctor", "--attach=false"];
    expect((await call([...debug, "--", "echo", "well"])).status).toBe(0);
    await expect.poll(async () => (await call("logs patient -c doctor")).stdout, { timeout: 10_000 }).toBe("well\n");
  });
});

describe.skipIf(all.length === 0)("streams of kubectl", () => {
  it.each(all)(
    "%s: exec, cp, run -i, logs -f and port-forward",
    async (version, program) => {
      const call = kubectlOf(program);
      const name = `v${version.replace(".", "-")}`;
      await call(["run", name, "--image=busybox:1.36", "--", "sh", "-c", "echo begun; sleep 3600"]);
      await call(`run ${name}-web --image=nginx:1.27`);
      const ready = await call(`wait --for=condition=Ready pod/${name} pod/${name}-web --timeout=30s`);
      expect(ready.stdout.match(/condition met/g)?.length).toBe(2);

      const exec = await call(["exec", name, "--", "sh", "-c", "echo out; echo err >&2; exit 4"]);
      expect([exec.status, exec.stdout]).toEqual([4, "out\n"]);
      expect(exec.stderr).toBe("err\ncommand terminated with exit code 4\n");
      // What SPDY brings as the kubelet's words, a WebSocket brings as the API server's.
      const prefix = Number(version.split(".")[1]) < 30 ? "" : "Internal error occurred: ";
      expect((await call(`exec ${name} -- nosuch`)).stderr).toMatch(
        new RegExp(
          `^error: ${prefix}Internal error occurred: error executing command in container: failed to exec in container: failed to start exec "[^"]+": OCI runtime exec failed: exec failed: unable to start container process: exec: "nosuch": executable file not found in \\$PATH: unknown\n$`,
        ),
      );
      expect((await call(`exec -i ${name} -- cat`, "typed ✓\n")).stdout).toBe("typed ✓\n");

      // Bytes that are no text go there and back.
      const [there, back] = [join(folder, name), join(folder, `${name}-back`)];
      mkdirSync(join(there, "inner"), { recursive: true });
      const bytes = Buffer.from(Array.from({ length: 20_000 }, (_, index) => (index * index) & 0xff));
      writeFileSync(join(there, "inner/file"), bytes);
      expect((await call(`cp ${there} ${name}:/tmp/copied`)).status).toBe(0);
      expect((await call(`cp ${name}:/tmp/copied ${back}`)).status).toBe(0);
      expect(readFileSync(join(back, "inner/file")).equals(bytes)).toBe(true);

      const ran = await call(
        `run ${name}-once -i --rm --restart=Never --image=busybox:1.36 -- sh`,
        "echo once; exit 3\n",
      );
      expect([ran.status, ran.stdout]).toEqual([3, expect.stringContaining("once\n")]);

      expect((await call(`logs ${name}`)).stdout).toBe("begun\n");
      expect(await forwarded(program, `pod/${name}-web`, 80)).toContain("Welcome to nginx!");
      await call(`delete pod ${name} ${name}-web --force --grace-period=0 --wait=false`);
    },
    60_000,
  );
});

/** What a pod's web server says through kubectl's port-forward. */
async function forwarded(program: string, pod: string, port: number): Promise<string> {
  const child = spawn(program, ["--kubeconfig", cluster.kubeconfig.path, "port-forward", pod, `:${port}`]);
  try {
    const local = await new Promise<string>((resolve, reject) => {
      let text = "";
      child.stdout.on("data", (part) => {
        text += part;
        const [, found] = /Forwarding from 127\.0\.0\.1:(\d+)/.exec(text) ?? [];
        if (found !== undefined) resolve(found);
      });
      child.on("exit", () => reject(new Error(`port-forward ended: ${text}`)));
    });
    return await new Promise<string>((resolve, reject) => {
      get(`http://127.0.0.1:${local}/`, async (response) => {
        let text = "";
        for await (const part of response) text += part;
        resolve(text);
      }).on("error", reject);
    });
  } finally {
    child.removeAllListeners("exit");
    child.kill();
  }
}
