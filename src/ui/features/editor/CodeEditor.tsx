import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { yaml } from "@codemirror/lang-yaml";
import { bracketMatching, HighlightStyle, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { type Diagnostic, lintGutter, setDiagnostics } from "@codemirror/lint";
import { highlightSelectionMatches, searchKeymap } from "@codemirror/search";
import { EditorState } from "@codemirror/state";
import { drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { useEffect, useRef } from "react";
import { apply, edited, linesOf, longestManifest, useEditor } from "./store.ts";
import { text } from "./text.ts";

const highlight = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: "var(--accent)" },
  { tag: [tags.string, tags.special(tags.string)], color: "var(--good)" },
  { tag: [tags.number, tags.bool, tags.null], color: "var(--warning)" },
  { tag: [tags.comment, tags.lineComment], color: "var(--muted)", fontStyle: "italic" },
  { tag: [tags.separator, tags.punctuation, tags.meta], color: "var(--muted)" },
]);

const look = EditorView.theme({
  "&": { height: "100%", backgroundColor: "var(--surface)", color: "var(--ink)" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.45" },
  ".cm-gutters": { backgroundColor: "var(--raised)", color: "var(--muted)", border: "none" },
  ".cm-activeLine": { backgroundColor: "color-mix(in srgb, var(--accent) 7%, transparent)" },
  ".cm-cursor": { borderLeftColor: "var(--ink)", borderLeftWidth: "2px" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
    backgroundColor: "color-mix(in srgb, var(--accent) 28%, transparent)",
  },
  ".cm-diagnostic": { fontFamily: "var(--sans)" },
  ".cm-tooltip, .cm-panels": { backgroundColor: "var(--surface)", color: "var(--ink)", borderColor: "var(--line)" },
});

function applyAndStay(): boolean {
  void apply();
  return true;
}

/** Tab indents in the editor; Escape lets the focus go on. */
function leave(view: EditorView): boolean {
  view.contentDOM.blur();
  return true;
}

/** What no API server would take is not worth a frozen page either. */
function refuseFlood(event: ClipboardEvent): boolean {
  if ((event.clipboardData?.getData("text").length ?? 0) <= longestManifest) return false;
  event.preventDefault();
  useEditor.setState({ answer: { ok: false, output: text.tooLong } });
  return true;
}

/** CodeMirror with YAML. Loaded when the editor is first opened. */
export default function CodeEditor({ fontPx }: { readonly fontPx: number }) {
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  const replaced = useEditor((state) => state.replaced);
  const answer = useEditor((state) => state.answer);

  useEffect(() => {
    if (!host.current) return;
    const made = new EditorView({
      parent: host.current,
      state: EditorState.create({
        doc: useEditor.getState().manifest,
        extensions: [
          lineNumbers(),
          history(),
          drawSelection(),
          bracketMatching(),
          highlightActiveLine(),
          highlightSelectionMatches(),
          indentUnit.of("  "),
          yaml(),
          syntaxHighlighting(highlight),
          lintGutter(),
          keymap.of([
            { key: "Mod-Enter", run: applyAndStay },
            { key: "Escape", run: leave },
            ...defaultKeymap,
            ...historyKeymap,
            ...searchKeymap,
            indentWithTab,
          ]),
          EditorView.contentAttributes.of({ "aria-label": text.editor }),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) edited(update.state.doc.toString());
          }),
          EditorView.domEventHandlers({ paste: refuseFlood }),
          look,
        ],
      }),
    });
    view.current = made;
    return () => made.destroy();
  }, []);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new text comes with a new count.
  useEffect(() => {
    const editor = view.current;
    const { manifest } = useEditor.getState();
    if (!editor || editor.state.doc.toString() === manifest) return;
    editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: manifest } });
  }, [replaced]);

  // What was refused is marked in the line that the answer names.
  useEffect(() => {
    const editor = view.current;
    if (!editor) return;
    const { doc } = editor.state;
    const diagnostics: Diagnostic[] =
      answer && !answer.ok
        ? linesOf(answer.output).flatMap(({ line, message }) => {
            if (line < 1 || line > doc.lines) return [];
            const { from, to } = doc.line(line);
            return [{ from, to, severity: "error" as const, message }];
          })
        : [];
    editor.dispatch(setDiagnostics(editor.state, diagnostics));
    const first = diagnostics[0];
    if (first) editor.dispatch({ effects: EditorView.scrollIntoView(first.from, { y: "center" }) });
  }, [answer]);

  return <div ref={host} className="h-full" style={{ fontSize: fontPx }} />;
}
