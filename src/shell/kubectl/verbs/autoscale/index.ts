/** `kubectl autoscale` */
import { withQuery } from "../../client.ts";
import { type Command, type Invocation, inSteps } from "../../command.ts";
import { apiVersionOf } from "../../discovery.ts";
import { CommandError, throwCollected, toError } from "../../errors.ts";
import { boolFlag, intFlag, textFlag } from "../../flags.ts";
import type { JsonObject } from "../../json.ts";
import { fileFlags, fileSources } from "../../manifests/load.ts";
import { dryRunFlag, dryRunOf, outputFlags, printerFor, reporter } from "../../output.ts";
import { type Info, readInfos, resolveTargets, type Target } from "../../targets.ts";
import { withLastApplied } from "../create/generate.ts";

const scalable = ["deployments", "replicasets", "replicationcontrollers", "statefulsets"];

function complete(invocation: Invocation): Promise<readonly Target[]> {
  const { args, flags } = invocation;
  const [min, max] = [flags.int("min"), flags.int("max")];
  if (max < 1) throw new CommandError(`--max=MAXPODS is required and must be at least 1, max: ${max}`);
  if (max < min)
    throw new CommandError(`--max=MAXPODS must be larger or equal to --min=MINPODS, max: ${max}, min: ${min}`);
  return resolveTargets(invocation, args, { files: fileSources(flags), recursive: flags.bool("recursive") });
}

function autoscaler(info: Info, { flags }: Invocation): JsonObject {
  const [min, max, percent] = [flags.int("min"), flags.int("max"), flags.int("cpu-percent")];
  const target = { type: "Utilization", averageUtilization: percent };
  return {
    kind: "HorizontalPodAutoscaler",
    apiVersion: "autoscaling/v2",
    metadata: { name: flags.text("name") || info.name, creationTimestamp: null },
    spec: {
      scaleTargetRef: { kind: info.resource.kind, name: info.name, apiVersion: apiVersionOf(info.resource) },
      ...(min > 0 ? { minReplicas: min } : {}),
      maxReplicas: max,
      ...(percent >= 0 ? { metrics: [{ type: "Resource", resource: { name: "cpu", target } }] } : {}),
    },
    status: { desiredReplicas: 0, currentMetrics: null },
  };
}

async function run(targets: readonly Target[], invocation: Invocation): Promise<number> {
  const { client, context, flags } = invocation;
  const dryRun = dryRunOf(flags);
  const report = reporter(await printerFor(flags, context, { typed: true }), context, dryRun);
  const { infos, errors: before } = await readInfos(invocation, targets);
  const errors = [...before];
  for (const info of infos) {
    const { name, group } = info.resource;
    if (!scalable.includes(name)) {
      errors.push(
        new CommandError(
          `cannot autoscale a ${info.resource.kind}${group ? `.${group}` : ""}: could not find scale subresource for ${group}/${info.resource.version}, Resource=${name} in discovery information`,
        ),
      );
      continue;
    }
    const built = autoscaler(info, invocation);
    const object = flags.bool("save-config") ? withLastApplied(built) : built;
    if (dryRun === "client") {
      report(object, "autoscaled");
      continue;
    }
    const path = withQuery(`/apis/autoscaling/v2/namespaces/${info.namespace}/horizontalpodautoscalers`, [
      ["dryRun", dryRun === "server" ? "All" : undefined],
      ["fieldManager", flags.text("field-manager")],
    ]);
    try {
      const created = await client.send("POST", path, { body: object, accept: "application/json" });
      report({ apiVersion: object.apiVersion, kind: object.kind, ...created }, "autoscaled");
    } catch (error) {
      errors.push(toError(error));
    }
  }
  throwCollected(errors);
  if (infos.length === 0) throw new CommandError("no objects passed to autoscale");
  return 0;
}

export const autoscale: Command = {
  name: "autoscale",
  completes: "workloads",
  flags: [
    intFlag("cpu-percent", -1),
    dryRunFlag,
    textFlag("field-manager", "kubectl-autoscale"),
    { ...intFlag("max", -1), required: true },
    intFlag("min", -1),
    textFlag("name"),
    boolFlag("save-config"),
    ...fileFlags(),
    ...outputFlags,
  ],
  run: inSteps({ complete, run }),
};
