import { equalJson } from "../../../../api/equal.ts";
import type { ApiObject } from "../../../../api/object.ts";
import { wholeValue } from "../../../../api/quantity.ts";
import type { ClusterEvent } from "../../framework/events.ts";
import type { PodInfo } from "../../pod-info.ts";

/** A class came that waits for consumers, or one allows other topologies now. */
export function mayHelpByClass(_pod: PodInfo, { oldObject, object }: ClusterEvent): boolean {
  if (oldObject === undefined || object === undefined) return true;
  return !equalJson(oldObject.allowedTopologies, object.allowedTopologies);
}

/** The driver does not ask for published capacity any more. */
export function mayHelpByDriver(_pod: PodInfo, { oldObject, object }: ClusterEvent): boolean {
  return asksForCapacity(oldObject) && !asksForCapacity(object);
}

function asksForCapacity(driver: ApiObject | undefined): boolean {
  return (driver?.spec as { readonly storageCapacity?: boolean } | undefined)?.storageCapacity === true;
}

/** There is more room than there was. */
export function mayHelpByCapacity(_pod: PodInfo, { oldObject, object }: ClusterEvent): boolean {
  if (oldObject === undefined || object === undefined) return true;
  return grew("maximumVolumeSize", oldObject, object) || grew("capacity", oldObject, object);
}

function grew(field: string, before: ApiObject, after: ApiObject): boolean {
  return bytes(after[field]) > bytes(before[field]);
}

function bytes(quantity: unknown): number {
  return typeof quantity === "string" || typeof quantity === "number" ? wholeValue(quantity) : 0;
}
