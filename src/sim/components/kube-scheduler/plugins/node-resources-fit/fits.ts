import type { NodeInfo } from "../../cache/node-info.ts";
import type { Rejection } from "../../framework/plugin.ts";
import type { PodInfo } from "../../pod-info.ts";
import type { Resources } from "../../resources.ts";

export interface Ignored {
  readonly resources: ReadonlySet<string>;
  /** Prefixes of extended resources: `example.com`. */
  readonly groups: ReadonlySet<string>;
}

/** Null: the pod fits. A pod that is too large even for the empty node is refused in the same way. */
export function fitsRequest(pod: PodInfo, node: NodeInfo, ignored: Ignored): Rejection | null {
  const { request } = pod;
  const { allocatable, requested } = node;
  if (
    node.podCount + 1 <= allocatable.pods &&
    request.scalars === null &&
    (request.milliCpu === 0 || request.milliCpu <= allocatable.milliCpu - requested.milliCpu) &&
    (request.memoryBytes === 0 || request.memoryBytes <= allocatable.memoryBytes - requested.memoryBytes) &&
    (request.ephemeralBytes === 0 || request.ephemeralBytes <= allocatable.ephemeralBytes - requested.ephemeralBytes)
  ) {
    return null;
  }
  return refusal(node, request, ignored);
}

function refusal(
  { allocatable, requested, podCount }: NodeInfo,
  request: Resources,
  ignored: Ignored,
): Rejection | null {
  const reasons: string[] = [];
  const check = (name: string, wanted: number, total: number, used: number) => {
    if (wanted > 0 && wanted > total - used) reasons.push(`Insufficient ${name}`);
  };
  if (podCount + 1 > allocatable.pods) reasons.push("Too many pods");
  check("cpu", request.milliCpu, allocatable.milliCpu, requested.milliCpu);
  check("memory", request.memoryBytes, allocatable.memoryBytes, requested.memoryBytes);
  check("ephemeral-storage", request.ephemeralBytes, allocatable.ephemeralBytes, requested.ephemeralBytes);
  for (const name of Object.keys(request.scalars ?? {}).sort()) {
    if (isExtended(name) && (ignored.resources.has(name) || ignored.groups.has(name.split("/")[0]!))) continue;
    check(name, request.scalars![name]!, allocatable.scalars?.[name] ?? 0, requested.scalars?.[name] ?? 0);
  }
  return reasons.length === 0 ? null : { reasons, unresolvable: false };
}

/** Not one of Kubernetes' own (`kubernetes.io/batteries`, `hugepages-2Mi`): those cannot be ignored. */
function isExtended(name: string): boolean {
  return name.includes("/") && !name.includes("kubernetes.io/");
}

/** Whether the pod would fit on an empty node with this allocatable. */
export function couldFit(request: Resources, allocatable: Resources): boolean {
  return (
    allocatable.pods > 0 &&
    request.milliCpu <= allocatable.milliCpu &&
    request.memoryBytes <= allocatable.memoryBytes &&
    request.ephemeralBytes <= allocatable.ephemeralBytes &&
    Object.keys(request.scalars ?? {}).every((name) => request.scalars![name]! <= (allocatable.scalars?.[name] ?? 0))
  );
}
