/** What describes one kind. */
import type { Invocation } from "../command.ts";
import type { JsonObject } from "../json.ts";
import type { Lines } from "./writer.ts";

export interface DescribeContext {
  readonly invocation: Invocation;
  readonly nowUs: number;
  readonly showEvents: boolean;
}

export type Describer = (lines: Lines, object: JsonObject, context: DescribeContext) => Promise<void>;
