/** Taints and tolerations (core/v1 `ToleratesTaint`), of whatever type a component has for them. */
interface TaintLike {
  readonly key: string;
  readonly value?: string;
  readonly effect: string;
}

interface TolerationLike {
  readonly key?: string;
  readonly operator?: string;
  readonly value?: string;
  readonly effect?: string;
}

/** An absent key with `Exists` tolerates everything, an absent effect every effect. */
export function tolerates(toleration: TolerationLike, taint: TaintLike): boolean {
  if (toleration.effect && toleration.effect !== taint.effect) return false;
  if (toleration.key && toleration.key !== taint.key) return false;
  if (toleration.operator === "Exists") return true;
  if (toleration.operator && toleration.operator !== "Equal") return false;
  return (toleration.value ?? "") === (taint.value ?? "");
}

export function isTolerated(taint: TaintLike, tolerations: readonly TolerationLike[] | undefined): boolean {
  if (tolerations === undefined) return false;
  for (const toleration of tolerations) if (tolerates(toleration, taint)) return true;
  return false;
}
