import { goDuration } from "../../../sim/api/duration.ts";
import { formatTime } from "../../../sim/api/time.ts";
import { countNode, ttlPatch } from "../../../sim/components/kube-controller-manager/controllers/ttl/index.ts";
import { timeLeftUs } from "../../../sim/components/kube-controller-manager/controllers/ttl-after-finished/index.ts";
import type { Job } from "../../../sim/components/kube-controller-manager/lib/batch-types.ts";
import type { Node } from "../../../sim/components/kube-controller-manager/lib/types.ts";
import { expectSame, type Suite } from "../suite.ts";
import { type Answer, ask } from "./ask.ts";

interface Input {
  readonly nodeCount: number;
  readonly boundaryStep: number;
  readonly currentTTL: number;
  readonly change: "add" | "delete";
  readonly node: Node;
  readonly ttlSeconds: number;
  readonly ttlSecondsAfterFinished?: number;
  readonly completedAt?: number;
  readonly failedAt?: number;
  readonly now: number;
}

/** The second 0 of the recordings. */
const ZERO_US = 1_800_000_000_000_000;

/** Their times are cut down to whole seconds, and end a few milliseconds before one: -1 is just before 0. */
function recordedTime(seconds: number): string {
  return formatTime(ZERO_US + (seconds + 1) * 1_000_000);
}

function finishedJob({ ttlSecondsAfterFinished, completedAt, failedAt }: Input): Job {
  const finished = completedAt ?? failedAt;
  const condition = {
    type: completedAt === undefined ? "Failed" : "Complete",
    status: "True",
    ...(finished === undefined ? {} : { lastTransitionTime: recordedTime(finished) }),
  };
  return {
    spec: ttlSecondsAfterFinished === undefined ? {} : { ttlSecondsAfterFinished },
    status: finished === undefined ? {} : { conditions: [condition] },
  };
}

const ANSWERS: Readonly<Record<string, Answer<Input>>> = {
  "node-ttl-boundary": ({ nodeCount, boundaryStep, currentTTL, change }, { ttlSeconds }) => {
    const state = { nodeCount, boundaryStep, ttlSeconds: currentTTL };
    countNode(state, change);
    return expectSame(state.ttlSeconds, ttlSeconds);
  },
  "job-ttl-left": (input, { secondsLeft, expiresAt }) => {
    const left = timeLeftUs(finishedJob(input), ZERO_US + input.now * 1_000_000);
    if ("error" in left) throw new Error(left.error);
    const found = { secondsLeft: goDuration(left.us), expiresAt: input.now + left.us / 1_000_000 };
    return expectSame(found, { secondsLeft, expiresAt });
  },
  "node-ttl-annotation": ({ node, ttlSeconds }, { patch }) => expectSame(ttlPatch(node, ttlSeconds) ?? {}, patch ?? {}),
};

/** How long kubelets may keep what they read, and how long finished jobs are kept. */
export const ttl: Suite = { name: "ttl", run: (recorded) => ask(ANSWERS, recorded) };
