/** What kinds the server has, and which of them a word on the command line means. */
import { acceptJson, type Client } from "./client.ts";
import { CommandError, StatusError } from "./errors.ts";
import { type Json, type JsonObject, listOf, objectsOf, textOf } from "./json.ts";
import { reportFailedDiscovery } from "./unreachable.ts";

export interface ApiResource {
  readonly group: string;
  readonly version: string;
  readonly name: string;
  readonly singular: string;
  readonly kind: string;
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly subresources: readonly string[];
}

const acceptAggregated =
  "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json";

export function apiVersionOf(resource: { readonly group: string; readonly version: string }): string {
  return resource.group === "" ? resource.version : `${resource.group}/${resource.version}`;
}

/** `pods`, `deployments.apps` */
export function qualifiedName(resource: { readonly group: string; readonly name: string }): string {
  return resource.group === "" ? resource.name : `${resource.name}.${resource.group}`;
}

/** `deployment.apps`: the kind's name in success lines. */
export function kindName(resource: { readonly group: string; readonly kind: string }): string {
  const kind = resource.kind.toLowerCase();
  return resource.group === "" ? kind : `${kind}.${resource.group}`;
}

export function resourcePath(resource: ApiResource, namespace: string, name?: string, subresource?: string): string {
  const root = resource.group === "" ? `/api/${resource.version}` : `/apis/${resource.group}/${resource.version}`;
  const place = resource.namespaced && namespace !== "" ? `/namespaces/${encodeURIComponent(namespace)}` : "";
  const object = name === undefined ? "" : `/${encodeURIComponent(name)}`;
  return `${root}${place}/${resource.name}${object}${subresource ? `/${subresource}` : ""}`;
}

/** Kinds are remembered as long as the door is, as the real one remembers them in a file. */
const remembered = new WeakMap<object, readonly ApiResource[]>();

export class Mapper {
  readonly #client: Client;
  readonly #quiet: boolean;
  readonly #key: object;

  /** `quiet`: who asks validates first, or only looks. */
  constructor(client: Client, quiet = false) {
    this.#client = client;
    this.#quiet = quiet;
    this.#key = client.context.api;
  }

  async resources(options: { readonly fresh?: boolean } = {}): Promise<readonly ApiResource[]> {
    const known = remembered.get(this.#key);
    if (known && !options.fresh) return known;
    let found: readonly ApiResource[];
    try {
      found = [...(await this.#read("/api")), ...(await this.#read("/apis"))];
    } catch (error) {
      const { context } = this.#client;
      if (!known && !this.#quiet) await reportFailedDiscovery(context, context.api.server, error);
      throw error;
    }
    remembered.set(this.#key, found);
    return found;
  }

  /** All versions of what a word means, best first: `po`, `deployments.apps`, `deployments.v1.apps`. */
  async find(word: string): Promise<readonly ApiResource[]> {
    const hits = matching(await this.resources(), word);
    return hits.length > 0 ? hits : matching(await this.resources({ fresh: true }), word);
  }

  async resource(word: string): Promise<ApiResource> {
    const [best, ...others] = await this.find(word);
    if (!best) throw new CommandError(`the server doesn't have a resource type "${word}"`);
    const rival = others.find((other) => other.group !== best.group);
    if (rival && best.shortNames.includes(word)) {
      const text = `short name "${word}" could also match lower priority resource ${qualifiedName(rival)}`;
      this.#client.context.err.write(`Warning: ${text}\n`);
    }
    return best;
  }

  /** The members of a category such as `all`, best version of each. */
  async category(word: string): Promise<readonly ApiResource[]> {
    const members = (await this.resources()).filter((resource) => resource.categories.includes(word));
    return members.filter(
      (one) => members.find((other) => other.name === one.name && other.group === one.group) === one,
    );
  }

  async kind(apiVersion: string, kind: string): Promise<ApiResource | null> {
    const pick = (all: readonly ApiResource[]): ApiResource | undefined =>
      all.find((resource) => resource.kind === kind && apiVersionOf(resource) === apiVersion);
    return pick(await this.resources()) ?? pick(await this.resources({ fresh: true })) ?? null;
  }

  async #read(path: "/api" | "/apis"): Promise<readonly ApiResource[]> {
    const answer = await this.#client.get(path, [["timeout", "32s"]], acceptAggregated);
    if (answer.kind === "APIGroupDiscoveryList") return objectsOf(answer.items).flatMap(aggregated);
    if (path === "/api") return this.#readGroup("", listOf(answer.versions).map(textOf));
    const groups = objectsOf(answer.groups);
    const lists = [];
    for (const group of groups) {
      const versions = objectsOf(group.versions).map((version) => textOf(version.version));
      lists.push(await this.#readGroup(textOf(group.name), versions));
    }
    return lists.flat();
  }

  async #readGroup(group: string, versions: readonly string[]): Promise<readonly ApiResource[]> {
    const found: ApiResource[] = [];
    for (const version of versions) {
      const path = group === "" ? `/api/${version}` : `/apis/${group}/${version}`;
      try {
        found.push(...plain(group, version, await this.#client.get(path, [["timeout", "32s"]], acceptJson)));
      } catch (error) {
        if (!(error instanceof StatusError)) throw error;
      }
    }
    return found;
  }
}

function matching(all: readonly ApiResource[], text: string): readonly ApiResource[] {
  const word = text.toLowerCase();
  const exact = all.filter((resource) => resource.name === word || resource.singular === word);
  if (exact.length > 0) return exact;
  const short = all.filter((resource) => resource.shortNames.includes(word));
  if (short.length > 0) return short;
  const dot = word.indexOf(".");
  if (dot < 0) return [];
  const named = matching(all, word.slice(0, dot));
  const rest = word.slice(dot + 1);
  const inGroup = named.filter((resource) => resource.group === rest);
  if (inGroup.length > 0) return inGroup;
  const inVersion = named.filter(
    (resource) =>
      rest === `${resource.version}.${resource.group}` || (resource.group === "" && rest === `${resource.version}.`),
  );
  return inVersion.length > 0 ? inVersion : named.filter((resource) => resource.group.startsWith(`${rest}.`));
}

function texts(value: Json | undefined): readonly string[] {
  return listOf(value).map(textOf);
}

function aggregated(item: JsonObject): readonly ApiResource[] {
  const group = textOf((item.metadata as JsonObject | undefined)?.name);
  // What is stale counts as not there, as for client-go.
  const versions = objectsOf(item.versions).filter((version) => textOf(version.freshness) !== "Stale");
  return versions.flatMap((version) =>
    objectsOf(version.resources).map((resource) => ({
      group,
      version: textOf(version.version),
      name: textOf(resource.resource),
      singular:
        textOf(resource.singularResource) ||
        textOf((resource.responseKind as JsonObject | undefined)?.kind).toLowerCase(),
      kind: textOf((resource.responseKind as JsonObject | undefined)?.kind),
      namespaced: resource.scope === "Namespaced",
      verbs: texts(resource.verbs),
      shortNames: texts(resource.shortNames),
      categories: texts(resource.categories),
      subresources: objectsOf(resource.subresources).map((sub) => textOf(sub.subresource)),
    })),
  );
}

function plain(group: string, version: string, list: JsonObject): readonly ApiResource[] {
  const entries = objectsOf(list.resources);
  return entries
    .filter((entry) => !textOf(entry.name).includes("/"))
    .map((entry) => ({
      group,
      version,
      name: textOf(entry.name),
      singular: textOf(entry.singularName) || textOf(entry.kind).toLowerCase(),
      kind: textOf(entry.kind),
      namespaced: entry.namespaced === true,
      verbs: texts(entry.verbs),
      shortNames: texts(entry.shortNames),
      categories: texts(entry.categories),
      subresources: entries.flatMap(({ name }) =>
        textOf(name).startsWith(`${textOf(entry.name)}/`) ? [textOf(name).slice(textOf(entry.name).length + 1)] : [],
      ),
    }));
}
