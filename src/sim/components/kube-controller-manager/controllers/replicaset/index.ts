import { REPLICA_SETS } from "../../../../machinery/resources.ts";
import type { ReplicaSet } from "../../lib/types.ts";
import { replicaController } from "./controller.ts";

export const replicaSetController = replicaController("replicaset-controller", {
  resource: REPLICA_SETS,
  asReplicaSet: (object) => object as ReplicaSet,
});
