/** YAML and JSON text into documents. */
import { parseYaml, YamlError } from "../../../sim/api/go-yaml.ts";
import type { Json } from "../json.ts";

/** More than this is no manifest. */
const maxBytes = 12 * 1024 * 1024;
/** Every document that is not empty, one by one: those before a broken one are read, and then it throws. */
export function* parseDocuments(text: string): Generator<Json> {
  if (text.length > maxBytes) throw new YamlError("yaml: document is too large");
  const trimmed = text.trimStart();
  if (trimmed.startsWith("{")) {
    const value = parseJson(text);
    if (value !== undefined) {
      yield value;
      return;
    }
  }
  for (const document of splitDocuments(text)) {
    const value = parseYaml(document);
    if (value !== null && value !== undefined) yield value;
  }
}

/** Undefined: it is no JSON; YAML reads more than JSON does. */
function parseJson(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

function splitDocuments(text: string): readonly string[] {
  const documents: string[][] = [[]];
  for (const line of text.split("\n")) {
    if (/^---\s*(#.*)?$/.test(line)) documents.push([]);
    else documents.at(-1)!.push(line);
  }
  return documents.map((lines) => lines.join("\n"));
}
