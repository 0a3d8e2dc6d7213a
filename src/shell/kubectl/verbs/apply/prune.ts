/** `apply --prune`: what was applied once, carries the labels, and is in none of the files any more goes. */
import type { Invocation } from "../../command.ts";
import { type ApiResource, resourcePath } from "../../discovery.ts";
import { CommandError, throwCollected, toError } from "../../errors.ts";
import { at, type JsonObject, textOf } from "../../json.ts";
import { type DryRun, dryRunSuffix, nameOf } from "../../output.ts";
import { listItems, typed } from "../../targets.ts";
import { lastApplied } from "../create/generate.ts";

const allowed: readonly string[] = [
  "core/v1/ConfigMap",
  "core/v1/Endpoints",
  "core/v1/Namespace",
  "core/v1/PersistentVolumeClaim",
  "core/v1/PersistentVolume",
  "core/v1/Pod",
  "core/v1/ReplicationController",
  "core/v1/Secret",
  "core/v1/Service",
  "batch/v1/Job",
  "batch/v1/CronJob",
  "networking.k8s.io/v1/Ingress",
  "apps/v1/DaemonSet",
  "apps/v1/Deployment",
  "apps/v1/ReplicaSet",
  "apps/v1/StatefulSet",
];

export function validatePrune({ flags }: Invocation): void {
  if (flags.bool("prune") && flags.text("selector") === "" && !flags.bool("all"))
    throw new CommandError(
      "all resources selected for prune without explicitly passing --all. To prune all resources, pass the --all flag. If you did not mean to prune all resources, specify a label selector",
    );
}

async function kindsOf(invocation: Invocation): Promise<readonly ApiResource[]> {
  const given = invocation.flags.list("prune-allowlist");
  const found: ApiResource[] = [];
  for (const text of given.length > 0 ? given : allowed) {
    const [group, version, kind, ...more] = text.split("/");
    if (!group || !version || !kind || more.length > 0)
      throw new CommandError(`invalid GroupVersionKind format: ${text}, please follow <group/version/kind>`);
    const resource = await invocation.mapper.kind(group === "core" ? version : `${group}/${version}`, kind);
    if (resource) found.push(resource);
  }
  return found;
}

/** `applied`: the objects as they are now. */
export async function prune(invocation: Invocation, applied: readonly JsonObject[], dryRun: DryRun): Promise<void> {
  const kept = new Set(applied.map((object) => textOf(at(object, "metadata", "uid"))));
  const namespaces = [...new Set(applied.map((object) => textOf(at(object, "metadata", "namespace"))))].filter(
    (namespace) => namespace !== "",
  );
  const errors: Error[] = [];
  for (const resource of await kindsOf(invocation)) {
    for (const namespace of resource.namespaced ? namespaces : [""]) {
      try {
        await pruneIn(invocation, resource, namespace, kept, dryRun);
      } catch (error) {
        errors.push(toError(error));
      }
    }
  }
  throwCollected(errors);
}

async function pruneIn(
  { client, context, flags }: Invocation,
  resource: ApiResource,
  namespace: string,
  kept: ReadonlySet<string>,
  dryRun: DryRun,
): Promise<void> {
  const list = await client.get(resourcePath(resource, namespace), [
    ["labelSelector", flags.text("selector") || undefined],
    ["limit", "500"],
  ]);
  for (const object of listItems(list)) {
    if (at(object, "metadata", "annotations", lastApplied) === undefined) continue;
    if (kept.has(textOf(at(object, "metadata", "uid")))) continue;
    if (dryRun !== "client")
      await client.send("DELETE", resourcePath(resource, namespace, textOf(at(object, "metadata", "name"))), {
        body: { propagationPolicy: "Background", ...(dryRun === "server" ? { dryRun: ["All"] } : {}) },
      });
    context.out.write(`${nameOf(typed(resource, object))} pruned${dryRunSuffix(dryRun)}\n`);
  }
}
