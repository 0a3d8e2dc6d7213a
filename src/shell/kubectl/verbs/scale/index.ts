/** `kubectl scale` */
import { type Command, type Invocation, inSteps } from "../../command.ts";
import { CommandError, throwCollected, toError } from "../../errors.ts";
import { at, type JsonObject, numberOf, withAt } from "../../json.ts";
import { fileFlags, fileSources } from "../../manifests/load.ts";
import { dryRunFlag, dryRunOf, outputFlags, printerFor, reporter } from "../../output.ts";
import { type Info, infoPath, readInfos, resolveTargets, selectorFlag, type Target, typed } from "../../targets.ts";
import { followObject } from "../../waiting.ts";

async function complete(invocation: Invocation): Promise<readonly Target[]> {
  const { args, flags } = invocation;
  if (flags.int("replicas") < 0)
    throw new CommandError("The --replicas=COUNT flag is required, and COUNT must be greater than or equal to 0");
  return resolveTargets(invocation, args, {
    all: flags.bool("all"),
    selector: flags.text("selector"),
    files: fileSources(flags),
    recursive: flags.bool("recursive"),
  });
}

async function scaleOne(invocation: Invocation, info: Info): Promise<void> {
  const { client, flags } = invocation;
  const path = infoPath(info, "scale");
  const replicas = flags.int("replicas");
  const expected = flags.int("current-replicas");
  const version = flags.text("resource-version");
  if (dryRunOf(flags) === "client") return;
  const query = dryRunOf(flags) === "server" ? "?dryRun=All" : "";
  if (expected === -1 && version === "") {
    await client.send("PATCH", `${path}${query}`, {
      body: { spec: { replicas } },
      contentType: "application/merge-patch+json",
    });
    return;
  }
  const scale = await client.get(path);
  const current = numberOf(at(scale, "spec", "replicas"));
  if (expected !== -1 && current !== expected)
    throw new CommandError(`Expected replicas to be ${expected}, was ${current}`);
  const found = at(scale, "metadata", "resourceVersion");
  if (version !== "" && found !== version)
    throw new CommandError(`Expected resource version to be ${version}, was ${found}`);
  await client.send("PUT", `${path}${query}`, { body: withAt(scale, ["spec", "replicas"], replicas) });
}

async function waitScaled(invocation: Invocation, info: Info, timeoutUs: number): Promise<void> {
  const wanted = invocation.flags.int("replicas");
  const followed = { resource: info.resource, namespace: info.namespace, name: info.name, timeoutUs };
  const isDone = (object: JsonObject | null): boolean => {
    if (object === null) return true;
    const observed =
      numberOf(at(object, "status", "observedGeneration")) >= numberOf(at(object, "metadata", "generation"));
    return observed && numberOf(at(object, "status", "replicas")) === wanted;
  };
  if ((await followObject(invocation, followed, isDone)) === "timedOut")
    throw new CommandError("timed out waiting for the condition");
}

async function run(targets: readonly Target[], invocation: Invocation): Promise<number> {
  const { context, flags } = invocation;
  const report = reporter(await printerFor(flags, context), context, dryRunOf(flags));
  const { infos, errors } = await readInfos(invocation, targets, { selector: flags.text("selector") });
  if (infos.length === 0) {
    const why = errors.map((error) => error.message).join(", ");
    const words = invocation.args[0] ?? "";
    throw new CommandError(
      why === "" ? `no objects passed to scale` : `no objects passed to scale ${why}`.replace(/ $/, words),
    );
  }
  const failed: Error[] = [...errors];
  const timeoutUs = flags.durationUs("timeout");
  for (const info of infos) {
    try {
      await scaleOne(invocation, info);
      if (timeoutUs > 0) await waitScaled(invocation, info, timeoutUs);
      report(typed(info.resource, info.object), "scaled");
    } catch (error) {
      failed.push(toError(error));
    }
  }
  throwCollected(failed);
  return 0;
}

export const scale: Command = {
  name: "scale",
  completes: "workloads",
  flags: [
    {
      name: "all",
      type: "bool",
      default: false,
    },
    {
      name: "current-replicas",
      type: "int",
      default: -1,
    },
    dryRunFlag,
    {
      name: "replicas",
      type: "int",
      default: 0,
      required: true,
    },
    {
      name: "resource-version",
      type: "string",
      default: "",
    },
    {
      name: "timeout",
      type: "duration",
      default: "0s",
    },
    selectorFlag,
    ...fileFlags(),
    ...outputFlags,
  ],
  run: inSteps({ complete, run }),
};
