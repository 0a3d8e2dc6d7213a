import { expect, it } from "vitest";
import { podPhase } from "./pod-phase.ts";
import type { Pod } from "./types.ts";

const STATUSES = [{ name: "c", ready: false, restartCount: 0, state: { terminated: { exitCode: 0 } } }] as never;

function pod(annotations: Record<string, string>): Pod {
  return { metadata: { annotations }, spec: { restartPolicy: "Always", containers: [{ name: "c" }] } };
}

it("a pod that is torn down has its last phase, but a static one is never over", () => {
  expect(podPhase(pod({}), STATUSES, true, true)).toBe("Succeeded");
  expect(podPhase(pod({ "kubernetes.io/config.source": "file" }), STATUSES, true, true)).toBe("Running");
  expect(podPhase(pod({}), STATUSES, false, true)).toBe("Running");
});
