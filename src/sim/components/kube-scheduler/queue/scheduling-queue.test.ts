import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { deepFreeze } from "../../../api/object.ts";
import { schedulerConfig } from "../config.ts";
import { frameworkOf } from "../framework/profile.ts";
import type { Node, Pod } from "../objects.ts";
import {
  addPodToQueue,
  addUnschedulable,
  backoffUs,
  createQueue,
  deletePodFromQueue,
  flushQueue,
  moveOnEvent,
  nextFlushAtUs,
  popPod,
  type SchedulingQueue,
} from "./scheduling-queue.ts";

const framework = frameworkOf(schedulerConfig().profiles[0]!);
const frameworkFor = () => framework;
const trace = { trace: 1, span: 1 };
const SECOND = 1_000_000;

function pod(name: string, priority = 0): Pod {
  return deepFreeze({ metadata: { name, namespace: "default", uid: name }, spec: { priority, containers: [] } });
}

function queueWith(...pods: Pod[]): SchedulingQueue {
  const queue = createQueue(1, 10);
  for (const [index, each] of pods.entries()) addPodToQueue(queue, framework, each, index, trace);
  return queue;
}

function names(queue: SchedulingQueue): string[] {
  const order: string[] = [];
  for (let next = popPod(queue); next !== null; next = popPod(queue)) order.push(next.uid);
  return order;
}

const node = (cpu: string): Node => ({
  metadata: { name: "node" },
  status: { allocatable: { cpu, memory: "1Gi", pods: "10" } },
});

describe("scheduling queue", () => {
  it("doubles the back-off from one second to ten", () => {
    const queue = createQueue(1, 10);
    expect([0, 1, 2, 3, 4, 5, 6, 60].map((attempts) => backoffUs(queue, attempts) / SECOND)).toEqual([
      0, 1, 2, 4, 8, 10, 10, 10,
    ]);
  });

  it("gives pods by priority, then by age, whatever the order in which they came", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 30 }), (priorities) => {
        const pods = priorities.map((priority, index) => pod(`pod-${index}`, priority));
        const expected = pods
          .map(({ metadata, spec }, index) => ({ uid: metadata.uid, priority: spec.priority!, index }))
          .sort((a, b) => b.priority - a.priority || a.index - b.index)
          .map(({ uid }) => uid);
        expect(names(queueWith(...pods))).toEqual(expected);
      }),
    );
  });

  it("wakes a rejected pod only for an event that may help it", () => {
    const queue = queueWith(pod("a"));
    addUnschedulable(queue, popPod(queue)!, ["NodeName"], "no", 0);
    moveOnEvent(queue, frameworkFor, { type: "AssignedPod/Delete", assignedPod: pod("b") }, SECOND, trace);
    expect(queue.unschedulable.size).toBe(1);
    moveOnEvent(queue, frameworkFor, { type: "Node/Add", node: node("1") }, 2 * SECOND, trace);
    expect(popPod(queue)).toMatchObject({ uid: "a", attempts: 2, movedBy: "NodeAdd node" });
  });

  it("lets a pod that was woken early go at once when nothing else is active", () => {
    const queue = queueWith(pod("a"));
    addUnschedulable(queue, popPod(queue)!, ["NodeName"], "no", 2 * SECOND);
    moveOnEvent(queue, frameworkFor, { type: "Node/Add", node: node("1") }, 2 * SECOND, trace);
    expect(queue.backoffCount).toBe(1);
    addPodToQueue(queue, framework, pod("b"), 2 * SECOND, trace);
    expect(names(queue)).toEqual(["b", "a"]);
  });

  it("makes a pod wait its back-off out after an error", () => {
    const queue = queueWith(pod("a"));
    addUnschedulable(queue, popPod(queue)!, [], "broken", 0);
    expect(popPod(queue)).toBeNull();
    expect(nextFlushAtUs(queue, 0)).toBe(SECOND);
    flushQueue(queue, frameworkFor, SECOND);
    expect(popPod(queue)?.uid).toBe("a");
  });

  it("tries a rejected pod again after five minutes, on a beat of thirty seconds", () => {
    const queue = queueWith(pod("a"));
    addUnschedulable(queue, popPod(queue)!, ["NodeResourcesFit"], "no", 10 * SECOND);
    expect(nextFlushAtUs(queue, 0)).toBe(330 * SECOND);
    flushQueue(queue, frameworkFor, 300 * SECOND);
    expect(popPod(queue)).toBeNull();
    flushQueue(queue, frameworkFor, 330 * SECOND);
    expect(popPod(queue)?.uid).toBe("a");
  });

  it("forgets a pod that is gone, wherever it waits", () => {
    const queue = queueWith(pod("a"), pod("b"));
    deletePodFromQueue(queue, "a");
    expect(names(queue)).toEqual(["b"]);
  });
});
