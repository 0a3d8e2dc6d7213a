import type { Taint, Toleration } from "./types.ts";

/** Whether one toleration tolerates a taint; an absent key with `Exists` tolerates all, an absent effect every effect. */
export function tolerates(toleration: Toleration, taint: Taint): boolean {
  if (toleration.effect && toleration.effect !== taint.effect) return false;
  if (toleration.key && toleration.key !== taint.key) return false;
  if (toleration.operator === "Exists") return true;
  if (toleration.operator && toleration.operator !== "Equal") return false;
  return Boolean(toleration.key) && (toleration.value ?? "") === (taint.value ?? "");
}

/** The first taint of these effects that no toleration tolerates. */
export function firstUntolerated(
  taints: readonly Taint[] | undefined,
  tolerations: readonly Toleration[] | undefined,
  effects: readonly string[],
): Taint | undefined {
  return taints?.find(
    (taint) => effects.includes(taint.effect) && !tolerations?.some((toleration) => tolerates(toleration, taint)),
  );
}
