import type { ApiObject } from "../../../api/object.ts";
import { badRequest, conflict } from "../../../api/status-errors.ts";
import { formatTime } from "../../../api/time.ts";
import { withFields } from "../../../kernel/records.ts";
import type { Exchange } from "../state.ts";
import type { Outcome } from "./outcome.ts";

interface Binding extends ApiObject {
  readonly target?: { readonly kind?: string; readonly name?: string };
}

interface Condition {
  readonly type: string;
  readonly status: string;
  readonly [field: string]: unknown;
}

/** POST pods/NAME/binding: what the scheduler asks for. */
export function bindPod(exchange: Exchange, pod: ApiObject, wallUs: number): Outcome {
  const { kind, name } = exchange;
  const binding = exchange.request.body as Binding;
  const node = binding.target?.name ?? "";
  if (node === "") return { do: "refuse", status: badRequest("target.name: Required value") };
  const { uid } = binding.metadata ?? {};
  if (uid && uid !== pod.metadata!.uid) {
    const why = `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${pod.metadata!.uid}`;
    return { do: "refuse", status: conflict(kind, name, why) };
  }
  if (pod.metadata!.deletionTimestamp !== undefined) {
    return {
      do: "refuse",
      status: conflict(
        { group: "", resource: "pods/binding" },
        name,
        `pod ${name} is being deleted, cannot be assigned to a host`,
      ),
    };
  }
  const spec = pod.spec as { nodeName?: string; schedulingGates?: readonly unknown[] };
  if (spec.nodeName) {
    const why = `pod ${name} is already assigned to node "${spec.nodeName}"`;
    return { do: "refuse", status: conflict({ group: "", resource: "pods/binding" }, name, why) };
  }
  if ((spec.schedulingGates ?? []).length > 0) {
    return {
      do: "refuse",
      status: conflict(
        { group: "", resource: "pods/binding" },
        name,
        `pod ${name} has non-empty .spec.schedulingGates`,
      ),
    };
  }
  const annotations = { ...pod.metadata!.annotations, ...binding.metadata?.annotations };
  const metadata = { ...pod.metadata, ...(Object.keys(annotations).length === 0 ? {} : { annotations }) };
  const status = (pod.status ?? {}) as { conditions?: readonly Condition[] };
  return {
    do: "put",
    object: {
      ...pod,
      metadata,
      spec: withFields(spec, { nodeName: node }),
      status: withFields(status, { conditions: scheduled(status.conditions ?? [], formatTime(wallUs)) }),
    },
  };
}

function scheduled(conditions: readonly Condition[], now: string): Condition[] {
  const condition = { type: "PodScheduled", status: "True", lastProbeTime: null, lastTransitionTime: now };
  const index = conditions.findIndex(({ type }) => type === "PodScheduled");
  if (index < 0) return [...conditions, condition];
  return conditions.map((each, at) => (at === index ? condition : each));
}
