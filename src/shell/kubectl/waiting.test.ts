import { describe, expect, it } from "vitest";
import { at, type JsonObject, withAt } from "./json.ts";
import { cluster, deployment, pod } from "./testing/objects.ts";
import { type Lab, makeLab } from "./testing/run.ts";

async function settled(): Promise<void> {
  for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
  await new Promise((resolve) => setTimeout(resolve, 0));
}

function update(lab: Lab, kind: string, name: string, path: readonly string[], value: number | string): void {
  lab.api.put(withAt(lab.api.object(kind, name)!, path, value));
}

const rolling: JsonObject = withAt(
  withAt(deployment, ["status", "updatedReplicas"], 1),
  ["status", "availableReplicas"],
  1,
);

describe("commands that wait", () => {
  it("rollout status follows the deployment until it is rolled out", async () => {
    const lab = makeLab([...cluster, rolling]);
    const { done } = lab.start("rollout status deploy/web");
    await settled();
    update(lab, "Deployment", "web", ["status", "updatedReplicas"], 2);
    await settled();
    update(lab, "Deployment", "web", ["status", "availableReplicas"], 2);
    expect(await done).toEqual({
      stdout: [
        'Waiting for deployment "web" rollout to finish: 1 out of 2 new replicas have been updated...',
        'Waiting for deployment "web" rollout to finish: 1 of 2 updated replicas are available...',
        'deployment "web" successfully rolled out\n',
      ].join("\n"),
      stderr: "",
      code: 0,
    });
    expect(lab.api.watching).toBe(0);
  });

  it("rollout status gives up when its time is over", async () => {
    const lab = makeLab([...cluster, rolling]);
    const { done } = lab.start("rollout status deploy/web --timeout=5s");
    await settled();
    lab.advance(6);
    expect(await done).toMatchObject({ stderr: "error: timed out waiting for the condition\n", code: 1 });
    expect(lab.api.watching).toBe(0);
  });

  it("wait returns as soon as the condition holds", async () => {
    const lab = makeLab(cluster);
    const { done } = lab.start("wait pod/web-7c5d8bf9f7-abcde --for=jsonpath='{.status.phase}'=Failed");
    await settled();
    update(lab, "Pod", "web-7c5d8bf9f7-abcde", ["status", "phase"], "Failed");
    expect(await done).toEqual({ stdout: "pod/web-7c5d8bf9f7-abcde condition met\n", stderr: "", code: 0 });
  });

  it("wait names what it waited for in vain", async () => {
    const lab = makeLab(cluster);
    const { done } = lab.start("wait pod/web-7c5d8bf9f7-abcde --for=delete --timeout=3s");
    await settled();
    lab.advance(4);
    expect(await done).toMatchObject({
      stderr: "error: timed out waiting for the condition on pods/web-7c5d8bf9f7-abcde\n",
      code: 1,
    });
  });

  it("delete returns when the object is gone", async () => {
    const held = pod("held", "worker-1", "10.244.1.9", { metadata: { finalizers: ["example.com/hold"] } });
    const lab = makeLab([...cluster, held]);
    let ended = false;
    const { done } = lab.start("delete pod held");
    void done.then(() => {
      ended = true;
    });
    await settled();
    expect(ended).toBe(false);
    lab.api.remove("Pod", "held");
    expect(await done).toEqual({ stdout: 'pod "held" deleted\n', stderr: "", code: 0 });
  });

  it("get -w appends rows until Ctrl-C", async () => {
    const lab = makeLab(cluster);
    const { done, stop } = lab.start("get cm -w");
    await settled();
    lab.api.put({
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "x", creationTimestamp: "2026-11-20T09:29:57Z" },
    });
    await settled();
    stop();
    const { stdout } = await done;
    expect(stdout).toBe("NAME       AGE\nsettings   30m\nx          3s\n");
  });

  it("a watch that the server ends is taken up again", async () => {
    const lab = makeLab([...cluster, rolling]);
    const { done } = lab.start("rollout status deploy/web");
    await settled();
    lab.api.endWatches();
    await settled();
    lab.api.put(deployment);
    expect((await done).stdout).toContain("successfully rolled out");
  });

  it("drain evicts, waits, and says so", async () => {
    const lab = makeLab(cluster);
    const { stdout, code } = await lab.run("drain worker-1");
    expect(stdout).toBe(
      "node/worker-1 cordoned\nevicting pod default/web-7c5d8bf9f7-abcde\npod/web-7c5d8bf9f7-abcde evicted\nnode/worker-1 drained\n",
    );
    expect(code).toBe(0);
    expect(at(lab.api.object("Node", "worker-1"), "spec", "unschedulable")).toBe(true);
  });
});
