import type { ApiObject } from "../../../api/object.ts";
import { warningsOf } from "../../../api/warnings/warnings.ts";
import type { Exchange } from "../state.ts";

/** Each is told once. */
export function addWarnings({ warnings }: Exchange, texts: readonly string[]): void {
  for (const text of texts) if (!warnings.includes(text)) warnings.push(text);
}

/** What its strategy says of an object of a built-in kind. Components do not read it. */
export function warnOfObject(exchange: Exchange, object: ApiObject, old: ApiObject | null): void {
  const { form, kind } = exchange;
  if (form !== null) addWarnings(exchange, warningsOf(kind.group, kind.kind, object, old));
}
