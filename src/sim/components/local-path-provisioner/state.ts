import type { PersistentVolume, PersistentVolumeClaim } from "../../api/storage/volumes.ts";
import type { TraceRef } from "../../kernel/types.ts";
import type { Machinery, MachineryTimer } from "../../machinery/machinery.ts";

export interface ProvisionerState {
  /** Null: it could not start. */
  readonly machinery: Machinery | null;
  readonly namespace: string;
  /** By the volume's name. */
  readonly jobs: Map<string, Job>;
  provisioned: number;
  removed: number;
}

/** A volume that is being made or removed. */
export interface Job {
  readonly what: "create" | "delete";
  readonly volume: string;
  readonly node: string;
  readonly path: string;
  readonly claim: PersistentVolumeClaim | null;
  readonly persistentVolume: PersistentVolume | null;
  readonly trace: TraceRef;
  readonly sinceUs: number;
  /** `helper`: a pod on the node makes or removes the folder. `writing`: the volume itself is written. `failed`: waits for its next try. */
  stage: "helper" | "writing" | "failed";
}

export interface JobTag {
  readonly provisioner: "helper" | "helperGone" | "volume";
  readonly volume: string;
}

export type ProvisionerMessage =
  | MachineryTimer
  /** `sinceUs` is the job's: a volume may have another one by then. */
  | { readonly type: "helperTooLate"; readonly volume: string; readonly sinceUs: number }
  | { readonly type: "tryAgain"; readonly volume: string };
