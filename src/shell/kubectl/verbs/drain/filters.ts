/** Which pods a drain evicts, leaves alone with a warning, or refuses to touch. */
import { at, type JsonObject, objectOf, objectsOf, textOf } from "../../json.ts";

export interface DrainChoices {
  readonly force: boolean;
  readonly ignoreDaemonSets: boolean;
  readonly deleteEmptyDir: boolean;
}

export type Verdict =
  | { readonly type: "evict"; readonly warning?: string }
  | { readonly type: "skip"; readonly warning?: string }
  | { readonly type: "refuse"; readonly reason: string };

const daemonSetRefusal = "cannot delete DaemonSet-managed Pods (use --ignore-daemonsets to ignore)";
const daemonSetWarning = "ignoring DaemonSet-managed Pods";
const localRefusal = "cannot delete Pods with local storage (use --delete-emptydir-data to override)";
const localWarning = "deleting Pods with local storage";
const unmanagedRefusal = "cannot delete cannot delete Pods that declare no controller (use --force to override)";
const unmanagedWarning = "deleting Pods that declare no controller";

export function judge(pod: JsonObject, choices: DrainChoices, daemonSets: ReadonlySet<string>): Verdict {
  const verdicts = [
    daemonSet(pod, choices, daemonSets),
    mirror(pod),
    localStorage(pod, choices),
    unreplicated(pod, choices),
  ];
  const last =
    verdicts.find((verdict) => verdict?.type === "skip") ?? verdicts.find((verdict) => verdict?.type === "refuse");
  return last ?? verdicts.find((verdict) => verdict !== null) ?? { type: "evict" };
}

function controllerOf(pod: JsonObject): JsonObject | undefined {
  return objectsOf(at(pod, "metadata", "ownerReferences")).find(({ controller }) => controller === true);
}

function isFinished(pod: JsonObject): boolean {
  return /^(Succeeded|Failed)$/.test(textOf(at(pod, "status", "phase")));
}

function daemonSet(pod: JsonObject, choices: DrainChoices, daemonSets: ReadonlySet<string>): Verdict | null {
  const owner = controllerOf(pod);
  if (owner?.kind !== "DaemonSet" || isFinished(pod)) return null;
  const key = `${textOf(at(pod, "metadata", "namespace"))}/${textOf(owner.name)}`;
  if (!daemonSets.has(key)) {
    return choices.force ? null : { type: "refuse", reason: `daemonsets.apps "${textOf(owner.name)}" not found` };
  }
  return choices.ignoreDaemonSets
    ? { type: "skip", warning: daemonSetWarning }
    : { type: "refuse", reason: daemonSetRefusal };
}

function mirror(pod: JsonObject): Verdict | null {
  return objectOf(at(pod, "metadata", "annotations"))["kubernetes.io/config.mirror"] === undefined
    ? null
    : { type: "skip" };
}

function localStorage(pod: JsonObject, choices: DrainChoices): Verdict | null {
  const hasLocal = objectsOf(at(pod, "spec", "volumes")).some((volume) => volume.emptyDir !== undefined);
  if (!hasLocal || isFinished(pod)) return null;
  return choices.deleteEmptyDir ? { type: "evict", warning: localWarning } : { type: "refuse", reason: localRefusal };
}

function unreplicated(pod: JsonObject, choices: DrainChoices): Verdict | null {
  if (isFinished(pod) || controllerOf(pod)) return null;
  return choices.force ? { type: "evict", warning: unmanagedWarning } : { type: "refuse", reason: unmanagedRefusal };
}
