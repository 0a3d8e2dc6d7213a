/** Cache: the text of what is frozen and is sent again and again, such as the metadata of an object in every list. */
const texts = new WeakMap<object, string>();

interface Row {
  readonly cells: readonly unknown[];
  readonly object?: { readonly kind?: string; readonly apiVersion?: string; readonly metadata?: object };
}

/** JSON of an answer, as `JSON.stringify` would write it. */
export function jsonText(answer: unknown): string {
  const { kind, rows } = (answer ?? {}) as { readonly kind?: string; readonly rows?: readonly Row[] };
  if (kind !== "Table" || !Array.isArray(rows)) return JSON.stringify(answer);
  const head = JSON.stringify({ ...(answer as object), rows: undefined });
  return `${head.slice(0, -1)},"rows":[${rows.map(rowText).join(",")}]}`;
}

/** Most of a row is its object's metadata, which is the same from one list to the next. */
function rowText(row: Row): string {
  const { cells, object } = row;
  if (object?.kind !== "PartialObjectMetadata" || object.metadata === undefined) return JSON.stringify(row);
  const metadata = textOfFrozen(object.metadata);
  return `{"cells":${JSON.stringify(cells)},"object":{"kind":"PartialObjectMetadata","apiVersion":"${object.apiVersion}","metadata":${metadata}}}`;
}

function textOfFrozen(value: object): string {
  let text = texts.get(value);
  if (text === undefined) {
    text = JSON.stringify(value);
    if (Object.isFrozen(value)) texts.set(value, text);
  }
  return text;
}
