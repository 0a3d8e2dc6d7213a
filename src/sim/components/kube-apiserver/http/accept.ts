import type { ResponseForm } from "./form.ts";
import type { Query } from "./path.ts";

const JSON_TYPE = "application/json";
const YAML_TYPE = "application/yaml";
const PROTOBUF_TYPE = "application/vnd.kubernetes.protobuf";

export const SERVED_TYPES = [JSON_TYPE, YAML_TYPE, PROTOBUF_TYPE];

/** What a route says that it can write, where it is not one of the usual three alone. */
const STREAMED_TYPES = [...SERVED_TYPES, `${JSON_TYPE};stream=watch`, `${PROTOBUF_TYPE};stream=watch`];
export const JSON_ONLY = [JSON_TYPE];

/** Media types of the route of a resource (`Produces` of upstream's installer). */
export function producedBy(verb: string, resource: string, subresource: string): readonly string[] {
  if (resource === "pods" && subresource === "log") return ["text/plain", ...SERVED_TYPES];
  return verb === "list" || verb === "watch" ? STREAMED_TYPES : SERVED_TYPES;
}

/** Whether the router finds the route: types are compared as they are written, only `*\/*` stands for others. */
export function routeTakes(accept: string, produced: readonly string[]): boolean {
  if (accept === "" || accept === JSON_TYPE) return true;
  return accept.split(",").some((part) => {
    const type = part.split(";", 1)[0]!.trim();
    return type === "*/*" || produced.includes(type);
  });
}

/** Programs that people read from get indented JSON, unless they say otherwise. */
const READ_BY_PEOPLE = /^(curl|Wget|Mozilla\/5\.0)/;

export function isPretty(query: Query, userAgent: string): boolean {
  const asked = query.get("pretty") ?? "";
  return asked === "" ? READ_BY_PEOPLE.test(userAgent) : ["1", "t", "T", "TRUE", "true", "True"].includes(asked);
}

/**
 * The shape that the client likes best of those that this server writes; null: none (406). Protobuf is not written: JSON
 * is, which every client takes. `hasTable`: whether what is answered can be shown as a table.
 */
export function formOf(
  method: string,
  path: string,
  accept: string,
  query: Query,
  userAgent = "",
  hasTable = true,
): ResponseForm | null {
  const base = {
    method,
    path,
    pretty: isPretty(query, userAgent),
    includeObject: query.get("includeObject") || "Metadata",
  };
  // What programs ask for (written out: probes come all the time); the rest is for people and kubectl.
  if (accept === JSON_TYPE || accept === "*/*" || accept.trim() === "") return { ...base, as: "object", media: "json" };
  for (const { type, parameters } of parseAccept(accept)) {
    const media = type === YAML_TYPE ? "yaml" : "json";
    if (!SERVED_TYPES.includes(type) && type !== "*/*" && type !== "application/*") continue;
    const as = parameters.get("as");
    if (as === undefined) return { ...base, as: "object", media };
    const metaVersion = parameters.get("v");
    if (parameters.get("g") !== "meta.k8s.io" || (metaVersion !== "v1" && metaVersion !== "v1beta1")) continue;
    if (as === "Table" && hasTable) return { ...base, as: "table", media, metaVersion };
    if (as === "PartialObjectMetadata" || as === "PartialObjectMetadataList")
      return { ...base, as: "partial", media, metaVersion };
  }
  return null;
}

/** `application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList`. */
export function acceptsAggregatedDiscovery(accept: string): string | null {
  for (const { type, parameters } of parseAccept(accept)) {
    if (type !== JSON_TYPE && type !== "*/*") continue;
    const as = parameters.get("as");
    if (as === undefined) return null;
    const version = parameters.get("v");
    if (
      as === "APIGroupDiscoveryList" &&
      parameters.get("g") === "apidiscovery.k8s.io" &&
      (version === "v2" || version === "v2beta1")
    )
      return version;
  }
  return null;
}

/** The first of these types that the client takes, by its own order; null: none. */
export function firstAccepted(accept: string, types: readonly string[]): string | null {
  for (const { type } of parseAccept(accept === "" ? "*/*" : accept)) {
    const [major, minor] = type.split("/");
    const found = types.find((each) => {
      const [ownMajor, ownMinor] = each.split("/");
      return (major === "*" || major === ownMajor) && (minor === "*" || minor === ownMinor);
    });
    if (found !== undefined) return found;
  }
  return null;
}

interface MediaRange {
  readonly type: string;
  readonly parameters: ReadonlyMap<string, string>;
}

/** Best liked first: by quality, and among equals what is said exactly. */
function parseAccept(accept: string): MediaRange[] {
  const ranges = accept.split(",").map((part) => {
    const [type = "", ...parameters] = part.split(";").map((piece) => piece.trim());
    return { type, parameters: new Map(parameters.map((piece) => piece.split("=", 2) as [string, string])) };
  });
  return ranges.length === 1 ? ranges : ranges.sort((a, b) => qualityOf(b) - qualityOf(a) || stars(a) - stars(b));
}

function qualityOf({ parameters }: MediaRange): number {
  const quality = Number(parameters.get("q") ?? 1);
  return Number.isNaN(quality) ? 1 : quality;
}

function stars({ type }: MediaRange): number {
  if (type.startsWith("*/")) return 2;
  return type.endsWith("/*") ? 1 : 0;
}
