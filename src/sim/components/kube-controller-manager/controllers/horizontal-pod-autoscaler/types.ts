import type { LabelSelectorObject } from "../../../../api/labels.ts";
import type { ApiObject } from "../../../../api/object.ts";
import type { Condition } from "../../lib/types.ts";

/** autoscaling/v2, as far as the controller reads it. */
export interface HorizontalPodAutoscaler extends ApiObject {
  readonly spec?: HpaSpec;
  readonly status?: HpaStatus;
}

export interface HpaSpec {
  readonly scaleTargetRef?: { readonly apiVersion?: string; readonly kind: string; readonly name: string };
  readonly minReplicas?: number;
  readonly maxReplicas?: number;
  readonly metrics?: readonly MetricSpec[];
  readonly behavior?: HpaBehavior;
}

export interface HpaBehavior {
  readonly scaleUp?: ScalingRules;
  readonly scaleDown?: ScalingRules;
}

export interface ScalingRules {
  readonly stabilizationWindowSeconds?: number;
  readonly selectPolicy?: string;
  readonly policies?: readonly ScalingPolicy[];
}

export interface ScalingPolicy {
  readonly type: string;
  readonly value: number;
  readonly periodSeconds: number;
}

export interface MetricTarget {
  readonly type?: string;
  /** Quantities. */
  readonly value?: string | number;
  readonly averageValue?: string | number;
  readonly averageUtilization?: number;
}

export interface MetricIdentifier {
  readonly name: string;
  readonly selector?: LabelSelectorObject;
}

export interface ObjectReferenceOfMetric {
  readonly apiVersion?: string;
  readonly kind: string;
  readonly name: string;
}

export interface MetricSpec {
  readonly type: string;
  readonly resource?: { readonly name: string; readonly target?: MetricTarget };
  readonly containerResource?: { readonly name: string; readonly container: string; readonly target?: MetricTarget };
  readonly pods?: { readonly metric: MetricIdentifier; readonly target?: MetricTarget };
  readonly object?: {
    readonly describedObject: ObjectReferenceOfMetric;
    readonly metric: MetricIdentifier;
    readonly target?: MetricTarget;
  };
  readonly external?: { readonly metric: MetricIdentifier; readonly target?: MetricTarget };
}

export interface HpaStatus {
  readonly lastScaleTime?: string;
  readonly currentReplicas?: number;
  readonly desiredReplicas?: number;
  readonly currentMetrics?: readonly unknown[] | null;
  readonly conditions?: readonly Condition[];
}

/** What is known of one pod. `value` in thousandths. */
export interface PodMetric {
  readonly value: number;
  readonly timestampWallUs: number;
  readonly windowUs: number;
}

/** By pod name. */
export type PodMetrics = Map<string, PodMetric>;

/** Where metrics come from. Each throws an Error when there are none, in the words of upstream's clients. */
export interface MetricsSource {
  resource(name: string, container: string): PodMetrics;
  pods(metric: MetricIdentifier): PodMetrics;
  /** Thousandths. */
  object(metric: MetricIdentifier, object: ObjectReferenceOfMetric): number;
  /** Thousandths, one per series. */
  external(metric: MetricIdentifier): readonly number[];
}
