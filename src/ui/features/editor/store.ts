import { create } from "zustand";
import { arrange } from "../../shared/preferences.ts";
import { type Editing, useEditing } from "../../shared/requests.ts";
import { describeError, theConnection } from "../../shared/session.ts";
import { examples } from "./examples.ts";
import { text } from "./text.ts";

export interface Answer {
  readonly ok: boolean;
  readonly output: string;
}

interface EditorState {
  readonly manifest: string;
  /** Rises when the text is replaced from outside of the editor. */
  readonly replaced: number;
  readonly applying: boolean;
  readonly answer: Answer | null;
  /** One's own manifest while a command's text is edited. */
  readonly draft: string | null;
}

const storageKey = "kubarium.manifest";
/** An API server refuses longer requests. */
export const longestManifest = 3 * 1024 * 1024;

export const useEditor = create<EditorState>()(() => ({
  manifest: load(),
  replaced: 0,
  applying: false,
  answer: null,
  draft: null,
}));

function load(): string {
  try {
    return localStorage.getItem(storageKey) ?? examples[0]?.manifest ?? "";
  } catch {
    return examples[0]?.manifest ?? "";
  }
}

export function edited(manifest: string): void {
  useEditor.setState({ manifest });
  if (useEditor.getState().draft !== null) return;
  try {
    if (manifest.length < 200_000) localStorage.setItem(storageKey, manifest);
  } catch {
    // What is typed then lives as long as the tab.
  }
}

export function replace(manifest: string): void {
  edited(manifest);
  useEditor.setState(({ replaced }) => ({ replaced: replaced + 1, answer: null }));
}

/** Shows what a command waits for; one's own manifest comes back afterwards. */
export function beginEditing({ text: shown }: Editing): void {
  useEditor.setState(({ manifest, draft }) => ({ draft: draft ?? manifest }));
  useEditor.setState(({ replaced }) => ({ manifest: shown, replaced: replaced + 1, answer: null }));
}

export function endEditing(): void {
  const { draft } = useEditor.getState();
  if (draft === null) return;
  useEditor.setState({ draft: null });
  replace(draft);
}

/** Gives the text back to the command that waits for it, changed or as it was. */
export function finishEditing(keeps: boolean): void {
  const { asked } = useEditing.getState();
  asked?.done(keeps ? useEditor.getState().manifest : asked.text);
  arrange({ tab: "terminal" });
}

export async function apply(): Promise<void> {
  if (useEditing.getState().asked !== null) return finishEditing(true);
  const { manifest, applying } = useEditor.getState();
  if (applying) return;
  if (manifest.trim() === "") return useEditor.setState({ answer: { ok: false, output: text.empty } });
  if (manifest.length > longestManifest) return useEditor.setState({ answer: { ok: false, output: text.tooLong } });
  useEditor.setState({ applying: true });
  let answer: Answer;
  try {
    const shell = await theConnection().shell();
    const { exitCode, stdout, stderr } = await shell.apply(manifest);
    answer = { ok: exitCode === 0, output: `${stdout}${stderr}`.trimEnd() };
  } catch (error) {
    answer = { ok: false, output: text.failed(describeError(error)) };
  }
  useEditor.setState({ applying: false, answer });
}

/** The lines that an answer speaks of: `yaml: line 3: ...` and `line 4, column 2: ...`. One-based. */
export function linesOf(output: string): readonly { readonly line: number; readonly message: string }[] {
  return output.split("\n").flatMap((said) => {
    const line = /\bline (\d+)\b/.exec(said)?.[1];
    return line ? [{ line: Number(line), message: said.trim() }] : [];
  });
}
