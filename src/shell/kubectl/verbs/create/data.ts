import { encodeBase64Text } from "../../../../sim/api/base64.ts";
/** `create configmap`, `create secret generic|tls|docker-registry`: what stands in files and literals. */
import type { Command, Invocation } from "../../command.ts";
import { CommandError } from "../../errors.ts";
import { boolFlag, type FlagSpec, listFlag } from "../../flags.ts";
import { configMapHash, secretHash } from "../../hash.ts";
import { at, type JsonObject, objectOf, textOf, withAt } from "../../json.ts";
import { type Generator, generatorCommand, literals, objectMeta } from "./generate.ts";

const sourceFlags: readonly FlagSpec[] = [
  { name: "from-env-file", type: "list" },
  { name: "from-file", type: "list" },
  { name: "from-literal", type: "words" },
];

async function readSources(invocation: Invocation): Promise<ReadonlyMap<string, string>> {
  const { context, flags } = invocation;
  const entries = new Map<string, string>();
  const add = (key: string, value: string): void => {
    if (entries.has(key))
      throw new CommandError(
        `cannot add key ${JSON.stringify(key)}, another key by that name already exists in Data for ConfigMap ${JSON.stringify(invocation.args[0])}`,
      );
    entries.set(key, value);
  };
  const read = async (path: string): Promise<string> => {
    try {
      return await context.files.read(path);
    } catch {
      throw new CommandError(`error reading ${path}: no such file or directory`);
    }
  };
  for (const source of flags.list("from-file")) {
    const equals = source.indexOf("=");
    const path = equals < 0 ? source : source.slice(equals + 1);
    add(equals < 0 ? path.split("/").at(-1)! : source.slice(0, equals), await read(path));
  }
  for (const path of flags.list("from-env-file")) {
    for (const line of (await read(path)).split("\n")) {
      const text = line.trimStart();
      if (text === "" || text.startsWith("#")) continue;
      const equals = text.indexOf("=");
      if (equals >= 0) add(text.slice(0, equals), text.slice(equals + 1));
    }
  }
  try {
    for (const [key, value] of literals(flags.list("from-literal"))) add(key, value);
  } catch (error) {
    throw new CommandError((error as Error).message);
  }
  return new Map([...entries].sort(([a], [b]) => (a < b ? -1 : 1)));
}

export const configmap: Generator = {
  failure: "failed to create configmap",
  name: "configmap",
  aliases: ["cm"],
  flags: [boolFlag("append-hash"), ...sourceFlags],
  root: "/api/v1",
  resource: "configmaps",
  namespaced: true,
  build: async (name, invocation) => {
    const data = Object.fromEntries(await readSources(invocation));
    const hash = invocation.flags.bool("append-hash") ? `-${await configMapHash(name, data)}` : "";
    return {
      kind: "ConfigMap",
      apiVersion: "v1",
      metadata: objectMeta(`${name}${hash}`),
      ...(Object.keys(data).length > 0 ? { data } : {}),
    };
  },
};

function secret(name: string, data: JsonObject, type?: string): JsonObject {
  return {
    kind: "Secret",
    apiVersion: "v1",
    metadata: objectMeta(name),
    ...(Object.keys(data).length > 0 ? { data } : {}),
    ...(type ? { type } : {}),
  };
}

async function hashed(object: JsonObject, { flags }: Invocation): Promise<JsonObject> {
  if (!flags.bool("append-hash")) return object;
  const name = textOf(at(object, "metadata", "name"));
  const hash = await secretHash(name, textOf(object.type), objectOf(object.data));
  return withAt(object, ["metadata", "name"], `${name}-${hash}`);
}

const secretBase = {
  root: "/api/v1",
  resource: "secrets",
  namespaced: true,
  failure: "failed to create secret",
} as const;

const generic: Generator = {
  ...secretBase,
  name: "generic",
  flags: [boolFlag("append-hash"), ...sourceFlags, { name: "type", type: "string" }],
  build: async (name, invocation) => {
    const sources = await readSources(invocation);
    const data = Object.fromEntries([...sources].map(([key, value]) => [key, encodeBase64Text(value)]));
    return hashed(secret(name, data, invocation.flags.text("type")), invocation);
  },
};

const tls: Generator = {
  ...secretBase,
  name: "tls",
  flags: [boolFlag("append-hash"), { name: "cert", type: "string" }, { name: "key", type: "string" }],
  build: async (name, invocation) => {
    const { context, flags } = invocation;
    if (!flags.text("key") || !flags.text("cert")) throw new CommandError("key and cert must be specified");
    const read = async (path: string): Promise<string> => {
      try {
        return encodeBase64Text(await context.files.read(path));
      } catch {
        throw new CommandError(`Cannot read file ${path}, open ${path}: no such file or directory`);
      }
    };
    const data = { "tls.crt": await read(flags.text("cert")), "tls.key": await read(flags.text("key")) };
    return hashed(secret(name, data, "kubernetes.io/tls"), invocation);
  },
};

async function fromFiles(name: string, files: readonly string[], { context }: Invocation): Promise<JsonObject> {
  const data: Record<string, string> = {};
  for (const source of files) {
    const equals = source.indexOf("=");
    const path = equals < 0 ? source : source.slice(equals + 1);
    const key = equals < 0 ? path.split("/").at(-1)! : source.slice(0, equals);
    try {
      data[key] = encodeBase64Text(await context.files.read(path));
    } catch {
      throw new CommandError(`error reading ${path}: no such file or directory`);
    }
  }
  return secret(name, data, "kubernetes.io/dockerconfigjson");
}

const dockerRegistry: Generator = {
  ...secretBase,
  name: "docker-registry",
  flags: [
    boolFlag("append-hash"),
    listFlag("from-file"),
    { name: "docker-email", type: "string" },
    { name: "docker-password", type: "string" },
    {
      name: "docker-server",
      type: "string",
      default: "https://index.docker.io/v1/",
    },
    { name: "docker-username", type: "string" },
  ],
  build: async (name, invocation) => {
    const { flags } = invocation;
    const [username, password, email] = [
      flags.text("docker-username"),
      flags.text("docker-password"),
      flags.text("docker-email"),
    ];
    const files = flags.list("from-file");
    if (files.length > 0) return hashed(await fromFiles(name, files, invocation), invocation);
    if (username === "" || password === "") {
      throw new CommandError(
        "either --from-file or the combination of --docker-username, --docker-password and --docker-server is required",
      );
    }
    const auth = { username, password, ...(email ? { email } : {}), auth: encodeBase64Text(`${username}:${password}`) };
    const config = JSON.stringify({ auths: { [flags.text("docker-server")]: auth } });
    return hashed(
      secret(name, { ".dockerconfigjson": encodeBase64Text(config) }, "kubernetes.io/dockerconfigjson"),
      invocation,
    );
  },
};

export const secretCommand: Command = {
  name: "secret",
  subcommands: [dockerRegistry, generic, tls].map(generatorCommand),
};
