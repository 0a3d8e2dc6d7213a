/** What a person should know of a definition, or of a resource, that is accepted all the same. */
import { validateQualifiedName } from "../names.ts";
import type { ApiObject } from "../object.ts";
import type { Definition } from "./definition.ts";

export function definitionWarnings(object: ApiObject): string[] {
  const warnings: string[] = [];
  if ((object as Definition).spec.conversion?.strategy === "Webhook")
    warnings.push("spec.conversion.strategy: webhooks are not called here, versions are converted as by None");
  return warnings;
}

const STANDARD_FINALIZERS: readonly string[] = ["foregroundDeletion", "kubernetes", "orphan"];

/** Finalizers of a custom resource that are new and have a name that others may use, too. */
export function finalizerWarnings(object: ApiObject, old: ApiObject | null): string[] {
  const known = old?.metadata?.finalizers ?? [];
  const added = (object.metadata?.finalizers ?? []).filter((name) => !known.includes(name));
  const at = (name: string, why: string) => `metadata.finalizers: ${JSON.stringify(name)}: ${why}`;
  return [...new Set(added)].sort().flatMap((name) => {
    const wrong = validateQualifiedName(name).map((why) => at(name, why));
    return name.includes("/") || STANDARD_FINALIZERS.includes(name) ? wrong : [...wrong, at(name, UNQUALIFIED)];
  });
}

const UNQUALIFIED =
  "prefer a domain-qualified finalizer name including a path (/) to avoid accidental conflicts with other finalizer writers";
