/** `RequestInfo`: what a URL and a method ask for. */
export type RequestInfo =
  | {
      readonly isResource: true;
      readonly verb: string;
      readonly group: string;
      readonly version: string;
      readonly namespace: string;
      readonly resource: string;
      readonly subresource: string;
      readonly name: string;
      /** What follows the subresource (`proxy/path`). */
      readonly rest: string;
    }
  | { readonly isResource: false; readonly verb: string; readonly path: string };

const VERBS: Readonly<Record<string, string>> = {
  GET: "get",
  HEAD: "get",
  POST: "create",
  PUT: "update",
  PATCH: "patch",
  DELETE: "delete",
};

/** Subresources of `namespaces` itself; anything else after a namespace's name is a resource in it. */
const NAMESPACE_SUBRESOURCES = ["status", "finalize"];

export function parsePath(method: string, path: string, query: Query): RequestInfo {
  // Health checks and the like come all the time.
  if (/^\/[^/%a]/.test(path)) return { isResource: false, verb: method.toLowerCase(), path };
  // Decoded first, as Go's URL does: an escaped slash is a slash.
  const parts = decode(path)
    .split("/")
    .filter((part) => part !== "");
  const verb = VERBS[method] ?? method.toLowerCase();
  const nonResource = { isResource: false as const, verb: method.toLowerCase(), path };
  const grouped = parts[0] === "apis";
  if (parts[0] !== "api" && !grouped) return nonResource;
  const rest = parts.slice(grouped ? 3 : 2);
  if (rest.length === 0) return nonResource;
  const group = grouped ? parts[1]! : "";
  const version = parts[grouped ? 2 : 1]!;
  let watching = false;
  if (rest[0] === "watch" && rest.length > 1) {
    watching = true;
    rest.shift();
  }
  let namespace = "";
  if (rest[0] === "namespaces" && rest.length > 1) {
    namespace = rest[1]!;
    if (rest.length > 2 && !NAMESPACE_SUBRESOURCES.includes(rest[2]!)) rest.splice(0, 2);
  }
  const [resource = "", name = "", subresource = "", ...more] = rest;
  if (resource === "namespaces") namespace = name;
  return {
    isResource: true,
    verb: resourceVerb(verb, name, watching || query.get("watch") === "true" || query.get("watch") === "1"),
    group,
    version,
    namespace,
    resource,
    subresource,
    name,
    rest: more.join("/"),
  };
}

function resourceVerb(verb: string, name: string, watching: boolean): string {
  if (verb === "get" && watching) return "watch";
  if (name !== "") return verb;
  if (verb === "get") return "list";
  return verb === "delete" ? "deletecollection" : verb;
}

export interface Query {
  get(name: string): string | undefined;
  getAll(name: string): readonly string[];
  has(name: string): boolean;
}

/** `a=1&b=2`, percent-decoded, repeated keys kept. */
const NO_QUERY: Query = { get: () => undefined, getAll: () => [], has: () => false };

export function parseQuery(text: string): Query {
  if (text === "") return NO_QUERY;
  const pairs: (readonly [string, string])[] = [];
  for (const part of text.split("&")) {
    if (part === "") continue;
    const equals = part.indexOf("=");
    const key = equals < 0 ? part : part.slice(0, equals);
    pairs.push([
      decode(key.replaceAll("+", " ")),
      equals < 0 ? "" : decode(part.slice(equals + 1).replaceAll("+", " ")),
    ]);
  }
  return {
    get: (name) => pairs.find(([key]) => key === name)?.[1],
    getAll: (name) => pairs.filter(([key]) => key === name).map(([, value]) => value),
    has: (name) => pairs.some(([key]) => key === name),
  };
}

function decode(text: string): string {
  if (!text.includes("%")) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
