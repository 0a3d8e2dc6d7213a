import type { LabelSelectorObject } from "../labels.ts";
import type { ApiObject } from "../object.ts";

type Labels = Readonly<Record<string, string>>;

interface Term {
  readonly labelSelector?: LabelSelectorObject;
  readonly matchLabelKeys?: readonly string[];
  readonly mismatchLabelKeys?: readonly string[];
}

interface Terms {
  readonly requiredDuringSchedulingIgnoredDuringExecution?: readonly Term[];
  readonly preferredDuringSchedulingIgnoredDuringExecution?: readonly { readonly podAffinityTerm?: Term }[];
}

interface Affinity {
  readonly podAffinity?: Terms;
  readonly podAntiAffinity?: Terms;
}

/**
 * What `matchLabelKeys` and `mismatchLabelKeys` of a pod's affinity mean for this pod, written into the terms' selectors
 * as the API server does when it makes the pod: the scheduler reads selectors alone.
 */
export function withLabelKeys<T extends ApiObject>(pod: T): T {
  const affinity = (pod.spec as { readonly affinity?: Affinity } | undefined)?.affinity;
  const { podAffinity, podAntiAffinity } = affinity ?? {};
  if (!hasKeys(podAffinity) && !hasKeys(podAntiAffinity)) return pod;
  const labels = pod.metadata?.labels ?? {};
  const merged = {
    ...affinity,
    ...(podAffinity === undefined ? {} : { podAffinity: mergedTerms(podAffinity, labels) }),
    ...(podAntiAffinity === undefined ? {} : { podAntiAffinity: mergedTerms(podAntiAffinity, labels) }),
  };
  return { ...pod, spec: { ...(pod.spec as object), affinity: merged } };
}

function termsOf(terms: Terms | undefined): Term[] {
  const preferred = terms?.preferredDuringSchedulingIgnoredDuringExecution ?? [];
  return [
    ...(terms?.requiredDuringSchedulingIgnoredDuringExecution ?? []),
    ...preferred.map(({ podAffinityTerm }) => podAffinityTerm ?? {}),
  ];
}

function hasKeys(terms: Terms | undefined): boolean {
  return termsOf(terms).some(
    ({ matchLabelKeys = [], mismatchLabelKeys = [] }) => matchLabelKeys.length + mismatchLabelKeys.length > 0,
  );
}

function mergedTerms(terms: Terms, labels: Labels): Terms {
  const required = terms.requiredDuringSchedulingIgnoredDuringExecution;
  const preferred = terms.preferredDuringSchedulingIgnoredDuringExecution;
  return {
    ...(required === undefined
      ? {}
      : { requiredDuringSchedulingIgnoredDuringExecution: required.map((term) => mergedTerm(term, labels)) }),
    ...(preferred === undefined
      ? {}
      : {
          preferredDuringSchedulingIgnoredDuringExecution: preferred.map((one) =>
            one.podAffinityTerm === undefined
              ? one
              : { ...one, podAffinityTerm: mergedTerm(one.podAffinityTerm, labels) },
          ),
        }),
  };
}

/** A term without a selector matches nothing and goes on doing so; a key that the pod does not have says nothing. */
function mergedTerm(term: Term, labels: Labels): Term {
  const { labelSelector, matchLabelKeys = [], mismatchLabelKeys = [] } = term;
  if (labelSelector === undefined) return term;
  const of = (keys: readonly string[], operator: string) =>
    keys.filter((key) => labels[key] !== undefined).map((key) => ({ key, operator, values: [labels[key]!] }));
  const added = [...of(matchLabelKeys, "In"), ...of(mismatchLabelKeys, "NotIn")];
  if (added.length === 0) return term;
  const matchExpressions = [...(labelSelector.matchExpressions ?? []), ...added];
  return { ...term, labelSelector: { ...labelSelector, matchExpressions } };
}
