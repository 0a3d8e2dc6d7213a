import type { ApiObject } from "../../../api/object.ts";

interface Resources {
  readonly requests?: Readonly<Record<string, string | number>>;
  readonly limits?: Readonly<Record<string, string | number>>;
}

interface Spec {
  readonly containers?: readonly { readonly resources?: Resources }[];
  readonly initContainers?: readonly { readonly resources?: Resources }[];
  readonly schedulingGates?: readonly unknown[];
}

/** Pending, with the quality-of-service class of what its containers ask for. */
export function podStatusAtCreation(pod: ApiObject): Readonly<Record<string, unknown>> {
  const gated = ((pod.spec as Spec).schedulingGates ?? []).length > 0;
  const status: Record<string, unknown> = { phase: "Pending" };
  if (gated) {
    status.conditions = [
      {
        type: "PodScheduled",
        status: "False",
        lastProbeTime: null,
        lastTransitionTime: null,
        reason: "SchedulingGated",
        message: "Scheduling is blocked due to non-empty scheduling gates",
      },
    ];
  }
  status.qosClass = qosClass(pod.spec as Spec);
  return status;
}

const COMPUTE = ["cpu", "memory"] as const;

/** Guaranteed: every container has limits of both, equal to its requests. BestEffort: no container has either. */
export function qosClass(spec: Spec): "Guaranteed" | "Burstable" | "BestEffort" {
  const containers = [...(spec.containers ?? []), ...(spec.initContainers ?? [])];
  let any = false;
  let guaranteed = true;
  for (const { resources } of containers) {
    for (const name of COMPUTE) {
      const limit = quantity(resources?.limits?.[name]);
      const request = quantity(resources?.requests?.[name]);
      if (limit !== "" || request !== "") any = true;
      if (limit === "" || (request !== "" && request !== limit)) guaranteed = false;
    }
  }
  if (!any) return "BestEffort";
  return guaranteed ? "Guaranteed" : "Burstable";
}

/** "" for none and for zero. */
function quantity(value: string | number | undefined): string {
  const text = value === undefined ? "" : String(value);
  return /^0+[a-zA-Z]*$/.test(text) ? "" : text;
}
