import type { ImageName } from "../../image-registry/messages.ts";

const COMPONENT = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/;
const TAG = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/;
const DIGEST = /^sha256:[0-9a-f]{64}$/;

/** Null: not an image name (`couldn't parse image name`). */
export function parseReference(name: string): ImageName | null {
  const at = name.indexOf("@");
  const digest = at < 0 ? "" : name.slice(at + 1);
  if (at >= 0 && !DIGEST.test(digest)) return null;
  const named = at < 0 ? name : name.slice(0, at);
  const colon = named.indexOf(":", named.lastIndexOf("/") + 1);
  const path = colon < 0 ? named : named.slice(0, colon);
  const givenTag = colon < 0 ? "" : named.slice(colon + 1);
  if (colon >= 0 && !TAG.test(givenTag)) return null;
  const parts = path.split("/");
  const first = parts[0] ?? "";
  const hasRegistry = parts.length > 1 && (first.includes(".") || first.includes(":") || first === "localhost");
  const registry = hasRegistry ? first : "docker.io";
  const rest = hasRegistry ? parts.slice(1) : parts;
  if (!rest.every((part) => COMPONENT.test(part))) return null;
  const repository = registry === "docker.io" && rest.length === 1 ? `library/${rest[0]}` : rest.join("/");
  const tag = givenTag === "" && digest === "" ? "latest" : givenTag;
  const complete = `${registry}/${repository}${tag === "" ? "" : `:${tag}`}${digest === "" ? "" : `@${digest}`}`;
  return { registry, repository, tag, digest, complete };
}
