import type { ResponseForm } from "./form.ts";
import type { Query } from "./path.ts";

export const SERVED_TYPES = ["application/json", "application/yaml", "application/vnd.kubernetes.protobuf"];

/** The first shape of the Accept header that this server can write; null: none (406). Protobuf is not written: JSON is, which every client takes. */
export function formOf(method: string, path: string, accept: string, query: Query): ResponseForm | null {
  const pretty = query.get("pretty") === "true" || query.get("pretty") === "1";
  const includeObject = query.get("includeObject") || "Metadata";
  // What programs ask for (written out: probes come all the time); the rest is for people and kubectl.
  if (accept === "application/json" || accept === "*/*" || accept.trim() === "")
    return { method, path, pretty, includeObject, as: "object", media: "json" };
  const base = { method, path, pretty, includeObject };
  for (const { type, parameters } of parseAccept(accept)) {
    const media = type === "application/yaml" ? "yaml" : "json";
    if (!["application/json", "application/yaml", "*/*", "application/*"].includes(type)) continue;
    const as = parameters.get("as");
    if (as === undefined) return { ...base, as: "object", media };
    if (parameters.get("g") !== "meta.k8s.io" || parameters.get("v") !== "v1") continue;
    if (as === "Table") return { ...base, as: "table", media };
    if (as === "PartialObjectMetadata" || as === "PartialObjectMetadataList") return { ...base, as: "partial", media };
  }
  return accept.includes("application/vnd.kubernetes.protobuf") ||
    accept.includes("text/plain") ||
    accept.includes("text/html")
    ? { ...base, as: "object", media: "json" }
    : null;
}

/** `application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList`. */
export function acceptsAggregatedDiscovery(accept: string): string | null {
  for (const { type, parameters } of parseAccept(accept)) {
    if (type !== "application/json" && type !== "*/*") continue;
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

interface MediaRange {
  readonly type: string;
  readonly parameters: ReadonlyMap<string, string>;
}

function parseAccept(accept: string): MediaRange[] {
  return accept.split(",").map((part) => {
    const [type = "", ...parameters] = part.split(";").map((piece) => piece.trim());
    return { type, parameters: new Map(parameters.map((piece) => piece.split("=", 2) as [string, string])) };
  });
}
