/** JSON as kubectl prints it: four spaces, `&`, `<` and `>` escaped; keys in order unless they are to stay as built. */
import { goEscape, type Json, sortDeep } from "../json.ts";

export function toPrettyJson(value: Json, asBuilt = false): string {
  return `${goEscape(JSON.stringify(asBuilt ? value : sortDeep(value), null, 4))}\n`;
}
