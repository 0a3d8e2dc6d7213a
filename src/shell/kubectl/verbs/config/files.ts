/** The kubeconfig file as `config` changes it. */
import type { Invocation } from "../../command.ts";
import { type JsonObject, objectsOf, textOf } from "../../json.ts";
import { kubeconfigPath, readKubeconfig } from "../../kubeconfig.ts";
import { toYaml } from "../../printers/yaml.ts";

/** `clusters`, `contexts`, `users`: lists of `{name, cluster: {...}}`. */
export type Section = "clusters" | "contexts" | "users";

export const entryField: Readonly<Record<Section, string>> = {
  clusters: "cluster",
  contexts: "context",
  users: "user",
};

export function pathOf({ context, flags }: Invocation): string {
  return flags.text("kubeconfig") || kubeconfigPath(context);
}

export function readConfig(invocation: Invocation): Promise<JsonObject> {
  return readKubeconfig(invocation.context, pathOf(invocation));
}

export async function writeConfig(config: JsonObject, invocation: Invocation): Promise<void> {
  const full = { apiVersion: "v1", kind: "Config", preferences: {}, ...config };
  await invocation.context.files.write(pathOf(invocation), toYaml(full));
}

export function entryNamed(config: JsonObject, section: Section, name: string): JsonObject | null {
  const found = objectsOf(config[section]).find((entry) => entry.name === name);
  if (!found) return null;
  const inner = found[entryField[section]];
  return typeof inner === "object" && inner !== null ? (inner as JsonObject) : {};
}

/** Entries stand in the order of their names. */
export function withEntry(config: JsonObject, section: Section, name: string, entry: JsonObject | null): JsonObject {
  const others = objectsOf(config[section]).filter((one) => one.name !== name);
  const all = entry === null ? others : [...others, { [entryField[section]]: entry, name }];
  const list = [...all].sort((a, b) => (textOf(a.name) < textOf(b.name) ? -1 : 1));
  return { ...config, [section]: list.length === 0 ? null : list };
}

export function namesIn(config: JsonObject, section: Section): readonly string[] {
  return objectsOf(config[section])
    .map(({ name }) => textOf(name))
    .sort();
}
