import { equalJson } from "../../../api/equal.ts";
import type { ApiObject } from "../../../api/object.ts";

const TEMPLATE_GENERATION = "deprecated.daemonset.template.generation";

/** How often a DaemonSet's template has changed: the server's own count, which v1 shows as an annotation. */
export function withTemplateGeneration(set: ApiObject, old: ApiObject | null): ApiObject {
  const { annotations } = set.metadata ?? {};
  const before = Number((old ?? set).metadata?.annotations?.[TEMPLATE_GENERATION] ?? 1);
  const counted = Number.isInteger(before) && before >= 1 ? before : 1;
  const changed = old !== null && !equalJson(templateOf(set), templateOf(old));
  const generation = String(changed ? counted + 1 : counted);
  if (annotations?.[TEMPLATE_GENERATION] === generation) return set;
  return { ...set, metadata: { ...set.metadata, annotations: { ...annotations, [TEMPLATE_GENERATION]: generation } } };
}

function templateOf(object: ApiObject): unknown {
  return (object.spec as { readonly template?: unknown } | undefined)?.template ?? null;
}
