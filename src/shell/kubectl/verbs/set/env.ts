/** `kubectl set env`: variables given, removed, taken from a ConfigMap or Secret, or listed. */
import { decodeBase64Text } from "../../../../sim/api/base64.ts";
import type { Invocation } from "../../command.ts";
import { resourcePath } from "../../discovery.ts";
import { CommandError, toError } from "../../errors.ts";
import { boolFlag, listFlag, textFlag, wordsFlag } from "../../flags.ts";
import { at, type JsonObject, objectOf, objectsOf, sortedKeys, textOf } from "../../json.ts";
import { fileSources } from "../../manifests/load.ts";
import type { Info } from "../../targets.ts";
import { changeContainers, noResources, resolveWork, setCommand, splitArgs, type Work } from "./command.ts";
import { podSpecWork } from "./pod-spec.ts";

interface Changes {
  readonly set: readonly JsonObject[];
  readonly removed: readonly string[];
}

function changesOf(pairs: readonly string[], { context }: Invocation): Changes {
  const set: JsonObject[] = [];
  const removed: string[] = [];
  for (const pair of pairs) {
    const equals = pair.indexOf("=");
    if (equals > 0) set.push({ name: pair.slice(0, equals), value: pair.slice(equals + 1) });
    else if (pair === "-") for (const line of context.stdin.split("\n")) set.push(...changesOfLine(line));
    else removed.push(pair.slice(0, -1));
  }
  if (set.some(({ name }) => removed.includes(textOf(name))))
    throw new CommandError("can not both modify and remove the same environment variable in the same command");
  return { set, removed };
}

function changesOfLine(line: string): readonly JsonObject[] {
  const equals = line.indexOf("=");
  return equals > 0 ? [{ name: line.slice(0, equals), value: line.slice(equals + 1) }] : [];
}

/** A key as a variable: upper case, what is no letter or digit becomes `_`. */
function variableName(key: string, prefix: string, invocation: Invocation): string {
  const name = key.toUpperCase().replace(/[^A-Z0-9_]/g, "_");
  if (name !== key) invocation.err(`Warning: key ${key} transferred to ${name}`);
  return `${prefix}${name}`;
}

async function variablesFrom(source: string, invocation: Invocation): Promise<readonly JsonObject[]> {
  const { client, flags, mapper, namespace } = invocation;
  const [kind = "", name = ""] = source.split("/");
  const resource = await mapper.resource(kind);
  if (resource.kind !== "ConfigMap" && resource.kind !== "Secret")
    throw new CommandError(`unsupported resource specified in --from`);
  const object = await client.get(resourcePath(resource, namespace, name));
  const keys = flags.list("keys");
  const field = resource.kind === "ConfigMap" ? "configMapKeyRef" : "secretKeyRef";
  return sortedKeys(objectOf(object.data))
    .filter((key) => keys.length === 0 || keys.includes(key))
    .map((key) => ({
      name: variableName(key, flags.text("prefix"), invocation),
      valueFrom: { [field]: { key, name } },
    }));
}

function envAfter(before: readonly JsonObject[], { set, removed }: Changes, overwrite: boolean): readonly JsonObject[] {
  let env = [...before].filter(({ name }) => !removed.includes(textOf(name)));
  for (const entry of set) {
    const index = env.findIndex(({ name }) => name === entry.name);
    if (index >= 0 && !overwrite)
      throw new CommandError(
        `'${textOf(entry.name)}' already has a value (${textOf(env[index]!.value)}), and --overwrite is false`,
      );
    env = index < 0 ? [...env, entry] : env.with(index, entry);
  }
  return env;
}

function envWork(changes: Changes, wanted: string, overwrite: boolean): Work {
  const matches = (name: string): boolean => wanted === "*" || wanted === name;
  return podSpecWork("env updated", (spec, info) => {
    const names = objectsOf(spec.containers).map(({ name }) => textOf(name));
    if (!names.some(matches))
      throw new CommandError(
        `${textOf(info.object.kind)} ${info.name} does not have any containers matching ${JSON.stringify(wanted)}`,
      );
    const changed = changes.set.length + changes.removed.length > 0;
    return changeContainers(spec, (container) =>
      changed && matches(textOf(container.name))
        ? { ...container, env: envAfter(objectsOf(container.env), changes, overwrite) }
        : container,
    );
  });
}

/** What a variable is, or where it comes from. */
async function lineOf(variable: JsonObject, info: Info, invocation: Invocation): Promise<string> {
  const { name, value, valueFrom } = variable;
  if (valueFrom === undefined) return `${textOf(name)}=${textOf(value)}`;
  const [[field = "", reference] = []] = Object.entries(objectOf(valueFrom));
  const from = objectOf(reference);
  const kind = field === "configMapKeyRef" ? "configmap" : field === "secretKeyRef" ? "secret" : "";
  if (kind === "")
    return field === "fieldRef"
      ? `# ${textOf(name)} from field path ${textOf(from.fieldPath)}`
      : `# ${textOf(name)} from ${field.replace(/Ref$/, "")}`;
  const described = `# ${textOf(name)} from ${kind} ${textOf(from.name)}, key ${textOf(from.key)}`;
  if (!invocation.flags.bool("resolve")) return described;
  try {
    const object = await invocation.client.get(`/api/v1/namespaces/${info.namespace}/${kind}s/${textOf(from.name)}`);
    const text = textOf(at(object, "data", textOf(from.key)));
    return `${textOf(name)}=${kind === "secret" ? decodeBase64Text(text) : text}`;
  } catch (error) {
    return `# ${textOf(name)} ${toError(error).message}`;
  }
}

const listing: Work = podSpecWork("", async (spec, info, invocation) => {
  for (const container of objectsOf(spec.containers)) {
    invocation.out(`# ${info.resource.kind} ${info.name}, container ${textOf(container.name)}`);
    for (const variable of objectsOf(container.env)) invocation.out(await lineOf(variable, info, invocation));
  }
  return spec;
});

export const env = setCommand({
  name: "env",
  flags: [
    textFlag("containers", "*", "c"),
    wordsFlag("env", "e"),
    textFlag("from"),
    listFlag("keys"),
    boolFlag("list"),
    boolFlag("overwrite", true),
    textFlag("prefix"),
    boolFlag("resolve"),
  ],
  complete: async (invocation) => {
    const { flags } = invocation;
    const { resources, pairs } = splitArgs(invocation.args);
    if (resources.length === 0 && fileSources(flags).length === 0) throw new CommandError(noResources);
    if (flags.bool("list")) return resolveWork(invocation, listing, resources);
    const given = changesOf([...pairs, ...flags.list("env")], invocation);
    const imported = flags.text("from") === "" ? [] : await variablesFrom(flags.text("from"), invocation);
    const changes = { ...given, set: [...given.set, ...imported] };
    return resolveWork(invocation, envWork(changes, flags.text("containers"), flags.bool("overwrite")), resources);
  },
});
