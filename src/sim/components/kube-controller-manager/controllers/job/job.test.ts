import { describe, expect, it } from "vitest";
import type { ApiObject } from "../../../../api/object.ts";
import { crash } from "../../../../kernel/control.ts";
import type { World } from "../../../../kernel/world.ts";
import { createRequest, deleteRequest, updateStatusRequest } from "../../../../machinery/requests.ts";
import { JOBS, PODS } from "../../../../machinery/resources.ts";
import { ask, fakeApi, pass, stateOf, stored } from "../../../../machinery/testing/small-world.ts";
import type { Job, JobStatus } from "../../lib/batch-types.ts";
import type { ControllerManagerState } from "../../program.ts";
import { controllerWorld, eventsOf } from "../../testing/controller-world.ts";
import { type Intervals, parseIndexes } from "./indexes.ts";
import { TRACKING_FINALIZER } from "./pods.ts";
import { judgeFailedPod } from "./policies.ts";

function job(spec: Job["spec"]): ApiObject {
  return {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: { name: "work", namespace: "default", generation: 1 },
    spec: {
      backoffLimit: 6,
      completions: 2,
      parallelism: 2,
      selector: { matchLabels: { app: "work" } },
      template: { metadata: { labels: { app: "work" } }, spec: { containers: [{ name: "c", image: "busybox" }] } },
      ...spec,
    },
  };
}

function statusOf(world: World): JobStatus {
  return (stored(world, "batch/jobs").get("default/work") as Job | undefined)?.status ?? {};
}

function pods(world: World): ApiObject[] {
  return [...stored(world, "pods").values()];
}

function end(world: World, pod: ApiObject | undefined, phase: "Succeeded" | "Failed"): void {
  ask(world, updateStatusRequest(PODS, { ...pod, status: { phase } }));
}

const REFUSED = { code: 500, reason: "InternalError", message: "etcdserver: request timed out" };

describe("a Job's pods", () => {
  it("are noted in its status before they lose their finalizers, and counted when those are gone", () => {
    const world = controllerWorld();
    pass(world, 3);
    ask(world, createRequest(JOBS, job({})));
    pass(world, 2);
    expect(pods(world).map(({ metadata }) => metadata?.finalizers)).toEqual([
      [TRACKING_FINALIZER],
      [TRACKING_FINALIZER],
    ]);
    fakeApi(world).refusals.set("PATCH pods ", REFUSED);
    const [first] = pods(world);
    end(world, first, "Succeeded");
    pass(world, 3);
    expect(statusOf(world).uncountedTerminatedPods).toEqual({ succeeded: [first?.metadata?.uid] });
    expect(statusOf(world).succeeded).toBe(undefined);
    fakeApi(world).refusals.clear();
    pass(world, 70);
    expect(statusOf(world)).toMatchObject({ succeeded: 1, uncountedTerminatedPods: {}, active: 1 });
  });

  it("are counted once, though the controller dies between noting and counting", () => {
    const world = controllerWorld({ names: ["a", "b"] });
    pass(world, 5);
    ask(world, createRequest(JOBS, job({})));
    pass(world, 2);
    fakeApi(world).refusals.set("PATCH pods ", REFUSED);
    end(world, pods(world)[0], "Failed");
    pass(world, 3);
    fakeApi(world).refusals.clear();
    crash(world, ["a", "b"].find((name) => stateOf<ControllerManagerState>(world, name).role === "leader") ?? "");
    pass(world, 60);
    expect(statusOf(world)).toMatchObject({ failed: 1, uncountedTerminatedPods: {} });
    expect(pods(world)).toHaveLength(3);
  });

  it("that cannot be created are told of, and tried again", () => {
    const world = controllerWorld();
    pass(world, 3);
    const message = 'pods "work-" is forbidden: exceeded quota';
    fakeApi(world).refusals.set("POST pods ", { code: 403, reason: "Forbidden", message });
    ask(world, createRequest(JOBS, job({})));
    pass(world, 5);
    expect(pods(world)).toEqual([]);
    expect(eventsOf(world, "Job")[0]).toBe(`Error creating: ${message}`);
    expect(statusOf(world).active).toBe(undefined);
    fakeApi(world).refusals.clear();
    pass(world, 70);
    expect(pods(world)).toHaveLength(2);
    expect(statusOf(world).active).toBe(2);
  });

  it("are let go when the Job is gone", () => {
    const world = controllerWorld();
    pass(world, 3);
    ask(world, createRequest(JOBS, job({})));
    pass(world, 2);
    ask(world, deleteRequest(JOBS, "default", "work"));
    pass(world, 5);
    expect(pods(world)).toEqual([]);
  });

  it("are nobody's business here when another controller manages the Job", () => {
    const world = controllerWorld();
    pass(world, 3);
    ask(world, createRequest(JOBS, job({ managedBy: "example.com/queue" })));
    pass(world, 5);
    expect(pods(world)).toEqual([]);
    expect(statusOf(world)).toEqual({});
  });
});

describe("what a Job reads", () => {
  const indexes: readonly (readonly [text: string, completions: number, read: Intervals])[] = [
    [
      "0-2,5",
      10,
      [
        [0, 2],
        [5, 5],
      ],
    ],
    [
      "0,1-foo,3",
      10,
      [
        [0, 0],
        [3, 3],
      ],
    ],
    ["x,2,3-4", 10, [[2, 4]]],
    [
      "1-2-3,7",
      10,
      [
        [1, 2],
        [7, 7],
      ],
    ],
    ["0-9,12", 5, [[0, 4]]],
    ["7,1", 5, []],
  ];
  it.each(indexes)("of %j with %i completions are the indexes %j", (text, completions, read) => {
    expect(parseIndexes(text, completions)).toEqual(read);
  });

  it.each([
    ["In", 3, "Ignore"],
    ["In", 4, null],
    ["NotIn", 3, null],
    ["NotIn", 4, "Ignore"],
    ["Whatever", 4, null],
  ])("of exit codes %s 3: %i means %s", (operator, exitCode, action) => {
    const policy = { rules: [{ action: "Ignore", onExitCodes: { operator, values: [3] } }] };
    const pod = { status: { containerStatuses: [{ name: "c", state: { terminated: { exitCode } } }] } };
    expect(judgeFailedPod(policy as never, pod as never).action).toBe(action);
  });
});
