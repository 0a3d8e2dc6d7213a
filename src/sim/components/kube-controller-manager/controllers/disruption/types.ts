import type { IntOrString } from "../../../../api/intstr.ts";
import type { LabelSelectorObject } from "../../../../api/labels.ts";
import type { ApiObject } from "../../../../api/object.ts";
import type { Condition } from "../../lib/types.ts";

export interface PodDisruptionBudget extends ApiObject {
  readonly spec?: {
    readonly minAvailable?: IntOrString;
    readonly maxUnavailable?: IntOrString;
    readonly selector?: LabelSelectorObject;
    readonly unhealthyPodEvictionPolicy?: string;
  };
  readonly status?: PodDisruptionBudgetStatus;
}

export interface PodDisruptionBudgetStatus {
  readonly observedGeneration?: number;
  /** Pods that an eviction was granted for and that have not gone yet, with when that was. */
  readonly disruptedPods?: Readonly<Record<string, string>>;
  readonly disruptionsAllowed?: number;
  readonly currentHealthy?: number;
  readonly desiredHealthy?: number;
  readonly expectedPods?: number;
  readonly conditions?: readonly BudgetCondition[];
}

/** metav1.Condition. */
export interface BudgetCondition extends Condition {
  readonly observedGeneration?: number;
}
