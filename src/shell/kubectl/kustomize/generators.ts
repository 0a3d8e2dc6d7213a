/** `configMapGenerator`, `secretGenerator`. */
import { encodeBase64Text } from "../../../sim/api/base64.ts";
import { CommandError } from "../errors.ts";
import { type JsonObject, listOf, objectOf, textOf } from "../json.ts";
import { kindOf, newResource, type Resource } from "./resources.ts";

export type ReadText = (path: string) => Promise<string>;

/** Objects so far, with what one generator makes, merges or replaces. */
export async function generated(
  all: readonly Resource[],
  kind: "ConfigMap" | "Secret",
  generator: JsonObject,
  shared: JsonObject,
  read: ReadText,
): Promise<readonly Resource[]> {
  const options = { ...shared, ...objectOf(generator.options) };
  const name = textOf(generator.name);
  const data = Object.fromEntries(await entriesOf(kind, generator, read));
  const behavior = textOf(generator.behavior) || "create";
  const index = all.findIndex((one) => kindOf(one) === kind && one.names.includes(name));
  if (behavior === "create") {
    if (index >= 0)
      throw new CommandError(`may not add resource with an already registered id: ${kind}.v1.[noGrp]/${name}.[noNs]`);
    return [...all, newResource(build(kind, name, data, generator, options), options.disableNameSuffixHash !== true)];
  }
  const before = all[index];
  if (!before)
    throw new CommandError(
      `merging from generator: id ${kind}.v1.[noGrp]/${name}.[noNs] does not exist; cannot merge or replace`,
    );
  const kept = behavior === "merge" ? objectOf(before.object.data) : {};
  const metadata = objectOf(before.object.metadata);
  const fresh = objectOf(build(kind, name, data, generator, options).metadata);
  const object = {
    ...before.object,
    data: { ...kept, ...data },
    metadata: {
      ...metadata,
      ...mergedPairs("labels", metadata, fresh),
      ...mergedPairs("annotations", metadata, fresh),
    },
  };
  return all.with(index, { ...before, object });
}

function mergedPairs(field: "labels" | "annotations", a: JsonObject, b: JsonObject): JsonObject {
  const both = { ...objectOf(a[field]), ...objectOf(b[field]) };
  return Object.keys(both).length > 0 ? { [field]: both } : {};
}

function build(
  kind: "ConfigMap" | "Secret",
  name: string,
  data: JsonObject,
  generator: JsonObject,
  options: JsonObject,
): JsonObject {
  const metadata = {
    name,
    ...(generator.namespace ? { namespace: generator.namespace } : {}),
    ...(options.labels ? { labels: options.labels } : {}),
    ...(options.annotations ? { annotations: options.annotations } : {}),
  };
  return {
    apiVersion: "v1",
    kind,
    metadata,
    ...(Object.keys(data).length > 0 ? { data } : {}),
    ...(options.immutable === true ? { immutable: true } : {}),
    ...(kind === "Secret" ? { type: textOf(generator.type) || "Opaque" } : {}),
  };
}

async function entriesOf(
  kind: "ConfigMap" | "Secret",
  generator: JsonObject,
  read: ReadText,
): Promise<readonly (readonly [string, string])[]> {
  const texts = (field: string): readonly string[] => listOf(generator[field]).map(textOf);
  const entries: (readonly [string, string])[] = [];
  for (const source of texts("files")) {
    const equals = source.indexOf("=");
    const path = equals < 0 ? source : source.slice(equals + 1);
    entries.push([equals < 0 ? path.split("/").at(-1)! : source.slice(0, equals), await read(path)]);
  }
  const files = [...texts("envs"), ...(generator.env ? [textOf(generator.env)] : [])];
  for (const path of files)
    for (const line of (await read(path)).split("\n")) {
      const text = line.trimStart();
      const equals = text.indexOf("=");
      if (text !== "" && !text.startsWith("#") && equals > 0)
        entries.push([text.slice(0, equals), text.slice(equals + 1)]);
    }
  for (const literal of texts("literals")) {
    const equals = literal.indexOf("=");
    if (equals < 1) throw new CommandError(`invalid literal source ${literal}, expected key=value`);
    const value = literal.slice(equals + 1);
    entries.push([literal.slice(0, equals), /^(["'])(.*)\1$/s.exec(value)?.[2] ?? value]);
  }
  return kind === "Secret" ? entries.map(([key, value]) => [key, encodeBase64Text(value)]) : entries;
}
