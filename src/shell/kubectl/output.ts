/** `-o`: how objects are printed, and the flags that say so. */

import { findResults, printResults } from "../../sim/api/json-path/evaluate.ts";
import { parseJsonPath } from "../../sim/api/json-path/parser.ts";
import type { ProgramContext } from "../doors.ts";
import { CommandError } from "./errors.ts";
import type { FlagSpec, FlagValues } from "./flags.ts";
import { evaluateTemplate } from "./go-template/evaluate.ts";
import { parseTemplate } from "./go-template/parser.ts";
import { at, type Json, type JsonObject, objectOf, objectsOf, textOf, withAt } from "./json.ts";
import { ColumnsPrinter, parseColumns, parseColumnsFile } from "./printers/custom-columns.ts";
import { goSharpV, goV } from "./printers/go-value.ts";
import { toPrettyJson } from "./printers/json.ts";
import { toYaml } from "./printers/yaml.ts";

/** Prints one object (or list) after another; keeps what separates them. */
export type ObjectPrinter = (object: JsonObject) => string;

export const outputFlags: readonly FlagSpec[] = [
  {
    name: "allow-missing-template-keys",
    type: "bool",
    default: true,
  },
  {
    name: "output",
    short: "o",
    type: "string",
    default: "",
  },
  { name: "show-managed-fields", type: "bool", default: false },
  {
    name: "template",
    type: "string",
    default: "",
  },
];

export const dryRunFlag: FlagSpec = {
  name: "dry-run",
  type: "string",
  default: "none",
  bare: "unchanged",
};

export type DryRun = "none" | "client" | "server";

export function dryRunOf(flags: FlagValues): DryRun {
  if (!flags.has("dry-run")) return "none";
  const text = flags.text("dry-run");
  if (text === "none" || text === "client" || text === "server") return text;
  if (text === "unchanged") return "client";
  throw new CommandError(`Invalid dry-run value (${text}). Must be "none", "server", or "client".`);
}

export function dryRunSuffix(dryRun: DryRun): string {
  return dryRun === "client" ? " (dry run)" : dryRun === "server" ? " (server dry run)" : "";
}

const allFormats = [
  "custom-columns",
  "custom-columns-file",
  "go-template",
  "go-template-file",
  "json",
  "jsonpath",
  "jsonpath-as-json",
  "jsonpath-file",
  "name",
  "template",
  "templatefile",
  "wide",
  "yaml",
];

export interface PrinterOptions {
  /** Custom columns and `wide` are allowed. */
  readonly columns?: boolean;
  readonly noHeaders?: boolean;
  /** JSON keeps the order in which the object was built. */
  readonly typed?: boolean;
}

/** The printer that `-o` asks for; null where it asks for none (or, in `get`, for a table). */
export async function printerFor(
  flags: FlagValues,
  context: ProgramContext,
  options: PrinterOptions = {},
): Promise<ObjectPrinter | null> {
  let format = flags.text("output");
  if (format === "" && flags.text("template") !== "") format = "go-template";
  if (format === "") return null;
  const keepsManagedFields = flags.has("show-managed-fields") && flags.bool("show-managed-fields");
  if (format === "json" || format === "yaml")
    return structuredPrinter(format, keepsManagedFields, options.typed ?? false);
  if (format === "name")
    return (object) =>
      namesOf(object)
        .map((name) => `${name}\n`)
        .join("");
  if (options.columns && format === "wide") return null;
  const [kind, inline] = splitFormat(format);
  const argument = inline ?? flags.text("template");
  if (options.columns && (kind === "custom-columns" || kind === "custom-columns-file")) {
    const columns =
      kind === "custom-columns"
        ? parseColumns(argument)
        : parseColumnsFile(await readTemplate(context, argument, `error reading template ${argument}`));
    const printer = new ColumnsPrinter(columns, options.noHeaders ?? false);
    return (object) => printer.print(object);
  }
  const isFile = kind.endsWith("file");
  const base = isFile ? kind.replace(/-?file$/, "") : kind;
  if (base === "jsonpath" || base === "jsonpath-as-json" || base === "go-template" || base === "template") {
    if (argument === "") throw new CommandError(`template format specified but no template given`);
    const text = isFile ? await readTemplate(context, argument) : argument;
    const allowMissingKeys = flags.bool("allow-missing-template-keys");
    if (base === "jsonpath") return jsonPathPrinter(text, allowMissingKeys);
    if (base === "jsonpath-as-json") return jsonPathAsJsonPrinter(text, allowMissingKeys);
    return goTemplatePrinter(text, allowMissingKeys);
  }
  const formats = allFormats.filter((one) => options.columns || !/^(custom-columns.*|wide)$/.test(one));
  throw new CommandError(
    `unable to match a printer suitable for the output format "${format}", allowed formats are: ${formats.join(",")}`,
  );
}

function splitFormat(format: string): readonly [string, string | undefined] {
  const equals = format.indexOf("=");
  return equals < 0 ? [format, undefined] : [format.slice(0, equals), format.slice(equals + 1)];
}

async function readTemplate(
  context: ProgramContext,
  path: string,
  what = `error reading --template ${path}`,
): Promise<string> {
  try {
    return await context.files.read(path);
  } catch {
    throw new CommandError(`${what}, open ${path}: no such file or directory`);
  }
}

/** What the kubelet and controllers note about fields is left out unless it is asked for. */
export function withoutManagedFields(object: JsonObject): JsonObject {
  if (Array.isArray(object.items)) return { ...object, items: objectsOf(object.items).map(withoutManagedFields) };
  return at(object, "metadata", "managedFields") === undefined
    ? object
    : withAt(object, ["metadata", "managedFields"], undefined);
}

function structuredPrinter(format: "json" | "yaml", keepsManagedFields: boolean, typed: boolean): ObjectPrinter {
  let count = 0;
  return (object) => {
    const shown = keepsManagedFields ? object : withoutManagedFields(object);
    count += 1;
    if (format === "json") return toPrettyJson(shown, typed);
    return `${count > 1 ? "---\n" : ""}${toYaml(shown)}`;
  };
}

/** `pod/web-1`, `deployment.apps/web`; of a list, each. */
export function namesOf(object: JsonObject): readonly string[] {
  if (Array.isArray(object.items)) return objectsOf(object.items).flatMap(namesOf);
  return [nameOf(object)];
}

export function nameOf(object: JsonObject): string {
  const name = textOf(objectOf(object.metadata).name) || "<unknown>";
  const apiVersion = textOf(object.apiVersion);
  const slash = apiVersion.indexOf("/");
  const group = slash < 0 ? "" : `.${apiVersion.slice(0, slash)}`;
  return `${textOf(object.kind).toLowerCase()}${group}/${name}`;
}

function jsonPathPrinter(text: string, allowMissingKeys: boolean): ObjectPrinter {
  const template = guarded(`error parsing jsonpath ${text}, `, () => parseJsonPath(text));
  return (object) => {
    try {
      return printResults(findResults(template, object, { allowMissingKeys }));
    } catch (error) {
      throw new CommandError(
        `error executing jsonpath ${JSON.stringify(text)}: Error executing template: ${(error as Error).message}. ` +
          "Printing more information for debugging the template:\n" +
          `\ttemplate was:\n\t\t${text}\n\tobject given to jsonpath engine was:\n\t\t${goSharpV(object)}\n\n`,
      );
    }
  };
}

function jsonPathAsJsonPrinter(text: string, allowMissingKeys: boolean): ObjectPrinter {
  const template = guarded(`error parsing jsonpath ${text}, `, () => parseJsonPath(text));
  return (object) => {
    const values: Json = findResults(template, object, { allowMissingKeys }).flat();
    return toPrettyJson(values);
  };
}

function goTemplatePrinter(text: string, allowMissingKeys: boolean): ObjectPrinter {
  const template = guarded(`error parsing template ${text}, `, () => parseTemplate(text));
  return (object) => {
    try {
      return evaluateTemplate(template, object, { allowMissingKeys });
    } catch (error) {
      throw new CommandError(
        `error executing template ${JSON.stringify(text)}: ${(error as Error).message}\n` +
          `template was:\n\t${text}\nraw data was:\n\t${JSON.stringify(object)}\nobject given to template engine was:\n\t${goV(object)}\n`,
      );
    }
  };
}

function guarded<T>(prefix: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new CommandError(`${prefix}${(error as Error).message}`);
  }
}

/** After a change: the object as `-o` asks, or `deployment.apps/web created`. */
export function reporter(
  printer: ObjectPrinter | null,
  context: ProgramContext,
  dryRun: DryRun,
): (object: JsonObject, operation: string) => void {
  return (object, operation) => {
    if (printer) context.out.write(printer(object));
    else context.out.write(`${nameOf(object)} ${operation}${dryRunSuffix(dryRun)}\n`);
  };
}
