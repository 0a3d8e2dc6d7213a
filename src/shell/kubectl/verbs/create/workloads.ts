/** `create deployment|job|cronjob` */
import type { Invocation } from "../../command.ts";
import { CommandError } from "../../errors.ts";
import type { FlagSpec } from "../../flags.ts";
import { at, type JsonObject, objectOf, textOf } from "../../json.ts";
import { commandArgs, type Generator, objectMeta } from "./generate.ts";

export const imageFlag: FlagSpec = { name: "image", type: "string", usage: "Image to run.", required: true };

/** Last part of the image's path, without tag and digest. */
export function containerName(image: string): string {
  const last = image.split("/").at(-1)!;
  return last
    .split(":")[0]!
    .split("@")[0]!
    .toLowerCase()
    .replace(/[^a-z0-9-]/g, "-")
    .replace(/^-+|-+$/g, "");
}

function container(name: string, image: string, command: readonly string[], extra: JsonObject = {}): JsonObject {
  return { name, image, ...(command.length > 0 ? { command } : {}), ...extra, resources: {} };
}

export const deployment: Generator = {
  failure: "failed to create deployment",
  name: "deployment",
  aliases: ["deploy"],
  short: "Create a deployment with the specified name",
  usage: "create deployment NAME --image=image -- [COMMAND] [args...] [options]",
  examples: [
    [
      "Create a deployment named my-dep that runs the busybox image",
      "kubectl create deployment my-dep --image=busybox",
    ],
    ["Create a deployment with a command", "kubectl create deployment my-dep --image=busybox -- date"],
    ["Create a deployment with three replicas", "kubectl create deployment my-dep --image=nginx --replicas=3"],
  ],
  flags: [
    {
      name: "image",
      type: "list",
      usage: "Image names to run. A deployment can have several images set for several containers.",
      required: true,
    },
    { name: "port", type: "int", default: -1, usage: "The containerPort that this deployment exposes." },
    { name: "replicas", short: "r", type: "int", default: 1, usage: "Number of replicas to create. Default is 1." },
  ],
  root: "/apis/apps/v1",
  resource: "deployments",
  namespaced: true,
  build: (name, invocation) => {
    const { flags } = invocation;
    const images = flags.list("image");
    const command = commandArgs(invocation);
    if (images.length > 1 && command.length > 0)
      throw new CommandError("cannot specify multiple --image options and command");
    if (flags.int("replicas") < 0)
      throw new CommandError(`replicas must be greater than or equal to 0`.replace("replicas", "--replicas"));
    const ports = flags.int("port") >= 0 ? { ports: [{ containerPort: flags.int("port") }] } : {};
    const labels = { app: name };
    return {
      kind: "Deployment",
      apiVersion: "apps/v1",
      metadata: objectMeta(name, labels),
      spec: {
        replicas: flags.int("replicas"),
        selector: { matchLabels: labels },
        template: {
          metadata: { creationTimestamp: null, labels },
          spec: { containers: images.map((image) => container(containerName(image), image, command, ports)) },
        },
        strategy: {},
      },
      status: {},
    };
  },
};

function jobSpec(name: string, image: string, command: readonly string[], restart: string): JsonObject {
  return {
    template: {
      metadata: { creationTimestamp: null },
      spec: { containers: [container(name, image, command)], restartPolicy: restart },
    },
  };
}

export const job: Generator = {
  failure: "failed to create job",
  name: "job",
  short: "Create a job with the specified name",
  usage: "create job NAME --image=image [--from=cronjob/name] -- [COMMAND] [args...] [options]",
  examples: [
    ["Create a job", "kubectl create job my-job --image=busybox -- date"],
    ["Create a job from a cron job", "kubectl create job test-job --from=cronjob/a-cronjob"],
  ],
  flags: [
    { name: "image", type: "string", usage: "Image name to run." },
    {
      name: "from",
      type: "string",
      usage: "The name of the resource to create a Job from (only cronjob is supported).",
    },
  ],
  root: "/apis/batch/v1",
  resource: "jobs",
  namespaced: true,
  build: async (name, invocation) => {
    const { flags } = invocation;
    const [image, from] = [flags.text("image"), flags.text("from")];
    if ((image === "") === (from === "")) throw new CommandError("either --image or --from must be specified");
    if (from !== "") return jobFrom(name, from, invocation);
    const spec = jobSpec(name, image, commandArgs(invocation), "Never");
    return { kind: "Job", apiVersion: "batch/v1", metadata: objectMeta(name), spec, status: {} };
  },
};

async function jobFrom(name: string, from: string, { client, namespace }: Invocation): Promise<JsonObject> {
  const [kind, cronName] = from.split("/");
  if (!/^(cronjobs?|cj)(\.batch)?$/.test(kind!) || !cronName) {
    throw new CommandError(`from must be an existing cronjob`);
  }
  const cron = await client.get(`/apis/batch/v1/namespaces/${namespace}/cronjobs/${cronName}`);
  const template = objectOf(at(cron, "spec", "jobTemplate"));
  const annotations = {
    "cronjob.kubernetes.io/instantiate": "manual",
    ...objectOf(at(template, "metadata", "annotations")),
  };
  const owner = {
    apiVersion: "batch/v1",
    kind: "CronJob",
    name: cronName,
    uid: textOf(at(cron, "metadata", "uid")),
    controller: true,
  };
  return {
    kind: "Job",
    apiVersion: "batch/v1",
    metadata: {
      ...objectMeta(name),
      labels: at(template, "metadata", "labels"),
      annotations,
      ownerReferences: [owner],
    },
    spec: template.spec,
    status: {},
  };
}

export const cronjob: Generator = {
  failure: "failed to create cronjob",
  name: "cronjob",
  aliases: ["cj"],
  short: "Create a cron job with the specified name",
  usage: "create cronjob NAME --image=image --schedule='0/5 * * * ?' -- [COMMAND] [args...] [flags] [options]",
  examples: [["Create a cron job", 'kubectl create cronjob my-job --image=busybox --schedule="*/1 * * * *"']],
  flags: [
    imageFlag,
    {
      name: "schedule",
      type: "string",
      usage: "A schedule in the Cron format the job should be run with.",
      required: true,
    },
    { name: "restart", type: "string", usage: "The containers' restart policy. Supported values: OnFailure, Never." },
  ],
  root: "/apis/batch/v1",
  resource: "cronjobs",
  namespaced: true,
  build: (name, invocation) => {
    const { flags } = invocation;
    const spec = jobSpec(name, flags.text("image"), commandArgs(invocation), flags.text("restart") || "OnFailure");
    const jobTemplate = { metadata: objectMeta(name), spec };
    return {
      kind: "CronJob",
      apiVersion: "batch/v1",
      metadata: objectMeta(name),
      spec: { schedule: flags.text("schedule"), jobTemplate },
      status: {},
    };
  },
};
