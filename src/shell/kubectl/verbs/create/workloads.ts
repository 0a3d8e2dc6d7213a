/** `create deployment|job|cronjob` */
import type { Invocation } from "../../command.ts";
import { CommandError } from "../../errors.ts";
import type { FlagSpec } from "../../flags.ts";
import { at, type JsonObject, objectOf, textOf } from "../../json.ts";
import { commandArgs, type Generator, objectMeta } from "./generate.ts";

export const imageFlag: FlagSpec = { name: "image", type: "string", required: true };

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
  flags: [
    {
      name: "image",
      type: "list",
      required: true,
    },
    { name: "port", type: "int", default: -1 },
    { name: "replicas", short: "r", type: "int", default: 1 },
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
  flags: [
    { name: "image", type: "string" },
    {
      name: "from",
      type: "string",
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
  flags: [
    imageFlag,
    {
      name: "schedule",
      type: "string",
      required: true,
    },
    { name: "restart", type: "string" },
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
