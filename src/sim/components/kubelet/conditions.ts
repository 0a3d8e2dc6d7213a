import { type Container, type ContainerStatus, isRestartableInit, type Pod, type PodCondition } from "./types.ts";

type Condition = Pick<PodCondition, "type" | "status" | "reason" | "message">;

/** status/generate.go. `statuses` null: the runtime has not been asked yet. */
export function containersReady(pod: Pod, statuses: readonly ContainerStatus[] | null, phase: string): Condition {
  const type = "ContainersReady";
  if (statuses === null) return { type, status: "False", reason: "UnknownContainerStatuses" };
  const wanted = [...(pod.spec?.initContainers ?? []).filter(isRestartableInit), ...(pod.spec?.containers ?? [])];
  const { unknown, failing } = sort(wanted, statuses, (status) => status.ready);
  if (phase === "Succeeded" && unknown.length === 0) return { type, status: "False", reason: "PodCompleted" };
  if (phase === "Failed") return { type, status: "False", reason: "PodFailed" };
  return verdict(type, "ContainersNotReady", unknown, failing, "unready");
}

export function podReady(
  pod: Pod,
  conditions: readonly PodCondition[],
  statuses: readonly ContainerStatus[] | null,
  phase: string,
): Condition {
  const ready = containersReady(pod, statuses, phase);
  if (ready.status !== "True") return { ...ready, type: "Ready" };
  const complaints: string[] = [];
  for (const { conditionType } of pod.spec?.readinessGates ?? []) {
    const found = conditions.find(({ type }) => type === conditionType);
    if (found === undefined) {
      complaints.push(`corresponding condition of pod readiness gate "${conditionType}" does not exist.`);
    } else if (found.status !== "True") {
      complaints.push(`the status of pod readiness gate "${conditionType}" is not "True", but ${found.status}`);
    }
  }
  if (complaints.length > 0)
    return { type: "Ready", status: "False", reason: "ReadinessGatesNotReady", message: complaints.join(", ") };
  return { type: "Ready", status: "True" };
}

export function podInitialized(pod: Pod, statuses: readonly ContainerStatus[] | null, phase: string): Condition {
  const type = "Initialized";
  const inits = pod.spec?.initContainers ?? [];
  if (statuses === null && inits.length > 0) return { type, status: "False", reason: "UnknownContainerStatuses" };
  const known = statuses ?? [];
  const { unknown, failing } = sort(inits, known, isInitialized(inits));
  if (phase === "Succeeded" && unknown.length === 0) return { type, status: "True", reason: "PodCompleted" };
  // A container that runs or has run proves that initialization was done, even if its records are gone.
  const begun = (pod.spec?.containers ?? []).some(({ name }) => {
    const status = known.find((one) => one.name === name);
    return (
      status?.state?.running !== undefined ||
      status?.state?.terminated !== undefined ||
      status?.lastState?.terminated !== undefined
    );
  });
  if (begun && unknown.length + failing.length > 0 && phase !== "Pending") return { type, status: "True" };
  return verdict(type, "ContainersNotInitialized", unknown, failing, "incomplete");
}

export function readyToStartContainers(sandboxReady: boolean): Condition {
  return { type: "PodReadyToStartContainers", status: sandboxReady ? "True" : "False" };
}

function isInitialized(inits: readonly Container[]): (status: ContainerStatus) => boolean {
  return (status) => {
    const container = inits.find(({ name }) => name === status.name);
    return container !== undefined && isRestartableInit(container) ? status.started === true : status.ready;
  };
}

function sort(
  wanted: readonly Container[],
  statuses: readonly ContainerStatus[],
  good: (status: ContainerStatus) => boolean,
): { unknown: string[]; failing: string[] } {
  const unknown: string[] = [];
  const failing: string[] = [];
  for (const { name } of wanted) {
    const status = statuses.find((one) => one.name === name);
    if (status === undefined) unknown.push(name);
    else if (!good(status)) failing.push(name);
  }
  return { unknown, failing };
}

function verdict(
  type: string,
  reason: string,
  unknown: readonly string[],
  failing: readonly string[],
  word: string,
): Condition {
  const texts: string[] = [];
  if (unknown.length > 0) texts.push(`containers with unknown status: [${unknown.join(" ")}]`);
  if (failing.length > 0) texts.push(`containers with ${word} status: [${failing.join(" ")}]`);
  return texts.length > 0 ? { type, status: "False", reason, message: texts.join(", ") } : { type, status: "True" };
}
