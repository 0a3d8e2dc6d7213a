/** `kubectl debug`: an ephemeral container in a pod, a changed copy of a pod, or a pod in a node's own namespaces. */
import { type Command, type Invocation, inSteps } from "../../command.ts";
import { type ApiResource, apiVersionOf } from "../../discovery.ts";
import { CommandError, throwCollected } from "../../errors.ts";
import { boolFlag, textFlag, wordsFlag } from "../../flags.ts";
import type { JsonObject } from "../../json.ts";
import { fileFlags } from "../../manifests/load.ts";
import { readInfos, resolveTargets, type Target } from "../../targets.ts";
import { commandArgs, nameArgs } from "../create/generate.ts";
import { copyPod, debugNode } from "./copies.ts";
import { addEphemeralContainer } from "./ephemeral.ts";
import { profiles } from "./profiles.ts";

const deprecated =
  '--profile=legacy is deprecated and will be removed in the future. It is recommended to explicitly specify a profile, for example "--profile=general".';

async function complete(invocation: Invocation): Promise<readonly Target[]> {
  const { flags } = invocation;
  const names = nameArgs(invocation);
  const copies = flags.text("copy-to") !== "";
  if (flags.text("image") === "" && !copies)
    throw new CommandError("you must specify --image when not using --copy-to.");
  if (flags.text("image") !== "" && flags.list("set-image").length > 0)
    throw new CommandError("you may not specify --image together with --set-image.");
  if (!copies && flags.list("set-image").length > 0)
    throw new CommandError("--set-image may only be used with --copy-to.");
  if (names.length === 0) throw new CommandError("NAME or TYPE/NAME is required for debug");
  if (!profiles.includes(flags.text("profile"))) throw new CommandError(`unknown profile: ${flags.text("profile")}`);
  if (copies && flags.text("target") !== "")
    throw new CommandError("--target is incompatible with --copy-to. Use --share-processes instead.");
  if (flags.bool("tty") && !flags.bool("stdin"))
    throw new CommandError("-i/--stdin is required for containers with -t/--tty=true");
  if (flags.text("profile") === "legacy") invocation.err(deprecated);
  const kinded = names.map((name) => (name.includes("/") ? name : `pods/${name}`));
  return resolveTargets(invocation, kinded);
}

async function debugOne(invocation: Invocation, resource: ApiResource, object: JsonObject): Promise<number> {
  const command = commandArgs(invocation);
  if (resource.kind === "Node") return debugNode(invocation, object, command);
  if (resource.kind === "Pod")
    return invocation.flags.text("copy-to") === ""
      ? addEphemeralContainer(invocation, object, command)
      : copyPod(invocation, object, command);
  const group = apiVersionOf(resource).includes("/") ? apiVersionOf(resource) : `/${resource.version}`;
  throw new CommandError(`${JSON.stringify(`${group}, Kind=${resource.kind}`)} not supported by debug`);
}

export const debug: Command = {
  name: "debug",
  completes: "pods",
  flags: [
    boolFlag("arguments-only"),
    boolFlag("attach"),
    textFlag("container", "", "c"),
    textFlag("copy-to"),
    wordsFlag("env"),
    textFlag("image"),
    textFlag("image-pull-policy"),
    boolFlag("keep-annotations"),
    boolFlag("keep-init-containers", true),
    boolFlag("keep-labels"),
    boolFlag("keep-liveness"),
    boolFlag("keep-readiness"),
    boolFlag("keep-startup"),
    textFlag("profile", "legacy"),
    boolFlag("quiet", false, "q"),
    boolFlag("replace"),
    boolFlag("same-node"),
    { ...wordsFlag("set-image"), type: "pairs" },
    boolFlag("share-processes", true),
    boolFlag("stdin", false, "i"),
    textFlag("target"),
    boolFlag("tty", false, "t"),
    ...fileFlags().filter(({ name }) => name === "filename"),
  ],
  run: inSteps({
    complete,
    run: async (targets, invocation) => {
      const { infos, errors } = await readInfos(invocation, targets);
      throwCollected(errors);
      let code = 0;
      for (const { resource, object } of infos) code = await debugOne(invocation, resource, object);
      return code;
    },
  }),
};
