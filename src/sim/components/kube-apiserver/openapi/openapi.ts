import { GROUPS } from "../../../api/kinds.ts";
import type { Document } from "../discovery/discovery.ts";

/** `/openapi/v3`: which groups have a document. */
export function openApiDocument(path: string): Document | null {
  if (path !== "/openapi/v3") return null;
  const paths: Record<string, unknown> = {};
  for (const { group, versions } of GROUPS) {
    for (const version of versions) {
      const name = group === "" ? `api/${version}` : `apis/${group}/${version}`;
      paths[name] = { serverRelativeURL: `/openapi/v3/${name}?hash=1330` };
    }
  }
  return { document: { paths }, contentType: "application/json" };
}
