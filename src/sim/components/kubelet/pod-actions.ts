import { withFields } from "../../kernel/records.ts";
import { type Container, isRestartableInit, type Pod, type ProbeResult } from "./types.ts";

/** What the runtime has of a pod, newest first in both lists. */
export interface RuntimePodStatus {
  readonly sandboxes: readonly RuntimeSandbox[];
  readonly containers: readonly RuntimeContainer[];
}

export interface RuntimeSandbox {
  readonly id: string;
  readonly ready: boolean;
  readonly attempt: number;
  readonly ip: string;
}

export interface RuntimeContainer {
  readonly id: string;
  readonly name: string;
  readonly state: "created" | "running" | "exited" | "unknown";
  readonly exitCode: number;
}

/** What else decides: the last probe results and whether the container was made from the present spec. */
export interface PodFacts {
  liveness(containerId: string): ProbeResult | undefined;
  startup(containerId: string): ProbeResult | undefined;
  specMatches(container: Container, status: RuntimeContainer): boolean;
}

export interface ContainerToKill {
  readonly id: string;
  readonly name: string;
  readonly message: string;
  readonly reason: "liveness" | "startup" | "changed" | "unknown";
}

/** kuberuntime_manager.go podActions: what a sync has to do. */
export interface PodActions {
  readonly killPod: boolean;
  readonly createSandbox: boolean;
  readonly sandboxId: string;
  readonly attempt: number;
  readonly startInitContainers: readonly Container[];
  readonly startContainers: readonly Container[];
  readonly startEphemeral: readonly Container[];
  readonly killContainers: readonly ContainerToKill[];
}

interface Draft {
  killPod: boolean;
  startInit: number[];
  kill: ContainerToKill[];
}

export function podActions(pod: Pod, status: RuntimePodStatus, facts: PodFacts): PodActions {
  const { spec } = pod;
  const { change, attempt, sandboxId } = sandboxChanged(pod, status);
  const base = {
    sandboxId,
    attempt,
    startInitContainers: [],
    startContainers: [],
    startEphemeral: [],
    killContainers: [],
  };
  if (change) return Object.assign(base, { killPod: true }, actionsForNewSandbox(pod, status, attempt));

  const startEphemeral = (spec.ephemeralContainers ?? []).filter(({ name }) => find(status, name) === undefined);
  const draft: Draft = { killPod: false, startInit: [], kill: [] };
  const initialized = initContainerActions(pod, status, facts, draft);
  const inits = (): Container[] => draft.startInit.map((index) => spec.initContainers?.[index] as Container);
  if (draft.killPod || !initialized) {
    return {
      ...base,
      createSandbox: false,
      killPod: draft.killPod,
      startInitContainers: inits(),
      startEphemeral,
      killContainers: draft.kill,
    };
  }
  const startContainers: Container[] = [];
  let kept = 0;
  for (const container of spec.containers) {
    const found = find(status, container.name);
    if (found?.state !== "running") {
      if (!shouldRestart(container, pod, status)) continue;
      startContainers.push(container);
      if (found?.state === "unknown")
        draft.kill.push(killing(found, "unknown", 'Container is in "unknown" state, try killing it before restart'));
      continue;
    }
    const why = reasonToKill(container, found, facts);
    if (why === null) {
      kept += 1;
      continue;
    }
    const restart = why.reason === "changed" || spec.restartPolicy !== "Never";
    if (restart) startContainers.push(container);
    draft.kill.push(killing(found, why.reason, restart ? `${why.message}, will be restarted` : why.message));
  }
  const done = kept === 0 && startContainers.length === 0;
  return withFields(base, {
    createSandbox: false,
    killPod: done,
    startInitContainers: done ? [] : inits(),
    startContainers,
    startEphemeral,
    killContainers: draft.kill,
  });
}

/** The newest container by that name. */
export function find(status: RuntimePodStatus, name: string): RuntimeContainer | undefined {
  return status.containers.find((one) => one.name === name);
}

/** kubecontainer.ShouldContainerBeRestarted. */
export function shouldRestart(container: Container, pod: Pod, status: RuntimePodStatus): boolean {
  if (pod.metadata.deletionTimestamp !== undefined) return false;
  const found = find(status, container.name);
  if (found === undefined) return true;
  if (found.state === "running") return false;
  if (found.state === "unknown" || found.state === "created") return true;
  if (pod.spec.restartPolicy === "Never") return false;
  return pod.spec.restartPolicy !== "OnFailure" || found.exitCode !== 0;
}

function sandboxChanged(pod: Pod, status: RuntimePodStatus): { change: boolean; attempt: number; sandboxId: string } {
  const newest = status.sandboxes[0];
  if (newest === undefined) return { change: true, attempt: 0, sandboxId: "" };
  const ready = status.sandboxes.filter((sandbox) => sandbox.ready).length;
  const lacksAddress = pod.spec.hostNetwork !== true && newest.ip === "";
  const change = ready > 1 || !newest.ready || lacksAddress;
  return { change, attempt: change ? newest.attempt + 1 : newest.attempt, sandboxId: newest.id };
}

function actionsForNewSandbox(
  pod: Pod,
  status: RuntimePodStatus,
  attempt: number,
): Pick<PodActions, "createSandbox" | "startContainers" | "startInitContainers"> {
  const { spec } = pod;
  const nothing = { createSandbox: false, startContainers: [], startInitContainers: [] };
  // Never restarted, and something of it ran already: it is over, a new sandbox would only confuse.
  if (spec.restartPolicy === "Never" && attempt !== 0 && status.containers.length > 0) return nothing;
  const startContainers = spec.containers.filter((container) => {
    const found = find(status, container.name);
    return !(spec.restartPolicy === "OnFailure" && found?.state === "exited" && found.exitCode === 0);
  });
  if (startContainers.length === 0 && spec.containers.some(({ name }) => find(status, name) !== undefined))
    return nothing;
  const first = spec.initContainers?.[0];
  if (first !== undefined) return { createSandbox: true, startContainers: [], startInitContainers: [first] };
  return { createSandbox: true, startContainers, startInitContainers: [] };
}

/** computeInitContainerActions. True: the pod is initialized, its own containers may be looked at. */
function initContainerActions(pod: Pod, status: RuntimePodStatus, facts: PodFacts, draft: Draft): boolean {
  const inits = pod.spec.initContainers ?? [];
  if (inits.length === 0) return true;
  const restartOnFailure = pod.spec.restartPolicy !== "Never";
  let initialized = pod.spec.containers.some(({ name }) => {
    const found = find(status, name);
    return found !== undefined && found.state !== "exited";
  });
  let before = initialized;
  // From the last one back: the records of finished ones may be gone, so only the last that is known counts.
  for (let index = inits.length - 1; index >= 0; index -= 1) {
    const container = inits[index] as Container;
    const sidecar = isRestartableInit(container);
    const found = find(status, container.name);
    if (found === undefined) {
      if (before && sidecar) draft.startInit.push(index);
      continue;
    }
    if (before && !sidecar) continue;
    const isLast = index === inits.length - 1;
    switch (found.state) {
      case "created":
        draft.startInit.push(index);
        break;
      case "running":
        if (!sidecar) break;
        if (container.startupProbe !== undefined) {
          const startup = facts.startup(found.id);
          if (startup === "failure") {
            draft.kill.push(killing(found, "startup", `Init container ${container.name} failed startup probe`));
            draft.startInit.push(index);
          }
          if (startup !== "success") break;
        }
        if (isLast) initialized = true;
        else if (!before) draft.startInit.push(index + 1);
        if (!facts.specMatches(container, found)) {
          draft.kill.push(killing(found, "changed", `Init container ${container.name} definition changed`));
          draft.startInit.push(index);
        } else if (container.livenessProbe !== undefined && facts.liveness(found.id) === "failure") {
          draft.kill.push(killing(found, "liveness", `Init container ${container.name} failed liveness probe`));
          draft.startInit.push(index);
        }
        break;
      case "exited":
        if (sidecar) {
          draft.startInit.push(index);
        } else if (found.exitCode !== 0) {
          if (!restartOnFailure) return giveUp(draft);
          draft.startInit.push(index);
        } else if (isLast) {
          initialized = true;
        } else {
          draft.startInit.push(index + 1);
        }
        break;
      case "unknown":
        if (!sidecar && !restartOnFailure) return giveUp(draft);
        draft.kill.push(
          killing(found, "unknown", 'Init container is in "unknown" state, try killing it before restart'),
        );
        draft.startInit.push(index);
        break;
    }
    before = true;
  }
  if (!before) draft.startInit.push(0);
  draft.startInit.reverse();
  return initialized;
}

function giveUp(draft: Draft): false {
  draft.killPod = true;
  draft.startInit = [];
  return false;
}

function reasonToKill(
  container: Container,
  found: RuntimeContainer,
  facts: PodFacts,
): { message: string; reason: ContainerToKill["reason"] } | null {
  if (!facts.specMatches(container, found))
    return { message: `Container ${container.name} definition changed`, reason: "changed" };
  if (facts.liveness(found.id) === "failure")
    return { message: `Container ${container.name} failed liveness probe`, reason: "liveness" };
  if (facts.startup(found.id) === "failure")
    return { message: `Container ${container.name} failed startup probe`, reason: "startup" };
  return null;
}

function killing(found: RuntimeContainer, reason: ContainerToKill["reason"], message: string): ContainerToKill {
  return { id: found.id, name: found.name, message, reason };
}
