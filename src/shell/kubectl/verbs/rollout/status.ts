/** What `rollout status` says of a workload, and whether it is done. */
import { CommandError } from "../../errors.ts";
import { at, type JsonObject, numberOf, objectsOf, textOf } from "../../json.ts";

export interface RolloutState {
  readonly text: string;
  readonly done: boolean;
}

export function rolloutState(kind: string, object: JsonObject, revision: number): RolloutState {
  if (kind === "Deployment") return deploymentState(object, revision);
  if (kind === "DaemonSet") return daemonSetState(object);
  if (kind === "StatefulSet") return statefulSetState(object);
  throw new CommandError(`no status viewer has been implemented for ${kind}`);
}

function observed(object: JsonObject): boolean {
  return numberOf(at(object, "metadata", "generation")) <= numberOf(at(object, "status", "observedGeneration"));
}

function status(object: JsonObject, field: string): number {
  return numberOf(at(object, "status", field));
}

function deploymentState(object: JsonObject, revision: number): RolloutState {
  const name = textOf(at(object, "metadata", "name"));
  if (revision > 0) {
    const current = Number(at(object, "metadata", "annotations", "deployment.kubernetes.io/revision") ?? 0);
    if (revision !== current)
      throw new CommandError(`desired revision (${revision}) is different from the running revision (${current})`);
  }
  if (!observed(object)) return { text: "Waiting for deployment spec update to be observed...", done: false };
  const progressing = objectsOf(at(object, "status", "conditions")).find(({ type }) => type === "Progressing");
  if (progressing?.reason === "ProgressDeadlineExceeded")
    throw new CommandError(`deployment ${JSON.stringify(name)} exceeded its progress deadline`);
  const wanted = at(object, "spec", "replicas");
  const [updated, total, available] = [
    status(object, "updatedReplicas"),
    status(object, "replicas"),
    status(object, "availableReplicas"),
  ];
  const waiting = (rest: string): RolloutState => ({
    text: `Waiting for deployment ${JSON.stringify(name)} rollout to finish: ${rest}...`,
    done: false,
  });
  if (typeof wanted === "number" && updated < wanted)
    return waiting(`${updated} out of ${wanted} new replicas have been updated`);
  if (total > updated) return waiting(`${total - updated} old replicas are pending termination`);
  if (available < updated) return waiting(`${available} of ${updated} updated replicas are available`);
  return { text: `deployment ${JSON.stringify(name)} successfully rolled out`, done: true };
}

function daemonSetState(object: JsonObject): RolloutState {
  const name = textOf(at(object, "metadata", "name"));
  if (at(object, "spec", "updateStrategy", "type") === "OnDelete") {
    throw new CommandError("rollout status is only available for RollingUpdate strategy type");
  }
  if (!observed(object)) return { text: "Waiting for daemon set spec update to be observed...", done: false };
  const [updated, desired, available] = [
    status(object, "updatedNumberScheduled"),
    status(object, "desiredNumberScheduled"),
    status(object, "numberAvailable"),
  ];
  const waiting = (rest: string): RolloutState => ({
    text: `Waiting for daemon set ${JSON.stringify(name)} rollout to finish: ${rest}...`,
    done: false,
  });
  if (updated < desired) return waiting(`${updated} out of ${desired} new pods have been updated`);
  if (available < desired) return waiting(`${available} of ${desired} updated pods are available`);
  return { text: `daemon set ${JSON.stringify(name)} successfully rolled out`, done: true };
}

function statefulSetState(object: JsonObject): RolloutState {
  if (at(object, "spec", "updateStrategy", "type") === "OnDelete") {
    throw new CommandError("rollout status is only available for RollingUpdate strategy type");
  }
  if (status(object, "observedGeneration") === 0 || !observed(object)) {
    return { text: "Waiting for statefulset spec update to be observed...", done: false };
  }
  const replicas = at(object, "spec", "replicas");
  const [ready, updated, current] = [
    status(object, "readyReplicas"),
    status(object, "updatedReplicas"),
    status(object, "currentReplicas"),
  ];
  if (typeof replicas === "number" && ready < replicas)
    return { text: `Waiting for ${replicas - ready} pods to be ready...`, done: false };
  const partition = at(object, "spec", "updateStrategy", "rollingUpdate", "partition");
  if (
    at(object, "spec", "updateStrategy", "type") === "RollingUpdate" &&
    typeof replicas === "number" &&
    typeof partition === "number"
  ) {
    if (updated < replicas - partition) {
      return {
        text: `Waiting for partitioned roll out to finish: ${updated} out of ${replicas - partition} new pods have been updated...`,
        done: false,
      };
    }
    return { text: `partitioned roll out complete: ${updated} new pods have been updated...`, done: true };
  }
  const revision = textOf(at(object, "status", "updateRevision"));
  if (revision !== textOf(at(object, "status", "currentRevision"))) {
    return {
      text: `waiting for statefulset rolling update to complete ${updated} pods at revision ${revision}...`,
      done: false,
    };
  }
  return {
    text: `statefulset rolling update complete ${current} pods at revision ${textOf(at(object, "status", "currentRevision"))}...`,
    done: true,
  };
}
