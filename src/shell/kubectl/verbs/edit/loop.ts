/** The edit loop: show, let edit, try; where it is refused, show again with the reasons, until it holds or nothing changes. */
import type { Invocation } from "../../command.ts";
import { editText } from "../../editor.ts";
import { CommandError, SilentExit, StatusError, toError } from "../../errors.ts";
import { isObject, type JsonObject, objectsOf } from "../../json.ts";
import { parseDocuments } from "../../manifests/yaml-documents.ts";
import { toYaml } from "../../printers/yaml.ts";
import { temporaryNumber } from "../../temporary.ts";

const head = [
  "# Please edit the object below. Lines beginning with a '#' will be ignored,",
  "# and an empty file will abort the edit. If an error occurs while saving this file will be",
  "# reopened with the relevant failures.",
  "#",
  "",
].join("\n");

export interface Editing {
  /** What is edited: an object, or a List of several. */
  readonly object: JsonObject;
  /** `deployments.apps "web"`: what messages call it. */
  readonly subject: string;
  readonly format: "yaml" | "json";
  /** What is not there yet is made even if nothing was changed. */
  readonly creates?: boolean;
  /** Sends what came of it; throws what the server says. */
  save(edited: readonly JsonObject[]): Promise<void>;
}

export async function editUntilSaved(invocation: Invocation, editing: Editing): Promise<number> {
  const original = textOfObject(editing);
  let shown = original;
  let reasons = "";
  for (let tries = 0; ; tries += 1) {
    const path = await temporaryPath(invocation, editing, tries);
    const edited = withoutComments(await editText(invocation.context, path, `${head}${reasons}${shown}`));
    if (edited === withoutComments(original) && !editing.creates)
      return cancelled(invocation, "Edit cancelled, no changes made.");
    if (reasons !== "" && edited === withoutComments(shown)) return keepCopy(invocation, path, edited);
    try {
      await editing.save(objectsIn(edited));
      return 0;
    } catch (thrown) {
      const error = toError(thrown);
      if (error instanceof SilentExit) throw error;
      if (!isInvalid(error)) return giveUp(invocation, editing, path, edited, error);
      invocation.err(`error: ${editing.subject} is invalid`);
      reasons = `# ${editing.subject} was not valid:\n${causesOf(error)}#\n`;
      shown = edited;
    }
  }
}

function textOfObject({ object, format }: Editing): string {
  return format === "json" ? `${JSON.stringify(object, null, 4)}\n` : toYaml(object);
}

async function temporaryPath({ context }: Invocation, { format }: Editing, tries: number): Promise<string> {
  return `/tmp/kubectl-edit-${temporaryNumber((await context.session.wallUs()) + tries)}.${format}`;
}

function withoutComments(text: string): string {
  return text
    .split("\n")
    .filter((line) => !line.startsWith("#"))
    .join("\n");
}

/** What cannot be read at all is as invalid as what the server refuses. */
function isInvalid(error: Error): boolean {
  return !(error instanceof StatusError) || error.status.reason === "Invalid";
}

function causesOf(error: Error): string {
  const causes = error instanceof StatusError ? (error.status.details?.causes ?? []) : [];
  const lines = causes.map(({ field, message }) => `# * ${field ? `${field}: ` : ""}${message}\n`);
  return lines.length > 0 ? lines.join("") : `# ${error.message}\n`;
}

function objectsIn(text: string): readonly JsonObject[] {
  const objects = [...parseDocuments(text)]
    .filter(isObject)
    .flatMap((document) =>
      document.kind === "List" && Array.isArray(document.items) ? objectsOf(document.items) : [document],
    );
  const odd = objects.find(({ apiVersion, kind }) => !apiVersion || !kind);
  if (odd || objects.length === 0) throw new CommandError(`Object 'Kind' is missing`);
  return objects;
}

function cancelled(invocation: Invocation, text: string): number {
  invocation.err(text);
  return 0;
}

async function keepCopy(invocation: Invocation, path: string, edited: string): Promise<never> {
  await invocation.context.files.write(path, edited);
  invocation.err(`A copy of your changes has been stored to ${JSON.stringify(path)}`);
  throw new CommandError("Edit cancelled, no valid changes were saved.");
}

async function giveUp(
  invocation: Invocation,
  editing: Editing,
  path: string,
  edited: string,
  error: Error,
): Promise<never> {
  await invocation.context.files.write(path, edited);
  invocation.err(`error: ${editing.subject} could not be patched: ${error.message}`);
  invocation.err(`You can run \`kubectl replace -f ${path}\` to try this update again.`);
  throw new SilentExit(1);
}
