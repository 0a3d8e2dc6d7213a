import { forbidden, notFound } from "../../../api/status-errors.ts";
import type { AdmissionPlugin } from "./plugin.ts";

const IMMORTAL = ["default", "kube-system", "kube-public"];

/** Nothing new in a namespace that is missing or terminating; the system's own namespaces stay. */
export const namespaceLifecycle: AdmissionPlugin = {
  name: "NamespaceLifecycle",
  enabledByDefault: true,
  admit({ operation, kind, namespace, name }, view) {
    if (operation === "DELETE" && kind.resource === "namespaces" && kind.group === "") {
      return IMMORTAL.includes(name) ? forbidden(kind, name, "this namespace may not be deleted") : null;
    }
    if (operation !== "CREATE" || !kind.namespaced || namespace === "") return null;
    const found = view.lookup("namespaces", "", namespace);
    if (found === undefined) return notFound({ group: "", resource: "namespaces" }, namespace);
    if ((found.status as { phase?: string } | undefined)?.phase !== "Terminating") return null;
    const why = `unable to create new content in namespace ${namespace} because it is being terminated`;
    return forbidden(kind, name, why, [
      {
        reason: "NamespaceTerminating",
        message: `namespace ${namespace} is being terminated`,
        field: "metadata.namespace",
      },
    ]);
  },
};
