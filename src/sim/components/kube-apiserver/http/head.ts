import { Recent } from "../../../kernel/recent.ts";
import type { HttpRequest } from "../messages.ts";
import { formOf } from "./accept.ts";
import type { ResponseForm } from "./form.ts";
import { parsePath, parseQuery, type Query, type RequestInfo } from "./path.ts";

/** What the first line of a request says. */
export interface RequestLine {
  /** Without the query. */
  readonly path: string;
  readonly query: Query;
  readonly info: RequestInfo;
  /** Cache: the form of the last answer, and what it followed from beside the line. */
  last: LastForm | null;
}

interface LastForm {
  readonly accept: string;
  readonly userAgent: string;
  readonly canBeTable: boolean;
  readonly form: ResponseForm | null;
}

/** Cache, by method: programs ask for the same paths again and again. Made-up methods and very long paths are not kept. */
const lines: ReadonlyMap<string, Recent<string, RequestLine>> = new Map(
  ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"].map((method) => [method, new Recent(1_024)]),
);
const PATH_LENGTH_MAX = 2_048;

export function lineOf({ method, path }: HttpRequest): RequestLine {
  const ofMethod = path.length > PATH_LENGTH_MAX ? undefined : lines.get(method);
  const known = ofMethod?.get(path);
  if (known !== undefined) return known;
  const [before = "", queryText = ""] = path.split("?", 2);
  const query = parseQuery(queryText);
  const line: RequestLine = { path: before, query, info: Object.freeze(parsePath(method, before, query)), last: null };
  ofMethod?.set(path, line);
  return line;
}

/** How the answer is to be written; null: not at all. */
export function formOfAnswer(
  line: RequestLine,
  { method, path, headers }: HttpRequest,
  canBeTable: boolean,
): ResponseForm | null {
  const { accept = "", "user-agent": userAgent = "" } = headers;
  const { last } = line;
  if (last?.accept === accept && last.userAgent === userAgent && last.canBeTable === canBeTable) return last.form;
  const form = formOf(method, path, accept, line.query, userAgent, canBeTable);
  line.last = { accept, userAgent, canBeTable, form };
  return form;
}
