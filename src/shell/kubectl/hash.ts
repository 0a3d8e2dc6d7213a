/** The suffixes that tell versions of a ConfigMap or Secret apart (`--append-hash`, kustomize's generators). */
import { canonicalJson, type JsonObject } from "./json.ts";

export function configMapHash(name: string, data: JsonObject, binaryData: JsonObject = {}): Promise<string> {
  const binary = Object.keys(binaryData).length > 0 ? { binaryData } : {};
  return shortHash({ kind: "ConfigMap", name, data, ...binary });
}

/** `data`: in base64, as the object has it. */
export function secretHash(name: string, type: string, data: JsonObject): Promise<string> {
  return shortHash({ kind: "Secret", type, name, data });
}

/** Letters that could make words are replaced. */
const replaced: Readonly<Record<string, string>> = { "0": "g", "1": "h", "3": "k", a: "m", e: "t" };

async function shortHash(value: JsonObject): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(canonicalJson(value)));
  const hex = [...new Uint8Array(digest).slice(0, 5)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return [...hex].map((letter) => replaced[letter] ?? letter).join("");
}
