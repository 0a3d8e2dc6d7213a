import type { ApiObject, Status } from "../../../api/object.ts";
import type { ResourceList } from "../../../api/pod/types.ts";
import { equalLists } from "../../../api/quota/resource-list.ts";
import { forbidden } from "../../../api/status-errors.ts";
import { type AdmissionPlugin, type AdmissionRequest, createsPod, type PodSpec, type Toleration } from "./plugin.ts";

interface RuntimeClass extends ApiObject {
  readonly overhead?: { readonly podFixed?: ResourceList };
  readonly scheduling?: {
    readonly nodeSelector?: Readonly<Record<string, string>>;
    readonly tolerations?: readonly Toleration[];
  };
}

/** What a pod's runtime costs beside its containers, and on which nodes it is to be had. */
export const runtimeClass: AdmissionPlugin = {
  name: "RuntimeClass",
  enabledByDefault: true,
  resources: ["pods"],
  admit(request, view) {
    if (!createsPod(request)) return null;
    const pod = request.object!;
    const spec = pod.spec as PodSpec;
    const name = spec.runtimeClassName as string | undefined;
    const overhead = spec.overhead as ResourceList | undefined;
    if (name === undefined || name === null) {
      return overhead !== undefined && Object.keys(overhead).length > 0
        ? refuse(request, "pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead")
        : null;
    }
    const found = view.lookup("runtimeclasses.node.k8s.io", "", name) as RuntimeClass | undefined;
    if (found === undefined) return refuse(request, `pod rejected: RuntimeClass ${JSON.stringify(name)} not found`);
    const fixed = found.overhead?.podFixed;
    if (overhead !== undefined && Object.keys(overhead).length > 0 && !equalLists(overhead, fixed ?? {})) {
      return refuse(request, "pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead");
    }
    const scheduled = withScheduling(request, spec, found);
    if ("kind" in scheduled) return scheduled as Status;
    return { ...pod, spec: { ...(scheduled as PodSpec), ...(fixed === undefined ? {} : { overhead: fixed }) } };
  },
};

function refuse(request: AdmissionRequest, why: string): Status {
  return forbidden(request.kind, request.name, why);
}

function withScheduling(request: AdmissionRequest, spec: PodSpec, { scheduling }: RuntimeClass): PodSpec | Status {
  if (scheduling === undefined || scheduling === null) return spec;
  const selector = (spec.nodeSelector ?? {}) as Readonly<Record<string, string>>;
  const wanted = scheduling.nodeSelector ?? {};
  for (const key of Object.keys(wanted)) {
    if (selector[key] === undefined || selector[key] === wanted[key]) continue;
    const why = `conflict: runtimeClass.scheduling.nodeSelector[${key}] = ${wanted[key]}; pod.spec.nodeSelector[${key}] = ${selector[key]}`;
    return refuse(request, why);
  }
  const more = (scheduling.tolerations ?? []).filter(
    (toleration) => !(spec.tolerations ?? []).some((known) => sameToleration(known, toleration)),
  );
  return {
    ...spec,
    ...(Object.keys(wanted).length === 0 ? {} : { nodeSelector: { ...selector, ...wanted } }),
    ...(more.length === 0 ? {} : { tolerations: [...(spec.tolerations ?? []), ...more] }),
  };
}

function sameToleration(a: Toleration, b: Toleration): boolean {
  return (["key", "operator", "value", "effect", "tolerationSeconds"] as const).every((field) => a[field] === b[field]);
}
