import { encodeBase64Text } from "../../../api/base64.ts";
import { normalCustom } from "../../../api/custom/convert.ts";
import { applyDefaults } from "../../../api/defaulting/defaulting.ts";
import { apiVersionOf, type Kind } from "../../../api/kinds.ts";
import type { ApiObject } from "../../../api/object.ts";

/** The object with its kind's default values, as upstream has it once it is decoded. */
export function defaulted(kind: Kind, object: ApiObject): ApiObject {
  const named =
    object.kind === undefined || object.apiVersion === undefined
      ? { ...object, kind: kind.kind, apiVersion: apiVersionOf(kind) }
      : object;
  if (kind.custom !== null) return normalCustom(kind, named);
  const result = applyDefaults(named);
  return kind.resource === "secrets" && kind.group === "" ? withStringData(result) : result;
}

/** What is written as text becomes data, and is never read back (Convert_v1_Secret_To_core_Secret). */
function withStringData(secret: ApiObject): ApiObject {
  const { stringData, ...rest } = secret;
  if (stringData === undefined) return secret;
  const data: Record<string, unknown> = { ...(rest.data as object | undefined) };
  for (const [key, text] of Object.entries((stringData ?? {}) as Record<string, string>))
    data[key] = encodeBase64Text(text);
  return Object.keys(data).length === 0 ? rest : { ...rest, data };
}
