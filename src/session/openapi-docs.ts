import type { ConnectionFailure, HttpResponse } from "../shell/doors.ts";
import { withDescriptions } from "../sim/api/schema/describe.ts";
import type { Descriptions } from "../sim/api/schema/explain.ts";

/** Whether an answer to this path gets its descriptions on the way out. */
export function wantsDescriptions(path: string): boolean {
  return path.startsWith("/openapi/v3/") || path.startsWith("/openapi/v2");
}

/** An OpenAPI document with the texts of the API reference: they are large, and loaded when first wanted. */
export async function described(answer: HttpResponse | ConnectionFailure): Promise<HttpResponse | ConnectionFailure> {
  if ("failure" in answer || answer.status !== 200) return answer;
  if (!(answer.headers["content-type"] ?? "").startsWith("application/json")) return answer;
  const { default: descriptions } = (await import("../sim/api/schema/docs.generated.json")) as unknown as {
    readonly default: Descriptions;
  };
  const document = withDescriptions(JSON.parse(answer.body), descriptions);
  return { ...answer, body: `${JSON.stringify(document)}\n` };
}
