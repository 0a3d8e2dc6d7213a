/** `kubectl set image|env|resources|serviceaccount` */
import { changeObject } from "../../change.ts";
import { type Command, type Invocation, inSteps } from "../../command.ts";
import { CommandError, throwCollected, toError } from "../../errors.ts";
import type { FlagSpec } from "../../flags.ts";
import { at, isObject, type JsonObject, objectOf, objectsOf, textOf, withAt } from "../../json.ts";
import { fileFlags } from "../../manifests/load.ts";
import { dryRunFlag, dryRunOf, outputFlags, printerFor, reporter } from "../../output.ts";
import { type Info, readInfos, resolveTargets, selectorFlag, type Target, typed } from "../../targets.ts";

type Containers = readonly JsonObject[];

interface Work {
  readonly operation: string;
  change(info: Info, spec: JsonObject, invocation: Invocation): JsonObject;
}

interface Options {
  readonly targets: readonly Target[];
  readonly work: Work;
}

/** Where a kind keeps the spec of its pods. */
function podSpecPath(object: JsonObject): readonly string[] {
  if (isObject(at(object, "spec", "jobTemplate"))) return ["spec", "jobTemplate", "spec", "template", "spec"];
  if (isObject(at(object, "spec", "template", "spec"))) return ["spec", "template", "spec"];
  if (objectsOf(at(object, "spec", "containers")).length > 0) return ["spec"];
  throw new CommandError(
    `${textOf(object.kind).toLowerCase()}/${textOf(at(object, "metadata", "name"))} does not have a pod template`.replace(
      /^/,
      "the object ",
    ),
  );
}

async function complete(invocation: Invocation, work: Work, resources: readonly string[]): Promise<Options> {
  const { flags } = invocation;
  const targets = await resolveTargets(invocation, resources, {
    all: flags.bool("all"),
    selector: flags.text("selector"),
    files: flags.list("filename"),
    recursive: flags.bool("recursive"),
  });
  return { targets, work };
}

async function run({ targets, work }: Options, invocation: Invocation): Promise<number> {
  const { context, flags } = invocation;
  const report = reporter(await printerFor(flags, context), context, dryRunOf(flags));
  const { infos, errors: before } = await readInfos(invocation, targets, { selector: flags.text("selector") });
  const errors = [...before];
  for (const found of infos) {
    const info = { ...found, object: typed(found.resource, found.object) };
    try {
      const path = podSpecPath(info.object);
      const spec = work.change(info, objectOf(at(info.object, ...path)), invocation);
      const after = withAt(info.object, path, spec);
      const result = await changeObject(invocation, info, after, {
        style: "strategic",
        manager: flags.text("field-manager"),
      });
      if (result) report(result, work.operation);
    } catch (error) {
      errors.push(toError(error));
    }
  }
  throwCollected(errors);
  return 0;
}

function splitArgs(args: readonly string[]): {
  readonly resources: readonly string[];
  readonly pairs: readonly string[];
} {
  const isPair = (arg: string): boolean => arg.includes("=") || /^[^/]+-$/.test(arg);
  return { resources: args.filter((arg) => !isPair(arg)), pairs: args.filter(isPair) };
}

function mapContainers(spec: JsonObject, change: (container: JsonObject, init: boolean) => JsonObject): JsonObject {
  const mapped = (list: Containers, init: boolean) => list.map((container) => change(container, init));
  const init = objectsOf(spec.initContainers);
  return {
    ...spec,
    containers: mapped(objectsOf(spec.containers), false),
    ...(init.length > 0 ? { initContainers: mapped(init, true) } : {}),
  };
}

function imageWork(pairs: readonly string[]): Work {
  const images = pairs.map((pair) => {
    const equals = pair.indexOf("=");
    return [pair.slice(0, equals), pair.slice(equals + 1)] as const;
  });
  return {
    operation: "image updated",
    change: (info, spec) => {
      const names = [...objectsOf(spec.containers), ...objectsOf(spec.initContainers)].map(({ name }) => textOf(name));
      for (const [name] of images) {
        if (name !== "*" && !names.includes(name))
          throw new CommandError(`unable to find container named ${JSON.stringify(name)}`);
      }
      return mapContainers(spec, (container) => {
        const found = images.find(([name]) => name === "*" || name === container.name);
        return found ? { ...container, image: found[1] } : container;
      });
    },
  };
}

const image: Command = command({
  name: "image",
  short: "Update the image of a pod template",
  usage:
    "set image (-f FILENAME | TYPE NAME) CONTAINER_NAME_1=CONTAINER_IMAGE_1 ... CONTAINER_NAME_N=CONTAINER_IMAGE_N [options]",
  examples: [
    [
      "Set a deployment's nginx container image to 'nginx:1.9.1'",
      "kubectl set image deployment/nginx busybox=busybox nginx=nginx:1.9.1",
    ],
  ],
  complete: (invocation) => {
    const { resources, pairs } = splitArgs(invocation.args);
    const problems: string[] = [];
    if (resources.length === 0 && invocation.flags.list("filename").length === 0)
      problems.push("one or more resources must be specified as <resource> <name> or <resource>/<name>");
    if (pairs.length === 0) problems.push("at least one image update is required");
    if (problems.length > 0) throw new CommandError(problems.length === 1 ? problems[0]! : `[${problems.join(", ")}]`);
    return complete(invocation, imageWork(pairs), resources);
  },
});

function envWork(pairs: readonly string[], wanted: string): Work {
  return {
    operation: "env updated",
    change: (info, spec) => {
      const matches = (name: string): boolean => wanted === "*" || wanted === name;
      const names = objectsOf(spec.containers).map(({ name }) => textOf(name));
      if (!names.some(matches))
        throw new CommandError(
          `${textOf(info.object.kind).toLowerCase()}/${info.name} does not have any containers matching ${JSON.stringify(wanted)}`,
        );
      return mapContainers(spec, (container) =>
        pairs.length > 0 && matches(textOf(container.name))
          ? { ...container, env: envAfter(objectsOf(container.env), pairs) }
          : container,
      );
    },
  };
}

function envAfter(before: Containers, pairs: readonly string[]): Containers {
  let env = [...before];
  for (const pair of pairs) {
    const equals = pair.indexOf("=");
    if (equals < 0) env = env.filter(({ name }) => name !== pair.slice(0, -1));
    else {
      const entry = { name: pair.slice(0, equals), value: pair.slice(equals + 1) };
      const index = env.findIndex(({ name }) => name === entry.name);
      env = index < 0 ? [...env, entry] : env.with(index, entry);
    }
  }
  return env;
}

function listEnv(info: Info, spec: JsonObject, invocation: Invocation): void {
  for (const container of objectsOf(spec.containers)) {
    invocation.out(`# ${info.resource.kind} ${info.name}, container ${textOf(container.name)}`);
    for (const { name, value, valueFrom } of objectsOf(container.env)) {
      invocation.out(
        valueFrom === undefined
          ? `${textOf(name)}=${textOf(value)}`
          : `# ${textOf(name)} from ${Object.keys(objectOf(valueFrom))[0]}`,
      );
    }
  }
}

const env: Command = command({
  name: "env",
  short: "Update environment variables on a pod template",
  usage: "set env RESOURCE/NAME KEY_1=VAL_1 ... KEY_N=VAL_N [options]",
  examples: [
    [
      "Update deployment 'registry' with a new environment variable",
      "kubectl set env deployment/registry STORAGE_DIR=/local",
    ],
    ["Remove an environment variable", "kubectl set env deployment/registry STORAGE_DIR-"],
  ],
  flags: [
    {
      name: "containers",
      short: "c",
      type: "string",
      default: "*",
      usage: "The names of containers in the selected pod templates to change.",
    },
    { name: "list", type: "bool", default: false, usage: "Display the environment and exit." },
  ],
  complete: (invocation) => {
    const { flags } = invocation;
    const { resources, pairs } = splitArgs(invocation.args);
    if (resources.length === 0 && flags.list("filename").length === 0)
      throw new CommandError("one or more resources must be specified as <resource> <name> or <resource>/<name>");
    const work = envWork(pairs, flags.text("containers"));
    const lists: Work = {
      operation: "",
      change: (info, spec) => {
        listEnv(info, spec, invocation);
        return spec;
      },
    };
    return complete(invocation, flags.bool("list") ? lists : work, resources);
  },
});

function quantities(text: string): JsonObject {
  return Object.fromEntries(
    text
      .split(",")
      .filter((pair) => pair !== "")
      .map((pair) => {
        const [key, value] = pair.split("=");
        if (!key || value === undefined)
          throw new CommandError(`invalid argument syntax ${pair}, expected <resource>=<value>`);
        return [key, value];
      }),
  );
}

const resources: Command = command({
  name: "resources",
  short: "Update resource requests/limits on objects with pod templates",
  usage: "set resources (-f FILENAME | TYPE NAME)  ([--limits=LIMITS & --requests=REQUESTS] [options]",
  examples: [
    [
      "Set a deployment's nginx container cpu limits to 200m and memory to 512Mi",
      "kubectl set resources deployment nginx -c=nginx --limits=cpu=200m,memory=512Mi",
    ],
  ],
  flags: [
    {
      name: "containers",
      short: "c",
      type: "string",
      default: "*",
      usage: "The names of containers in the selected pod templates to change.",
    },
    { name: "limits", type: "string", default: "", usage: "The resource requirement limits for this container." },
    { name: "requests", type: "string", default: "", usage: "The resource requirement requests for this container." },
  ],
  complete: (invocation) => {
    const { flags } = invocation;
    if (flags.text("limits") === "" && flags.text("requests") === "")
      throw new CommandError("you must specify an update to requests or limits (in the form of --requests/--limits)");
    const [limits, requests] = [quantities(flags.text("limits")), quantities(flags.text("requests"))];
    const wanted = flags.text("containers");
    const work: Work = {
      operation: "resource requirements updated",
      change: (_info, spec) =>
        mapContainers(spec, (container, init) => {
          if (init || (wanted !== "*" && wanted !== container.name)) return container;
          const before = objectOf(container.resources);
          return {
            ...container,
            resources: {
              ...before,
              ...(Object.keys(limits).length > 0 ? { limits: { ...objectOf(before.limits), ...limits } } : {}),
              ...(Object.keys(requests).length > 0 ? { requests: { ...objectOf(before.requests), ...requests } } : {}),
            },
          };
        }),
    };
    return complete(invocation, work, invocation.args);
  },
});

const serviceaccount: Command = command({
  name: "serviceaccount",
  short: "Update the service account of a resource",
  usage: "set serviceaccount (-f FILENAME | TYPE NAME) SERVICE_ACCOUNT [options]",
  examples: [
    [
      "Set deployment nginx-deployment's service account to serviceaccount1",
      "kubectl set serviceaccount deployment nginx-deployment serviceaccount1",
    ],
  ],
  complete: (invocation) => {
    const account = invocation.args.at(-1);
    if (account === undefined) throw new CommandError("serviceaccount is required");
    const work: Work = {
      operation: "serviceaccount updated",
      change: (_info, spec) => ({ ...spec, serviceAccountName: account }),
    };
    return complete(invocation, work, invocation.args.slice(0, -1));
  },
});

interface Setup {
  readonly name: string;
  readonly short: string;
  readonly usage: string;
  readonly examples: NonNullable<Command["examples"]>;
  readonly flags?: readonly FlagSpec[];
  complete(invocation: Invocation): Promise<Options>;
}

function command({ complete: completeIt, flags = [], ...rest }: Setup): Command {
  return {
    ...rest,
    completes: "workloads",
    flags: [
      {
        name: "all",
        type: "bool",
        default: false,
        usage: "Select all resources, in the namespace of the specified resource types",
      },
      dryRunFlag,
      {
        name: "field-manager",
        type: "string",
        default: "kubectl-set",
        usage: "Name of the manager used to track field ownership.",
      },
      selectorFlag,
      ...flags,
      ...fileFlags("identifying the resource to get from a server."),
      ...outputFlags,
    ],
    run: inSteps({ complete: (invocation) => completeIt(invocation), run }),
  };
}

export const set: Command = {
  name: "set",
  short: "Set specific features on objects",
  long: "Configure application resources.\n\n These commands help you make changes to existing application resources.",
  usage: "set SUBCOMMAND [options]",
  subcommands: [env, image, resources, serviceaccount],
};
