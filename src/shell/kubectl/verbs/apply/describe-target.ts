/** A target as errors of `apply` name it. */
import type { Target } from "../../targets.ts";

export function describeTarget({ resource, namespace, name }: Target): string {
  const group = `${resource.group}/${resource.version}`;
  return [
    `Resource: "${group}, Resource=${resource.name}", GroupVersionKind: "${group}, Kind=${resource.kind}"`,
    `Name: ${JSON.stringify(name ?? "")}, Namespace: ${JSON.stringify(namespace)}`,
  ].join("\n");
}
