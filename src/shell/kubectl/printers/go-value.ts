/** JSON values as Go prints them: `%v` (`map[a:1]`) and `%#v` (`map[string]interface {}{"a":1}`). */
import { isObject, type Json, sortedKeys } from "../json.ts";

export function goV(value: Json | undefined): string {
  if (value === undefined) return "<no value>";
  if (value === null) return "<nil>";
  if (Array.isArray(value)) return `[${value.map(goV).join(" ")}]`;
  if (isObject(value))
    return `map[${sortedKeys(value)
      .map((key) => `${key}:${goV(value[key])}`)
      .join(" ")}]`;
  return String(value);
}

export function goSharpV(value: Json): string {
  if (value === null) return "interface {}(nil)";
  if (Array.isArray(value)) return `[]interface {}{${value.map(goSharpV).join(", ")}}`;
  if (isObject(value)) {
    const pairs = sortedKeys(value).map((key) => `${JSON.stringify(key)}:${goSharpV(value[key]!)}`);
    return `map[string]interface {}{${pairs.join(", ")}}`;
  }
  return typeof value === "string" ? JSON.stringify(value) : String(value);
}
