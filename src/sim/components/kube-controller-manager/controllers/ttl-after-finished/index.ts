import { parseTime } from "../../../../api/time.ts";
import type { ControllerDefinition, Plan } from "../../../../machinery/controller-runtime.ts";
import { deleteRequest, getRequest } from "../../../../machinery/requests.ts";
import { JOBS } from "../../../../machinery/resources.ts";
import { keyOf } from "../../../../machinery/store.ts";
import { finishedConditionOf, type Job } from "../../lib/batch-types.ts";

/** pkg/controller/ttlafterfinished: finished jobs are deleted, their pods first, when their time to live is over. */
export const ttlAfterFinishedController: ControllerDefinition<null> = {
  name: "ttl-after-finished-controller",
  workers: 5,
  informers: [{ resource: JOBS }],
  createMemory: () => null,
  onDelta(_informer, delta, hands) {
    if (delta.type !== "deleted" && needsCleanup(delta.object)) hands.add(keyOf(delta.object), delta.trace);
  },
  reconcile(view, key) {
    const job = view.store("jobs").objects.get(key) as Job | undefined;
    if (job === undefined || !needsCleanup(job)) return {};
    const wait = waitPlan(job, view.wallUs);
    if (wait !== null) return wait;
    // What the informer has may be old: the job is asked for once more before it goes.
    const { namespace = "", name = "" } = job.metadata ?? {};
    return { writes: [{ request: getRequest(JOBS, namespace, name), ignore: ["NotFound"] }], memo: {} };
  },
  resume(view, _key, _memo, results) {
    const [result] = results;
    if (result === undefined || (!result.ok && result.reason === "NotFound")) return {};
    if (!result.ok) return { error: result.text };
    const fresh = result.object as Job;
    if (!needsCleanup(fresh)) return {};
    const wait = waitPlan(fresh, view.wallUs);
    if (wait !== null) return wait;
    const { namespace = "", name = "", uid = "" } = fresh.metadata ?? {};
    const options = { propagationPolicy: "Foreground" as const, preconditions: { uid } };
    return { writes: [{ request: deleteRequest(JOBS, namespace, name, options), ignore: ["NotFound"] }] };
  },
};

function needsCleanup(job: Job): boolean {
  if (job.metadata?.deletionTimestamp !== undefined) return false;
  return job.spec?.ttlSecondsAfterFinished !== undefined && finishedConditionOf(job) !== null;
}

/** Null: its time is over. */
function waitPlan(job: Job, nowWallUs: number): Plan | null {
  const leftUs = timeLeftUs(job, nowWallUs);
  if ("error" in leftUs) return leftUs;
  return leftUs.us <= 0 ? null : { requeueAfterUs: leftUs.us, periodic: true };
}

/** What is left of a finished job's time to live. */
export function timeLeftUs(job: Job, nowWallUs: number): { readonly us: number } | { readonly error: string } {
  const { namespace, name } = job.metadata ?? {};
  const ttl = job.spec?.ttlSecondsAfterFinished;
  const end = finishedConditionOf(job);
  if (ttl === undefined || end === null) return { error: `job ${namespace}/${name} should not be cleaned up` };
  const finished = end.lastTransitionTime ? parseTime(end.lastTransitionTime) : null;
  if (finished === null) return { error: `unable to find the time when the Job ${namespace}/${name} finished` };
  return { us: finished + ttl * 1_000_000 - nowWallUs };
}
