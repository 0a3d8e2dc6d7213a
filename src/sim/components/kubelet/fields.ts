import { milliValue, wholeValue } from "../../api/quantity.ts";
import type { Disk } from "../../kernel/types.ts";
import type { Container, Pod } from "./types.ts";

/** What a pod tells its containers about itself (downward API). */
export interface NodeFacts {
  readonly nodeName: string;
  readonly hostIp: string;
  readonly cpuMillicores: number;
  readonly memoryBytes: number;
  /** The machine's disk. */
  readonly hostFiles: Pick<Disk, "read" | "list">;
}

/** Value of a `fieldRef`; null: there is no such field. */
export function fieldValue(pod: Pod, podIp: string, facts: NodeFacts, path: string): string | null {
  const { metadata, spec } = pod;
  const subscript = /^metadata\.(labels|annotations)\['(.*)'\]$/.exec(path);
  if (subscript !== null) return metadata[subscript[1] as "labels" | "annotations"]?.[subscript[2] as string] ?? "";
  switch (path) {
    case "metadata.name":
      return metadata.name ?? "";
    case "metadata.namespace":
      return metadata.namespace ?? "";
    case "metadata.uid":
      return metadata.uid ?? "";
    case "metadata.labels":
      return mapText(metadata.labels);
    case "metadata.annotations":
      return mapText(metadata.annotations);
    case "spec.nodeName":
      return facts.nodeName;
    case "spec.serviceAccountName":
      return spec.serviceAccountName ?? "default";
    case "status.hostIP":
    case "status.hostIPs":
      return facts.hostIp;
    case "status.podIP":
    case "status.podIPs":
      return podIp;
    default:
      return null;
  }
}

function mapText(map: Readonly<Record<string, string>> | undefined): string {
  const entries = Object.entries(map ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  return entries.map(([key, value]) => `${key}=${JSON.stringify(value)}`).join("\n");
}

/** Value of a `resourceFieldRef`: rounded up to the divisor; a missing limit is what the node has. */
export function resourceValue(
  container: Container,
  facts: NodeFacts,
  resource: string,
  divisor: string | undefined,
): string {
  const [kind, name] = resource.split(".") as [string, string];
  const list = kind === "limits" ? container.resources?.limits : container.resources?.requests;
  const given = list?.[name];
  if (name === "cpu") {
    const milli = given !== undefined ? milliValue(given) : kind === "limits" ? facts.cpuMillicores : 0;
    const unit = divisor === undefined || divisor === "0" ? 1000 : milliValue(divisor);
    return String(Math.ceil(milli / unit));
  }
  const bytes =
    given !== undefined ? wholeValue(given) : kind === "limits" && name === "memory" ? facts.memoryBytes : 0;
  const unit = divisor === undefined || divisor === "0" ? 1 : wholeValue(divisor);
  return String(Math.ceil(bytes / unit));
}
