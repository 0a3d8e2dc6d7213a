/** `kubectl explain`: fields of the built-in kinds, and of custom resources as the server tells them. */

import { enumOf } from "../../../../sim/api/schema/enums.ts";
import { type Descriptions, descriptionOf, shownType } from "../../../../sim/api/schema/explain.ts";
import { NAMED_SCALARS } from "../../../../sim/api/schema/named-scalars.ts";
import { type FieldType, type StructType, schemaOf, structOfField } from "../../../../sim/api/schema/schema.ts";
import type { Client } from "../../client.ts";
import { type Command, type Invocation, inSteps } from "../../command.ts";
import { type ApiResource, apiVersionOf } from "../../discovery.ts";
import { CommandError, SilentExit } from "../../errors.ts";
import { compareText } from "../../json.ts";
import { type Explained, explainedByServer } from "./custom.ts";

interface Options {
  readonly resource: ApiResource;
  readonly path: readonly string[];
}

async function complete(invocation: Invocation): Promise<Options> {
  const { args, flags, mapper } = invocation;
  const [word, ...more] = args;
  if (word === undefined) {
    throw new CommandError(
      'You must specify the type of resource to explain. Use "kubectl api-resources" for a complete list of supported resources.',
    );
  }
  if (more.length > 0) throw new CommandError("We accept only this format: explain RESOURCE");
  const [kind = "", ...path] = word.split(".");
  const wanted = flags.text("api-version");
  const found = await mapper.find(kind);
  const resource = wanted === "" ? found[0] : found.find((one) => apiVersionOf(one) === wanted);
  if (!resource) {
    if (wanted !== "") throw new CommandError(`couldn't find resource for ${JSON.stringify(wanted)}`);
    invocation.err(`the server doesn't have a resource type "${kind}"`);
    throw new SilentExit(1);
  }
  return { resource, path };
}

interface Place {
  readonly field: string | null;
  readonly type: FieldType | null;
  readonly parent: StructType;
  readonly struct: StructType | undefined;
}

function placeOf(root: StructType, path: readonly string[]): Place {
  let place: Place = { field: null, type: null, parent: root, struct: root };
  for (const field of path) {
    const type: FieldType | undefined = place.struct?.fields.get(field);
    if (!place.struct || !type) throw new CommandError(`field "${field}" does not exist`);
    place = { field, type, parent: place.struct, struct: structOfField(type) };
  }
  return place;
}

async function explainedOf(resource: ApiResource, client: Client): Promise<Explained> {
  const { default: builtIn } = (await import("../../../../sim/api/schema/docs.generated.json")) as unknown as {
    readonly default: Descriptions;
  };
  const struct = schemaOf(apiVersionOf(resource), resource.kind);
  if (struct) return { struct, descriptions: builtIn };
  const found = await explainedByServer(client, resource);
  if (!found)
    throw new CommandError(`couldn't find the schema of ${resource.kind} in version ${apiVersionOf(resource)}`);
  return { struct: found.struct, descriptions: { ...builtIn, ...found.descriptions } };
}

async function run(options: Options, invocation: Invocation): Promise<number> {
  const { resource, path } = options;
  const { struct, descriptions } = await explainedOf(resource, invocation.client);
  const head = [
    ...(resource.group ? [`GROUP:      ${resource.group}`] : []),
    `KIND:       ${resource.kind}`,
    `VERSION:    ${resource.version}`,
    "",
  ];
  // Said even where the field turns out not to be there.
  for (const line of head) invocation.out(line);
  const place = placeOf(struct, path);
  const lines: string[] = [];
  if (place.field !== null) {
    lines.push(`FIELD: ${place.field} <${shownType(place.type!)}>`);
    const words = wordsOf(place.parent, place.field);
    lines.push(...(words === undefined ? [""] : ["ENUM:", ...words.map((word) => `    ${word}`)]), "");
  }
  lines.push("DESCRIPTION:");
  const texts = [
    place.field === null ? "" : descriptionOf(descriptions, place.parent, place.field),
    place.struct ? descriptionOf(descriptions, place.struct, "") : scalarText(place.type),
  ];
  const paragraphs = texts.filter((text) => text !== "");
  for (const text of paragraphs.length > 0 ? paragraphs : ["<empty>"]) lines.push(...wrapped(text, 4));
  lines.push("    ");
  if (place.struct) {
    lines.push("FIELDS:");
    lines.push(
      ...(invocation.flags.bool("recursive")
        ? recursiveLines(place.struct, 1, [])
        : fieldLines(place.struct, descriptions)),
      "",
    );
  } else lines.push("");
  const recursive = place.struct && invocation.flags.bool("recursive");
  invocation.context.out.write(`${lines.join("\n")}${recursive ? "\n" : place.struct ? "\n\n" : "\n"}`);
  return 0;
}

/** Of a scalar that is a type with a name of its own, alone or in a list or map. */
function scalarText(type: FieldType | null): string {
  if (type?.type === "list") return scalarText(type.items);
  if (type?.type === "map") return scalarText(type.values);
  return type?.type === "scalar" ? (NAMED_SCALARS[type.scalar]?.schema.description ?? "") : "";
}

/** What a text may be; lists do not tell it of their items. */
function wordsOf(struct: StructType, name: string): readonly string[] | undefined {
  const words = struct.fields.get(name)?.type === "list" ? undefined : enumOf(struct, name);
  return words?.map((word) => (word === "" ? '""' : word));
}

const WORDS_MAX = 4;

function fieldHead(struct: StructType, name: string, level: number): readonly string[] {
  const indent = "  ".repeat(level);
  const required = struct.required.includes(name) ? " -required-" : "";
  const head = `${indent}${name}\t<${shownType(struct.fields.get(name)!)}>${required}`;
  const words = wordsOf(struct, name);
  if (words === undefined) return [head];
  const shown = words.length > WORDS_MAX ? [...words.slice(0, WORDS_MAX), "...."] : words;
  return [head, `${indent}enum: ${shown.join(", ")}`];
}

function fieldLines(struct: StructType, descriptions: Descriptions): readonly string[] {
  const names = [...struct.fields.keys()].sort(compareText);
  return names.flatMap((name, index) => {
    const text = descriptionOf(descriptions, struct, name) || "<no description>";
    return [...fieldHead(struct, name, 1), ...wrapped(text, 4), ...(index < names.length - 1 ? [""] : [])];
  });
}

/** A type inside of itself (JSON schemas) is named, not opened. */
function recursiveLines(struct: StructType, level: number, above: readonly StructType[]): readonly string[] {
  return [...struct.fields.keys()].sort(compareText).flatMap((name) => {
    const inner = structOfField(struct.fields.get(name));
    const opened = inner && !above.includes(inner) && inner !== struct;
    return [...fieldHead(struct, name, level), ...(opened ? recursiveLines(inner, level + 1, [...above, struct]) : [])];
  });
}

const width = 80;

function wrapped(text: string, indent: number): readonly string[] {
  return text.split("\n").flatMap((paragraph) => {
    const lines: string[] = [];
    let line = "";
    for (const word of paragraph.split(" ")) {
      if (line !== "" && indent + line.length + 1 + word.length > width) {
        lines.push(line.trimEnd());
        line = word;
      } else line = line === "" ? word : `${line} ${word}`;
    }
    return [...lines, line].map((one) => `${" ".repeat(indent)}${one}`);
  });
}

export const explain: Command = {
  name: "explain",
  completes: "resources",
  flags: [
    {
      name: "api-version",
      type: "string",
      default: "",
    },
    {
      name: "output",
      type: "string",
      default: "plaintext",
    },
    {
      name: "recursive",
      type: "bool",
      default: false,
    },
  ],
  run: inSteps({ complete, run }),
};
