/** Objects from `-f`: files, `-`, folders, lists of many documents. */
import type { ProgramContext } from "../../doors.ts";
import { CommandError, toError } from "../errors.ts";
import type { FlagSpec, FlagValues } from "../flags.ts";
import { goEscape, isObject, type Json, type JsonObject, objectsOf, sortDeep, textOf } from "../json.ts";
import { readUrl } from "./urls.ts";
import { parseDocuments } from "./yaml-documents.ts";

export interface Manifest {
  readonly object: JsonObject;
  /** `web.yaml`, `STDIN`: what errors call it. */
  readonly source: string;
}

export function fileFlags(): readonly FlagSpec[] {
  return [
    {
      name: "filename",
      short: "f",
      type: "list",
      default: [],
    },
    {
      name: "kustomize",
      short: "k",
      type: "string",
      default: "",
    },
    {
      name: "recursive",
      short: "R",
      type: "bool",
      default: false,
    },
  ];
}

/** `-f PATH`, or `-k FOLDER`. */
export type FileSource = string | { readonly kustomize: string };

/** What `-f` and `-k` name. */
export function fileSources(flags: FlagValues): readonly FileSource[] {
  const files = flags.has("filename") ? flags.list("filename") : [];
  const folder = flags.has("kustomize") ? flags.text("kustomize") : "";
  if (folder === "") return files;
  if (files.length > 0)
    throw new CommandError("only one of '-f' or '-k' can be specified".replace("'-f' or '-k'", "-f or -k"));
  if (flags.has("recursive") && flags.bool("recursive"))
    throw new CommandError("the -k flag can't be used with -f or -R");
  return [{ kustomize: folder }];
}

/** What could be read, and what could not. */
export interface Loaded {
  readonly manifests: readonly Manifest[];
  readonly errors: readonly Error[];
}

export async function loadManifests(
  context: ProgramContext,
  sources: readonly FileSource[],
  recursive: boolean,
  validates = false,
): Promise<Loaded> {
  const manifests: Manifest[] = [];
  const errors: Error[] = [];
  for (const path of sources) {
    if (typeof path !== "string") {
      const { buildKustomization } = await import("../kustomize/build.ts");
      const objects = await buildKustomization(context, path.kustomize);
      manifests.push(...objects.map((object) => ({ object, source: path.kustomize })));
      continue;
    }
    for (const { source, text } of await readSource(context, path, recursive)) {
      try {
        for (const document of documentsOf(text, source))
          manifests.push(...objectsIn(document, source, errors, validates));
      } catch (error) {
        errors.push(toError(error));
      }
    }
  }
  return { manifests, errors };
}

async function readSource(
  context: ProgramContext,
  path: string,
  recursive: boolean,
): Promise<readonly { readonly source: string; readonly text: string }[]> {
  if (path === "-") return [{ source: "STDIN", text: context.stdin }];
  if (/^https?:\/\//.test(path)) return [{ source: path, text: await readUrl(path) }];
  const folder = (await context.files.list?.(path)) ?? null;
  if (folder) return readFolder(context, path, folder, recursive);
  try {
    return [{ source: path, text: await context.files.read(path) }];
  } catch {
    throw new CommandError(`the path ${JSON.stringify(path)} does not exist`);
  }
}

async function readFolder(
  context: ProgramContext,
  folder: string,
  names: readonly string[],
  recursive: boolean,
): Promise<readonly { readonly source: string; readonly text: string }[]> {
  const base = folder.replace(/\/+$/, "");
  const found: { readonly source: string; readonly text: string }[] = [];
  for (const name of [...names].sort()) {
    const path = `${base}/${name}`;
    const below = (await context.files.list?.(path)) ?? null;
    if (below) {
      if (recursive) found.push(...(await readFolder(context, path, below, true)));
    } else if (/\.(json|yaml|yml)$/.test(name)) found.push({ source: path, text: await context.files.read(path) });
  }
  if (found.length === 0) {
    throw new CommandError(`error reading [${folder}]: recognized file extensions are [.json .yaml .yml]`);
  }
  return found;
}

function* documentsOf(text: string, source: string): Generator<Json> {
  try {
    yield* parseDocuments(text);
  } catch (error) {
    throw new CommandError(`error parsing ${source}: error converting YAML to JSON: ${(error as Error).message}`);
  }
}

function objectsIn(document: Json, source: string, errors: Error[], validates: boolean): readonly Manifest[] {
  try {
    if (validates) validate(document, source);
    const object = objectIn(document, source);
    if (textOf(object.kind).endsWith("List") && Array.isArray(object.items)) {
      return objectsOf(object.items).flatMap((item) => objectsIn(item, source, errors, validates));
    }
    return [{ object, source }];
  } catch (error) {
    errors.push(toError(error));
    return [];
  }
}

/** What the client itself finds wrong, before the server is asked. */
function validate(document: Json, source: string): void {
  const missing = isObject(document) ? ["apiVersion", "kind"].filter((field) => !document[field]) : null;
  if (missing && missing.length === 0) return;
  const texts = missing?.map((field) => `${field} not set`) ?? ["invalid object to validate"];
  const why = texts.length === 1 ? texts[0]! : `[${texts.join(", ")}]`;
  throw new CommandError(
    `error validating ${JSON.stringify(source)}: error validating data: ${why}; if you choose to ignore these errors, turn validation off with --validate=false`,
  );
}

function objectIn(document: Json, source: string): JsonObject {
  const refuse = (why: string): CommandError => new CommandError(`unable to decode ${JSON.stringify(source)}: ${why}`);
  if (!isObject(document)) {
    const type = Array.isArray(document) ? "array" : typeof document === "boolean" ? "bool" : typeof document;
    throw refuse(`json: cannot unmarshal ${type} into Go value of type unstructured.detector`);
  }
  const { apiVersion, kind } = document;
  if (kind !== undefined && kind !== null && typeof kind !== "string") {
    throw refuse(
      `json: cannot unmarshal ${typeof kind === "boolean" ? "bool" : typeof kind} into Go struct field detector.kind of type string`,
    );
  }
  if (!kind) throw refuse(`Object 'Kind' is missing in '${goEscape(JSON.stringify(sortDeep(document)))}'`);
  if (!apiVersion) throw refuse(`Object 'apiVersion' is missing in '${goEscape(JSON.stringify(sortDeep(document)))}'`);
  return document;
}
