import type { ApiObject } from "../../../../api/object.ts";
import type { Resource } from "../../../../machinery/resources.ts";
import type { ReplicaSet } from "../../lib/types.ts";

/** What keeps a number of pods: ReplicaSets, and ReplicationControllers, which are seen as if they were some. */
export interface ReplicaKind {
  readonly resource: Resource;
  asReplicaSet(object: ApiObject): ReplicaSet;
}
