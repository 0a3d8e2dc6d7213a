/** `additionalPrinterColumns`: what `kubectl get` shows of a custom resource. */
import { humanDuration } from "../duration.ts";
import { canonicalJson, type Json } from "../go-json.ts";
import { findResults } from "../json-path/evaluate.ts";
import { JsonPathError, type List, parseJsonPath } from "../json-path/parser.ts";
import type { Kind } from "../kinds.ts";
import { type Cell, type Column, nameOf, type PrintContext, type Printer } from "../table/printer.ts";
import { parseTime } from "../time.ts";
import type { PrinterColumn } from "./definition.ts";

const AGE: PrinterColumn = {
  name: "Age",
  type: "date",
  description:
    "CreationTimestamp is a timestamp representing the server time when this object was created. It is not guaranteed to be set in happens-before order across separate operations. Clients may not set this value. It is represented in RFC3339 form and is in UTC.\n\nPopulated by the system. Read-only. Null for lists. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#metadata",
  jsonPath: ".metadata.creationTimestamp",
};

const NAME: Column = {
  name: "Name",
  type: "string",
  format: "name",
  description:
    "Name must be unique within a namespace. Is required when creating resources, although some resources may allow a client to request the generation of an appropriate name automatically. Name is primarily intended for creation idempotence and configuration definition. Cannot be updated. More info: https://kubernetes.io/docs/concepts/overview/working-with-objects/names#names",
  priority: 0,
};

/** Cache: what follows from a frozen row. */
const printers = new WeakMap<Kind, Printer>();

export function printerOfCustom(kind: Kind): Printer {
  const known = printers.get(kind);
  if (known !== undefined) return known;
  const printer = createPrinter(kind.custom!.columns);
  printers.set(kind, printer);
  return printer;
}

function createPrinter(given: readonly PrinterColumn[]): Printer {
  const columns = given.length === 0 ? [AGE] : given;
  const paths = columns.map(({ jsonPath }) => parsed(jsonPath));
  return {
    columns: [NAME, ...columns.map(columnOf)],
    cells: (object, print) => [
      nameOf(object),
      ...columns.map(({ type }, index) => cellOf(paths[index]!, type, object as Json, print)),
    ],
  };
}

function columnOf({ name, type, format, description, priority, jsonPath }: PrinterColumn): Column {
  return {
    name,
    type: type as Column["type"],
    format: format ?? "",
    description: description || `Custom resource definition column (in JSONPath format): ${jsonPath}`,
    priority: priority ?? 0,
  };
}

/** Null: the path is none (definitions are checked when they are made). */
function parsed(jsonPath: string): List | null {
  try {
    return parseJsonPath(`{${jsonPath}}`);
  } catch (error) {
    if (error instanceof JsonPathError) return null;
    throw error;
  }
}

function cellOf(path: List | null, type: string, object: Json, { nowWallUs }: PrintContext): Cell {
  const value = path === null ? undefined : firstResult(path, object);
  if (value === undefined || value === null) return null;
  switch (type) {
    case "string":
      return typeof value === "object" ? canonicalJson(value) : String(value);
    case "integer":
      return typeof value === "number" ? Math.trunc(value) : null;
    case "number":
      return typeof value === "number" ? value : null;
    case "boolean":
      return typeof value === "boolean" ? value : null;
    case "date": {
      const wallUs = typeof value === "string" ? parseTime(value) : null;
      return wallUs === null ? "<invalid>" : humanDuration(nowWallUs - wallUs);
    }
    default:
      return null;
  }
}

function firstResult(path: List, object: Json): Json | undefined {
  try {
    return findResults(path, object, { allowMissingKeys: true })[0]?.[0];
  } catch (error) {
    if (error instanceof JsonPathError) return undefined;
    throw error;
  }
}
