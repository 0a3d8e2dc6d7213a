import { withFields } from "../../../kernel/records.ts";
import { type AdmissionPlugin, createsPod, type PodSpec, type Toleration } from "./plugin.ts";

const DEFAULTS: readonly Toleration[] = ["node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"].map((key) =>
  Object.freeze({ key, operator: "Exists", effect: "NoExecute", tolerationSeconds: 300 }),
);

/** A pod stays five minutes on a node that is not ready or cannot be reached, unless it says otherwise. */
export const defaultTolerationSeconds: AdmissionPlugin = {
  name: "DefaultTolerationSeconds",
  enabledByDefault: true,
  resources: ["pods"],
  admit(request) {
    if (!createsPod(request)) return null;
    const pod = request.object!;
    const spec = pod.spec as PodSpec;
    const given = spec.tolerations ?? [];
    const missing = DEFAULTS.filter(({ key }) => !given.some((toleration) => tolerates(toleration, key!)));
    return missing.length === 0 ? null : { ...pod, spec: withFields(spec, { tolerations: given.concat(missing) }) };
  },
};

function tolerates({ key, effect }: Toleration, taint: string): boolean {
  return (key === taint || !key) && (effect === "NoExecute" || !effect);
}
