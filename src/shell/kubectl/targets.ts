/** What the words after a verb mean: `pods`, `pods a b`, `pod/a svc/b`, `po,svc`, `-f web.yaml`. */

import { matchesSelector, parseSelector } from "../../sim/api/labels.ts";
import { acceptJson, type Query } from "./client.ts";
import type { Invocation } from "./command.ts";
import { type ApiResource, apiVersionOf, resourcePath } from "./discovery.ts";
import {
  addSource,
  CommandError,
  ConnectionError,
  isNotFound,
  StatusError,
  throwCollected,
  toError,
} from "./errors.ts";
import { at, type Json, type JsonObject, objectOf, objectsOf, textOf, withAt } from "./json.ts";
import { type FileSource, loadManifests, type Manifest } from "./manifests/load.ts";
import { unvalidated } from "./unreachable.ts";

/** One object by name, or all of a kind. */
export interface Target {
  readonly resource: ApiResource;
  /** "" for all namespaces, and for kinds without. */
  readonly namespace: string;
  readonly name: string | null;
  readonly manifest?: Manifest;
}

/** An object as the server has it. */
export interface Info {
  readonly resource: ApiResource;
  readonly namespace: string;
  readonly name: string;
  readonly object: JsonObject;
  readonly source: string;
}

export interface TargetOptions {
  /** A kind alone means all of it (get, describe); otherwise a name, a selector or `--all` is needed. */
  readonly kindAlone?: boolean;
  readonly all?: boolean;
  readonly selector?: string;
  readonly fieldSelector?: string;
  readonly allNamespaces?: boolean;
  readonly files?: readonly FileSource[];
  readonly recursive?: boolean;
}

export const missingResources =
  "You must provide one or more resources by argument or filename.\nExample resource specifications include:\n   '-f rsrc.yaml'\n   '--filename=rsrc.json'\n   '<resource> <name>'\n   '<resource>'";

export const selectorFlag = {
  name: "selector",
  short: "l",
  type: "string",
  default: "",
} as const;

export async function resolveTargets(
  invocation: Invocation,
  args: readonly string[],
  options: TargetOptions = {},
): Promise<readonly Target[]> {
  if (options.files && options.files.length > 0)
    return fileTargets(invocation, options.files, options.recursive ?? false);
  if (args.length === 0) throw new CommandError(missingResources);
  const namespace = options.allNamespaces ? "" : invocation.namespace;
  if (args.some((arg) => arg.includes("/"))) return combinedTargets(invocation, args, namespace, options);
  const resources = await kindsOf(invocation, args[0]!);
  const names = args.slice(1);
  if (names.length === 0) {
    const needs = !options.kindAlone && !options.all && !options.selector && !options.fieldSelector;
    if (needs) throw new CommandError("resource(s) were provided, but no name was specified");
    return resources.map((resource) => ({ resource, namespace: resource.namespaced ? namespace : "", name: null }));
  }
  if (options.selector) throw new CommandError("name cannot be provided when a selector is specified");
  if (options.fieldSelector) throw new CommandError("name cannot be provided when a field selector is specified");
  if (options.all) throw new CommandError("name cannot be provided when a selector is specified");
  if (options.allNamespaces && resources.some(({ namespaced }) => namespaced)) {
    throw new CommandError("a resource cannot be retrieved by name across all namespaces");
  }
  return resources.flatMap((resource) =>
    names.map((name) => ({ resource, namespace: resource.namespaced ? namespace : "", name })),
  );
}

async function kindsOf(invocation: Invocation, words: string): Promise<readonly ApiResource[]> {
  const found: ApiResource[] = [];
  for (const word of words.split(",")) {
    const members = word === "all" ? await invocation.mapper.category("all") : [];
    for (const resource of members.length > 0 ? members : [await invocation.mapper.resource(word)]) {
      if (!found.includes(resource)) found.push(resource);
    }
  }
  return found;
}

async function combinedTargets(
  invocation: Invocation,
  args: readonly string[],
  namespace: string,
  options: TargetOptions,
): Promise<readonly Target[]> {
  const targets: Target[] = [];
  for (const arg of args) {
    const parts = arg.split("/");
    if (parts.length === 1) {
      const verb = invocation.path;
      throw new CommandError(
        `there is no need to specify a resource type as a separate argument when passing arguments in resource/name form (e.g. '${verb} resource/<resource_name>' instead of '${verb} resource resource/<resource_name>'`,
      );
    }
    if (parts.length > 2) throw new CommandError("arguments in resource/name form may not have more than one slash");
    const [word, name] = parts as [string, string];
    if (word === "" || name === "") {
      throw new CommandError("arguments in resource/name form must have a single resource and name");
    }
    const resource = await invocation.mapper.resource(word);
    if (options.selector) throw new CommandError("name cannot be provided when a selector is specified");
    if (options.allNamespaces && resource.namespaced) {
      throw new CommandError("a resource cannot be retrieved by name across all namespaces");
    }
    targets.push({ resource, namespace: resource.namespaced ? namespace : "", name });
  }
  return targets;
}

/** The kind of a manifest on this server. */
export async function manifestTarget(invocation: Invocation, manifest: Manifest): Promise<Target> {
  const { object, source } = manifest;
  const apiVersion = textOf(object.apiVersion);
  const kind = textOf(object.kind);
  const name = textOf(at(object, "metadata", "name"));
  const own = textOf(at(object, "metadata", "namespace"));
  const resource = await invocation.mapper.kind(apiVersion, kind);
  if (!resource) {
    throw new CommandError(
      `resource mapping not found for name: ${JSON.stringify(name)} namespace: ${JSON.stringify(own)} from ${JSON.stringify(source)}: ` +
        `no matches for kind ${JSON.stringify(kind)} in version ${JSON.stringify(apiVersion)}\nensure CRDs are installed first`,
    );
  }
  const { namespace, namespaceGiven } = invocation;
  if (resource.namespaced && namespaceGiven && own !== "" && own !== namespace) {
    throw new CommandError(
      `the namespace from the provided object "${own}" does not match the namespace "${namespace}". You must pass '--namespace=${own}' to perform this operation.`,
    );
  }
  const place = resource.namespaced ? own || namespace : "";
  const placed = resource.namespaced ? withAt(object, ["metadata", "namespace"], place) : object;
  return { resource, namespace: place, name: name === "" ? null : name, manifest: { object: placed, source } };
}

async function fileTargets(
  invocation: Invocation,
  files: readonly FileSource[],
  recursive: boolean,
): Promise<readonly Target[]> {
  const { targets, errors } = await manifestTargets(invocation, files, recursive);
  throwCollected(errors);
  return targets;
}

/** Manifests with their kinds; what is wrong with some does not hide the others. */
export async function manifestTargets(
  invocation: Invocation,
  files: readonly FileSource[],
  recursive: boolean,
): Promise<{ readonly targets: readonly Target[]; readonly errors: readonly Error[] }> {
  const { flags } = invocation;
  const validates = flags.has("validate") && !/^(false|ignore)$/.test(flags.text("validate"));
  const loaded = await loadManifests(invocation.context, files, recursive, validates);
  const targets: Target[] = [];
  const errors = [...loaded.errors];
  for (const manifest of loaded.manifests) {
    try {
      targets.push(await manifestTarget(invocation, manifest));
    } catch (thrown) {
      const error = toError(thrown);
      if (!(error instanceof ConnectionError)) errors.push(error);
      else throw validates ? unvalidated(error, manifest.source, invocation.context.api.server) : error;
    }
  }
  return { targets, errors };
}

export interface ReadOptions {
  readonly selector?: string;
  readonly fieldSelector?: string;
  readonly limit?: number;
  readonly subresource?: string;
  readonly accept?: string;
  readonly query?: Query;
}

/** The answer for a target: an object, a list of all its pieces, or a table. */
export async function readTarget(
  invocation: Invocation,
  target: Target,
  options: ReadOptions = {},
): Promise<JsonObject> {
  const { client } = invocation;
  const { resource, namespace, name } = target;
  const accept = options.accept ?? acceptJson;
  if (name !== null) {
    return client.get(resourcePath(resource, namespace, name, options.subresource), options.query, accept);
  }
  const query: Query = [
    ["labelSelector", options.selector || undefined],
    ["fieldSelector", options.fieldSelector || undefined],
    ["limit", options.limit ? String(options.limit) : undefined],
    ...(options.query ?? []),
  ];
  const path = resourcePath(resource, namespace);
  let list = await client.get(path, query, accept).catch((error: unknown) => {
    throw listRefusal(error, resource, options);
  });
  for (let next = continueOf(list); next !== ""; next = continueOf(list)) {
    const more = await client.get(path, [...query, ["continue", next]], accept);
    list = joined(list, more);
  }
  return list;
}

/** A list that the server refuses says what was asked for. */
function listRefusal(error: unknown, { group, version, name }: ApiResource, options: ReadOptions): unknown {
  if (!(error instanceof StatusError) || !/^(BadRequest|NotFound)$/.test(error.status.reason ?? "")) return error;
  const kind = JSON.stringify(`${group}/${version}, Resource=${name}`);
  const selectors = `that match label selector ${JSON.stringify(options.selector ?? "")}, field selector ${JSON.stringify(options.fieldSelector ?? "")}`;
  const asked =
    options.selector || options.fieldSelector ? `Unable to find ${kind} ${selectors}` : `Unable to list ${kind}`;
  return new StatusError({ ...error.status, message: `${asked}: ${error.message}` });
}

function continueOf(list: JsonObject): string {
  return textOf(at(list, "metadata", "continue"));
}

function joined(list: JsonObject, more: JsonObject): JsonObject {
  const field = list.kind === "Table" ? "rows" : "items";
  return { ...list, metadata: more.metadata, [field]: [...objectsOf(list[field]), ...objectsOf(more[field])] };
}

/** With `-l` only the manifests whose labels fit. */
export function selectedTargets(targets: readonly Target[], selector: string): readonly Target[] {
  if (selector === "") return targets;
  const parsed = parseSelector(selector);
  return targets.filter(({ manifest }) =>
    matchesSelector(parsed, objectOf(at(manifest?.object, "metadata", "labels")) as Record<string, string>),
  );
}

/** The objects of the targets, one by one; errors are kept for the end. */
export async function readInfos(
  invocation: Invocation,
  targets: readonly Target[],
  options: ReadOptions & { readonly ignoreNotFound?: boolean } = {},
): Promise<{ readonly infos: readonly Info[]; readonly errors: readonly Error[] }> {
  const infos: Info[] = [];
  const errors: Error[] = [];
  for (const target of targets) {
    try {
      const answer = await readTarget(invocation, target, options);
      const items = target.name === null ? listItems(answer) : [answer];
      infos.push(...items.map((object) => infoOf(target, object)));
    } catch (thrown) {
      if (options.ignoreNotFound && isNotFound(thrown)) continue;
      errors.push(target.manifest ? addSource(toError(thrown), "retrieving", "") : toError(thrown));
    }
  }
  return { infos, errors };
}

/** Items of a list do not say what they are: the list does. */
export function listItems(list: JsonObject): readonly JsonObject[] {
  const kind = textOf(list.kind).replace(/List$/, "");
  return objectsOf(list.items).map((item) => ({ apiVersion: list.apiVersion, kind, ...item }));
}

export function infoOf(target: Target, object: JsonObject): Info {
  const metadata = objectOf(object.metadata);
  return {
    resource: target.resource,
    namespace: textOf(metadata.namespace) || target.namespace,
    name: textOf(metadata.name),
    object,
    source: target.manifest?.source ?? "",
  };
}

export function infoPath(info: Info, subresource?: string): string {
  return resourcePath(info.resource, info.namespace, info.name, subresource);
}

/** `List` of what several requests brought. */
export function listOfInfos(objects: readonly Json[]): JsonObject {
  return { apiVersion: "v1", items: objects, kind: "List", metadata: { resourceVersion: "" } };
}

/** The same object as a server of the resource's version would name it. */
export function typed(resource: ApiResource, object: JsonObject): JsonObject {
  return { apiVersion: apiVersionOf(resource), kind: resource.kind, ...object };
}
