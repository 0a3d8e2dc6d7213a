/** The person's editor: a program that `$KUBE_EDITOR` or `$EDITOR` names, or what the page has. */
import type { ProgramContext } from "../doors.ts";
import { CommandError } from "./errors.ts";

/** The text after the person is done with it. `path`: where it lies meanwhile. */
export async function editText(context: ProgramContext, path: string, text: string): Promise<string> {
  const editor = context.env.KUBE_EDITOR || context.env.EDITOR || "vi";
  const answer = (await context.edit?.(editor, path, text)) ?? null;
  if (answer === null) throw new CommandError(`unable to launch the editor ${JSON.stringify(editor)}`);
  if ("problem" in answer) throw new CommandError(`there was a problem with the editor ${JSON.stringify(editor)}`);
  return answer.text;
}
