/** `kubectl patch` */

import { equalJson } from "../../../../sim/api/equal.ts";
import { parseYaml } from "../../../../sim/api/go-yaml.ts";
import { applyMergePatch } from "../../../../sim/api/patch/json-merge.ts";
import { applyJsonPatch, type JsonPatchOperation } from "../../../../sim/api/patch/json-patch.ts";
import { applyStrategicPatch } from "../../../../sim/api/patch/strategic.ts";
import { schemaOf } from "../../../../sim/api/schema/schema.ts";
import { withQuery } from "../../client.ts";
import { type Command, type Invocation, inSteps } from "../../command.ts";
import { CommandError, throwCollected, toError } from "../../errors.ts";
import { at, type Json, type JsonObject, textOf } from "../../json.ts";
import { fileFlags, fileSources } from "../../manifests/load.ts";
import { dryRunFlag, dryRunOf, outputFlags, printerFor, reporter } from "../../output.ts";
import { type Info, infoPath, readInfos, resolveTargets, type Target, typed } from "../../targets.ts";

const contentTypes: Readonly<Record<string, string>> = {
  json: "application/json-patch+json",
  merge: "application/merge-patch+json",
  strategic: "application/strategic-merge-patch+json",
};

interface Options {
  readonly targets: readonly Target[];
  readonly patch: Json;
  /** As it is sent. */
  readonly text: string;
  readonly type: string;
}

async function complete(invocation: Invocation): Promise<Options> {
  const { args, context, flags } = invocation;
  const [inline, file] = [flags.text("patch"), flags.text("patch-file")];
  if (inline === "" && file === "")
    throw new CommandError("must specify --patch or --patch-file containing the contents of the patch");
  if (inline !== "" && file !== "") throw new CommandError("cannot specify --patch and --patch-file together");
  const type = flags.text("type").toLowerCase();
  if (!contentTypes[type])
    throw new CommandError(`--type must be one of [json merge strategic], not ${JSON.stringify(flags.text("type"))}`);
  let text = inline;
  if (file !== "") {
    try {
      text = await context.files.read(file);
    } catch {
      throw new CommandError(`unable to read patch file: open ${file}: no such file or directory`);
    }
  }
  // What begins like JSON is the server's to read.
  const isJson = /^\s*\{/.test(text);
  const patch = isJson ? readJson(text) : readPatch(text);
  const targets = await resolveTargets(invocation, args, {
    files: fileSources(flags),
    recursive: flags.bool("recursive"),
  });
  return { targets, patch, text: isJson ? text : JSON.stringify(patch), type };
}

function readJson(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return null;
  }
}

function readPatch(text: string): Json {
  try {
    return parseYaml(text) ?? null;
  } catch (error) {
    throw new CommandError(`unable to parse ${JSON.stringify(text)}: ${(error as Error).message}`);
  }
}

async function patchOne(invocation: Invocation, info: Info, { patch, text, type }: Options): Promise<JsonObject> {
  const { client, flags } = invocation;
  const dryRun = dryRunOf(flags);
  if (dryRun === "client") return patchedLocally(info.object, patch, type);
  const path = withQuery(infoPath(info, flags.text("subresource") || undefined), [
    ["dryRun", dryRun === "server" ? "All" : undefined],
    ["fieldManager", flags.text("field-manager")],
  ]);
  return typed(
    info.resource,
    await client.send("PATCH", path, { body: text, contentType: contentTypes[type], accept: "application/json" }),
  );
}

function patchedLocally(object: JsonObject, patch: Json, type: string): JsonObject {
  if (type === "json") return patchedByJson(object, patch as unknown as readonly JsonPatchOperation[]);
  const schema = type === "strategic" ? schemaOf(textOf(object.apiVersion), textOf(object.kind)) : undefined;
  if (schema) return applyStrategicPatch(object, patch as JsonObject, schema) as JsonObject;
  return applyMergePatch(object, patch) as JsonObject;
}

/** As upstream does, kubectl looks into the library's text. */
function patchedByJson(object: JsonObject, operations: readonly JsonPatchOperation[]): JsonObject {
  try {
    return applyJsonPatch(object, operations) as JsonObject;
  } catch (error) {
    const missing = /doc is missing key: (.*)/.exec((error as Error).message)?.[1];
    throw missing === undefined ? error : new Error(`Object to be patched is missing field (${missing})`);
  }
}

async function run(options: Options, invocation: Invocation): Promise<number> {
  const { context, flags } = invocation;
  const report = reporter(await printerFor(flags, context), context, dryRunOf(flags));
  const { infos, errors: before } = await readInfos(invocation, options.targets, {
    subresource: flags.text("subresource") || undefined,
  });
  const errors = [...before];
  for (const info of infos) {
    try {
      const patched = await patchOne(invocation, info, options);
      const same =
        equalJson(at(info.object, "metadata", "resourceVersion"), at(patched, "metadata", "resourceVersion")) &&
        equalJson(info.object, patched);
      report(patched, same ? "patched (no change)" : "patched");
    } catch (error) {
      errors.push(toError(error));
    }
  }
  throwCollected(errors);
  return 0;
}

export const patch: Command = {
  name: "patch",
  completes: "resources",
  flags: [
    dryRunFlag,
    {
      name: "field-manager",
      type: "string",
      default: "kubectl-patch",
    },
    {
      name: "patch",
      short: "p",
      type: "string",
      default: "",
    },
    { name: "patch-file", type: "string", default: "" },
    { name: "subresource", type: "string", default: "" },
    {
      name: "type",
      type: "string",
      default: "strategic",
    },
    ...fileFlags(),
    ...outputFlags,
  ],
  run: inSteps({ complete, run }),
};
