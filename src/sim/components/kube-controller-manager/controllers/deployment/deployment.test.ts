import { describe, expect, it } from "vitest";
import type { World } from "../../../../kernel/world.ts";
import { createRequest, patchRequest } from "../../../../machinery/requests.ts";
import { DEPLOYMENTS, REPLICA_SETS } from "../../../../machinery/resources.ts";
import { ask, pass, stored } from "../../../../machinery/testing/small-world.ts";
import type { DeploymentStatus } from "../../lib/types.ts";
import { controllerWorld, eventsOf, makeReady } from "../../testing/controller-world.ts";

const TEMPLATE = {
  metadata: { labels: { app: "web" } },
  spec: { containers: [{ name: "nginx", image: "nginx:1.27" }] },
};

const WEB = {
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "web", namespace: "default" },
  spec: {
    replicas: 3,
    selector: { matchLabels: { app: "web" } },
    template: TEMPLATE,
    strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: "25%", maxUnavailable: "25%" } },
    progressDeadlineSeconds: 600,
    revisionHistoryLimit: 10,
  },
};

describe("a Deployment in a world", () => {
  it("becomes a ReplicaSet and pods, with upstream's conditions and events", () => {
    const world = controllerWorld();
    pass(world, 5);
    ask(world, createRequest(DEPLOYMENTS, WEB));
    pass(world, 3);
    const sets = [...stored(world, "apps/replicasets").values()];
    expect(sets).toHaveLength(1);
    expect(stored(world, "pods").size).toBe(3);
    const created = stored(world, "apps/deployments").get("default/web");
    expect(created?.metadata?.annotations).toEqual({ "deployment.kubernetes.io/revision": "1" });
    expect(created?.status).toMatchObject({
      observedGeneration: 1,
      replicas: 3,
      updatedReplicas: 3,
      unavailableReplicas: 3,
    });
    makeReady(world);
    pass(world, 3);
    const done = stored(world, "apps/deployments").get("default/web")!;
    expect(done.status).toMatchObject({ readyReplicas: 3, availableReplicas: 3 });
    const conditions = (done.status as { conditions: { type: string; status: string; reason: string }[] }).conditions;
    expect(conditions.map(({ type, status, reason }) => `${type} ${status} ${reason}`).sort()).toEqual([
      "Available True MinimumReplicasAvailable",
      "Progressing True NewReplicaSetAvailable",
    ]);
    expect(eventsOf(world, "Deployment")).toEqual([`Scaled up replica set ${sets[0]?.metadata?.name} from 0 to 3`]);
    expect(eventsOf(world, "ReplicaSet").every((text) => text.startsWith("Created pod: web-"))).toBe(true);
    expect(eventsOf(world, "ReplicaSet")).toHaveLength(3);
  });

  it("rolls from one template to another step by step", () => {
    const world = controllerWorld();
    pass(world, 5);
    ask(world, createRequest(DEPLOYMENTS, WEB));
    pass(world, 2);
    makeReady(world);
    pass(world, 2);
    const image = { spec: { template: { spec: { containers: [{ name: "nginx", image: "nginx:1.28" }] } } } };
    ask(world, patchRequest(DEPLOYMENTS, "default", "web", "merge", image));
    for (let i = 0; i < 8; i++) {
      pass(world, 2);
      makeReady(world);
    }
    const texts = eventsOf(world, "Deployment").map((text) => text.replace(/replica set web-\S+ /, ""));
    expect(texts).toEqual([
      "Scaled up from 0 to 3",
      "Scaled up from 0 to 1",
      "Scaled down from 3 to 2",
      "Scaled up from 1 to 2",
      "Scaled down from 2 to 1",
      "Scaled up from 2 to 3",
      "Scaled down from 1 to 0",
    ]);
    const deployment = stored(world, "apps/deployments").get("default/web");
    expect(deployment?.metadata?.annotations?.["deployment.kubernetes.io/revision"]).toBe("2");
    expect(stored(world, "pods").size).toBe(3);
  });

  it("counts on from the revision of a set that it adopts, however large", () => {
    const labels = { app: "web", old: "yes" };
    const revision = "3546343826724305832";
    const set = {
      apiVersion: "apps/v1",
      kind: "ReplicaSet",
      metadata: {
        name: "old",
        namespace: "default",
        labels,
        annotations: { "deployment.kubernetes.io/revision": revision },
      },
      spec: {
        replicas: 1,
        selector: { matchLabels: labels },
        template: { ...TEMPLATE, metadata: { labels } },
      },
    };
    const world = controllerWorld();
    pass(world, 5);
    ask(world, createRequest(REPLICA_SETS, set));
    pass(world, 2);
    ask(world, createRequest(DEPLOYMENTS, WEB));
    pass(world, 3);
    const deployment = stored(world, "apps/deployments").get("default/web");
    expect(deployment?.metadata?.annotations?.["deployment.kubernetes.io/revision"]).toBe("3546343826724305833");
  });

  it("does nothing but scale while paused, and goes back to an old template under a new revision", () => {
    const world = controllerWorld();
    pass(world, 5);
    ask(world, createRequest(DEPLOYMENTS, WEB));
    pass(world, 2);
    makeReady(world);
    pass(world, 2);
    ask(world, patchRequest(DEPLOYMENTS, "default", "web", "merge", { spec: { paused: true } }));
    ask(world, patchRequest(DEPLOYMENTS, "default", "web", "merge", imagePatch("nginx:1.28")));
    ask(world, patchRequest(DEPLOYMENTS, "default", "web", "merge", { spec: { replicas: 4 } }));
    pass(world, 3);
    expect(stored(world, "apps/replicasets").size).toBe(1);
    expect(stored(world, "pods").size).toBe(4);
    expect(reasonOf(world, "Progressing")).toBe("DeploymentPaused");
    ask(world, patchRequest(DEPLOYMENTS, "default", "web", "merge", { spec: { paused: false } }));
    settle(world);
    expect(stored(world, "apps/replicasets").size).toBe(2);
    ask(world, patchRequest(DEPLOYMENTS, "default", "web", "merge", imagePatch("nginx:1.27")));
    settle(world);
    expect(stored(world, "apps/replicasets").size).toBe(2);
    const revisions = [...stored(world, "apps/replicasets").values()].map(
      (set) => set.metadata?.annotations?.["deployment.kubernetes.io/revision"],
    );
    expect(revisions.sort()).toEqual(["2", "3"]);
    expect(reasonOf(world, "Progressing")).toBe("NewReplicaSetAvailable");
  });

  it("gives up waiting after its progress deadline, and says so", () => {
    const world = controllerWorld();
    pass(world, 5);
    ask(world, createRequest(DEPLOYMENTS, { ...WEB, spec: { ...WEB.spec, progressDeadlineSeconds: 30 } }));
    pass(world, 20);
    expect(reasonOf(world, "Progressing")).toBe("ReplicaSetUpdated");
    pass(world, 20);
    expect(reasonOf(world, "Progressing")).toBe("ProgressDeadlineExceeded");
  });

  it("empties the old set first when it recreates", () => {
    const world = controllerWorld();
    pass(world, 5);
    ask(world, createRequest(DEPLOYMENTS, { ...WEB, spec: { ...WEB.spec, strategy: { type: "Recreate" } } }));
    settle(world);
    ask(world, patchRequest(DEPLOYMENTS, "default", "web", "merge", imagePatch("nginx:1.28")));
    settle(world);
    const texts = eventsOf(world, "Deployment").map((text) => text.replace(/replica set web-\S+ /, ""));
    expect(texts).toEqual(["Scaled up from 0 to 3", "Scaled down from 3 to 0", "Scaled up from 0 to 3"]);
  });
});

function imagePatch(image: string): object {
  return { spec: { template: { spec: { containers: [{ name: "nginx", image }] } } } };
}

function settle(world: World): void {
  for (let i = 0; i < 12; i++) {
    pass(world, 2);
    makeReady(world);
  }
}

function reasonOf(world: World, type: string): string | undefined {
  const status = stored(world, "apps/deployments").get("default/web")?.status as DeploymentStatus | undefined;
  return status?.conditions?.find((condition) => condition.type === type)?.reason;
}
