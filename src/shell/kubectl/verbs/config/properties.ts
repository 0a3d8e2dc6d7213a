/** `kubectl config set|unset PROPERTY` */
import type { Invocation } from "../../command.ts";
import { CommandError, UsageError } from "../../errors.ts";
import { type Json, type JsonObject, withAt } from "../../json.ts";
import { entryField, entryNamed, namesIn, type Section, withEntry, writeConfig } from "./files.ts";

interface Property {
  readonly section: Section | null;
  readonly name: string;
  readonly path: readonly string[];
}

/** `users.bob.token`, `contexts.dev.namespace`, `current-context`. Names that there are may hold dots. */
function parseProperty(text: string, config: JsonObject): Property {
  const [first = "", ...rest] = text.split(".");
  if (!(first in entryField)) return { section: null, name: "", path: [first, ...rest] };
  const section = first as Section;
  const after = rest.join(".");
  const known = namesIn(config, section)
    .filter((name) => after === name || after.startsWith(`${name}.`))
    .sort((a, b) => b.length - a.length)[0];
  const name = known ?? rest[0] ?? "";
  const fields = after.slice(name.length + 1);
  return { section, name, path: fields === "" ? [] : fields.split(".") };
}

function fieldValue(field: string, text: string): Json {
  if (field !== "insecure-skip-tls-verify" && field !== "disable-compression" && field !== "colors") return text;
  if (text === "true" || text === "false") return text === "true";
  throw new CommandError(`strconv.ParseBool: parsing ${JSON.stringify(text)}: invalid syntax`);
}

function changed(config: JsonObject, { section, name, path }: Property, value: Json | undefined): JsonObject {
  if (section === null) return withAt(config, path, value);
  if (path.length === 0) return withEntry(config, section, name, null);
  const before = entryNamed(config, section, name) ?? {};
  return withEntry(config, section, name, withAt(before, path, value));
}

export async function setProperty(config: JsonObject, invocation: Invocation): Promise<void> {
  const [property, value] = invocation.args;
  if (property === undefined || value === undefined || invocation.args.length > 2)
    throw new UsageError(`Unexpected args: [${invocation.args.join(" ")}]`);
  const parsed = parseProperty(property, config);
  if (parsed.section !== null && parsed.path.length === 0)
    throw new CommandError("unable to set a whole entry: name one of its fields");
  await writeConfig(changed(config, parsed, fieldValue(parsed.path.at(-1) ?? "", value)), invocation);
  invocation.out(`Property ${JSON.stringify(property)} set.`);
}

export async function unsetProperty(config: JsonObject, invocation: Invocation): Promise<void> {
  const [property] = invocation.args;
  if (property === undefined || invocation.args.length > 1)
    throw new UsageError(`Unexpected args: [${invocation.args.join(" ")}]`);
  const parsed = parseProperty(property, config);
  if (parsed.section !== null && parsed.path.length === 0 && entryNamed(config, parsed.section, parsed.name) === null)
    throw new CommandError(`current map key \`${parsed.name}\` is invalid`);
  await writeConfig(changed(config, parsed, undefined), invocation);
  invocation.out(`Property ${JSON.stringify(property)} unset.`);
}
