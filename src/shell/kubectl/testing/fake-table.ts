/** Tables of the fake server: names and ages. */
import { humanDuration } from "../../../sim/api/duration.ts";
import type { Kind } from "../../../sim/api/kinds.ts";
import { parseTime } from "../../../sim/api/time.ts";
import { at, type JsonObject, textOf } from "../json.ts";

export function tableOf(
  _kind: Kind,
  objects: readonly JsonObject[],
  nowUs: number,
  resourceVersion: string,
): JsonObject {
  return {
    kind: "Table",
    apiVersion: "meta.k8s.io/v1",
    metadata: { resourceVersion },
    columnDefinitions: [
      { name: "Name", type: "string", format: "name", description: "", priority: 0 },
      { name: "Age", type: "string", format: "", description: "", priority: 0 },
    ],
    rows: objects.map((object) => {
      const created = parseTime(textOf(at(object, "metadata", "creationTimestamp")));
      return {
        cells: [
          textOf(at(object, "metadata", "name")),
          created === null ? "<unknown>" : humanDuration(nowUs - created),
        ],
        object: { ...object },
      };
    }),
  };
}
