import { ZONES } from "./time-zone-names.ts";

/** Go's `time.LoadLocation` on a full time zone database: the text of its error, or null where `name` is a zone. */
export function timeZoneError(name: string): string | null {
  if (name === "" || name === "UTC" || name === "Local") return null;
  if (name.startsWith("/") || name.startsWith("\\") || name.split(/[/\\]/).includes("..")) {
    return "time: invalid location name";
  }
  const slash = name.lastIndexOf("/");
  const area = slash < 0 ? "" : name.slice(0, slash);
  const known = Object.hasOwn(ZONES, area) && ZONES[area]!.split(" ").includes(name.slice(slash + 1));
  return known ? null : `unknown time zone ${name}`;
}
