import { newestDefault } from "./defaults.ts";
import type { AdmissionPlugin } from "./plugin.ts";

/** An Ingress that names no class gets the default one. */
export const defaultIngressClass: AdmissionPlugin = {
  name: "DefaultIngressClass",
  enabledByDefault: true,
  resources: ["ingresses.networking.k8s.io"],
  admit({ operation, subresource, object }, view) {
    if (operation !== "CREATE" || subresource !== "" || object === null) return null;
    const spec = (object.spec ?? {}) as { ingressClassName?: string };
    const annotated = object.metadata?.annotations?.["kubernetes.io/ingress.class"] !== undefined;
    if (annotated || spec.ingressClassName) return null;
    const chosen = newestDefault(view.list("ingressclasses.networking.k8s.io"), [
      "ingressclass.kubernetes.io/is-default-class",
    ]);
    return chosen === null ? null : { ...object, spec: { ...spec, ingressClassName: chosen.metadata!.name! } };
  },
};
