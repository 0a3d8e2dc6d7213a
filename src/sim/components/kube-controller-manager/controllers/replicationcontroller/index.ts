import type { ApiObject } from "../../../../api/object.ts";
import { REPLICATION_CONTROLLERS } from "../../../../machinery/resources.ts";
import type { PodTemplate, ReplicaSet, ReplicaSetStatus } from "../../lib/types.ts";
import { replicaController } from "../replicaset/controller.ts";

interface ReplicationController extends ApiObject {
  readonly spec?: {
    readonly replicas?: number;
    readonly minReadySeconds?: number;
    readonly selector?: Readonly<Record<string, string>>;
    readonly template?: PodTemplate;
  };
  readonly status?: ReplicaSetStatus;
}

/** pkg/controller/replication: what the ReplicaSet controller does, for those whose selector is a plain map. */
export const replicationController = replicaController("replicationcontroller-controller", {
  resource: REPLICATION_CONTROLLERS,
  asReplicaSet(object) {
    const { spec, ...rest } = object as ReplicationController;
    const { selector = {}, ...others } = spec ?? {};
    return { ...rest, spec: { ...others, selector: { matchLabels: selector } } } satisfies ReplicaSet;
  },
});
