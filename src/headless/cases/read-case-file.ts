import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import type { CaseFile } from "./suite.ts";

/** Reads a case file, `.json` or `.json.gz`. */
export function readCaseFile(path: string): CaseFile {
  const bytes = readFileSync(path);
  const text = path.endsWith(".gz") ? gunzipSync(bytes).toString("utf8") : bytes.toString("utf8");
  return JSON.parse(text) as CaseFile;
}
