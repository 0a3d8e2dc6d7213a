/** `kubectl set image|resources|serviceaccount`: what stands in pod templates. */
import type { Invocation } from "../../command.ts";
import { CommandError } from "../../errors.ts";
import { textFlag } from "../../flags.ts";
import { at, isObject, type JsonObject, objectOf, objectsOf, textOf, withAt } from "../../json.ts";
import { fileSources } from "../../manifests/load.ts";
import { type Info, missingResources } from "../../targets.ts";
import { changeContainers, resolveWork, setCommand, splitArgs, type Work } from "./command.ts";

/** Where a kind keeps the spec of its pods. */
export function podSpecPath(object: JsonObject): readonly string[] {
  if (isObject(at(object, "spec", "jobTemplate"))) return ["spec", "jobTemplate", "spec", "template", "spec"];
  if (isObject(at(object, "spec", "template", "spec"))) return ["spec", "template", "spec"];
  if (objectsOf(at(object, "spec", "containers")).length > 0) return ["spec"];
  throw new CommandError(
    `the object ${textOf(object.kind).toLowerCase()}/${textOf(at(object, "metadata", "name"))} does not have a pod template`,
  );
}

export function podSpecWork(
  operation: string,
  change: (spec: JsonObject, info: Info, invocation: Invocation) => JsonObject | Promise<JsonObject>,
): Work {
  return {
    operation,
    change: async (info, invocation) => {
      const path = podSpecPath(info.object);
      return withAt(info.object, path, await change(objectOf(at(info.object, ...path)), info, invocation));
    },
  };
}

function imageWork(pairs: readonly string[]): Work {
  const images = pairs.map((pair) => {
    const equals = pair.indexOf("=");
    return [pair.slice(0, equals), pair.slice(equals + 1)] as const;
  });
  return podSpecWork("image updated", (spec) => {
    const names = [...objectsOf(spec.containers), ...objectsOf(spec.initContainers)].map(({ name }) => textOf(name));
    for (const [name] of images) {
      if (name !== "*" && !names.includes(name))
        throw new CommandError(`unable to find container named ${JSON.stringify(name)}`);
    }
    return changeContainers(spec, (container) => {
      const found = images.find(([name]) => name === "*" || name === container.name);
      return found ? { ...container, image: found[1] } : container;
    });
  });
}

export const image = setCommand({
  name: "image",
  complete: async (invocation) => {
    const { resources, pairs } = splitArgs(invocation.args);
    if (resources.length === 0 && fileSources(invocation.flags).length === 0) throw new CommandError(missingResources);
    const options = await resolveWork(invocation, imageWork(pairs), resources);
    if (pairs.length === 0) throw new CommandError("at least one image update is required");
    return options;
  },
});

function quantities(text: string): JsonObject {
  const pairs = text.split(",").filter((pair) => pair !== "");
  return Object.fromEntries(
    pairs.map((pair) => {
      const [key, value] = pair.split("=");
      if (!key || value === undefined)
        throw new CommandError(`Invalid argument syntax ${pair}, expected <resource>=<value>`);
      return [key, value];
    }),
  );
}

export const resources = setCommand({
  name: "resources",
  flags: [textFlag("containers", "*", "c"), textFlag("limits"), textFlag("requests")],
  complete: (invocation) => {
    const { flags } = invocation;
    if (flags.text("limits") === "" && flags.text("requests") === "")
      throw new CommandError("you must specify an update to requests or limits (in the form of --requests/--limits)");
    const [limits, requests] = [quantities(flags.text("limits")), quantities(flags.text("requests"))];
    const wanted = flags.text("containers");
    const merged = (before: JsonObject, field: string, changes: JsonObject): JsonObject =>
      Object.keys(changes).length > 0 ? { [field]: { ...objectOf(before[field]), ...changes } } : {};
    const work = podSpecWork("resource requirements updated", (spec) => {
      if (wanted !== "*" && !objectsOf(spec.containers).some(({ name }) => name === wanted))
        throw new CommandError(`unable to find container named ${wanted}`);
      return changeContainers(spec, (container, init) => {
        if (init || (wanted !== "*" && wanted !== container.name)) return container;
        const before = objectOf(container.resources);
        const after = { ...before, ...merged(before, "limits", limits), ...merged(before, "requests", requests) };
        return { ...container, resources: after };
      });
    });
    return resolveWork(invocation, work, invocation.args);
  },
});

export const serviceaccount = setCommand({
  name: "serviceaccount",
  aliases: ["sa"],
  without: ["selector"],
  complete: (invocation) => {
    const account = invocation.args.at(-1);
    if (account === undefined) throw new CommandError("serviceaccount is required");
    const work = podSpecWork("serviceaccount updated", (spec) => ({ ...spec, serviceAccountName: account }));
    return resolveWork(invocation, work, invocation.args.slice(0, -1));
  },
});
