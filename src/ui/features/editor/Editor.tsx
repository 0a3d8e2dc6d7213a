import { BookOpenText, Check, CircleAlert, LoaderCircle, Send } from "lucide-react";
import { lazy, Suspense, useEffect, useRef } from "react";
import { Button } from "../../shared/controls/Button.tsx";
import { MenuButton } from "../../shared/controls/MenuButton.tsx";
import type { MenuEntry } from "../../shared/controls/menu-entries.ts";
import { useArrangement } from "../../shared/preferences.ts";
import { useEditing, useEditorRequest } from "../../shared/requests.ts";
import { examples } from "./examples.ts";
import { apply, beginEditing, endEditing, finishEditing, replace, useEditor } from "./store.ts";
import { text } from "./text.ts";

const CodeEditor = lazy(() => import("./CodeEditor.tsx"));

/** Manifests: write or paste one, press Apply, and watch what it causes. */
export default function Editor() {
  const { applying, answer } = useEditor();
  const request = useEditorRequest();
  const handled = useRef(0);
  const fontPx = useArrangement((state) => state.consoleFontPx);
  const asked = useEditing((state) => state.asked);
  useEffect(() => {
    if (asked) beginEditing(asked);
    else endEditing();
  }, [asked]);
  useEffect(() => {
    if (request.count === handled.current) return;
    handled.current = request.count;
    const example = examples.find(({ id }) => id === request.example);
    if (example) replace(example.manifest);
  }, [request]);
  return (
    <div className="flex h-full max-sm:flex-col">
      <div className="min-h-0 min-w-0 flex-1">
        <Suspense fallback={<p className="p-3 text-muted">{text.loading}</p>}>
          <CodeEditor fontPx={fontPx} />
        </Suspense>
      </div>
      <div className="flex w-80 shrink-0 flex-col gap-2 border-l border-line p-2 max-sm:w-full">
        {asked ? (
          <div className="flex flex-col gap-2" data-testid="editing">
            <p className="text-small text-muted">{text.waiting(asked.path)}</p>
            <div className="flex gap-2">
              <Button
                tone="accent"
                icon={Check}
                title={text.saveTitle}
                onClick={() => finishEditing(true)}
                className="flex-1"
              >
                {text.save}
              </Button>
              <Button onClick={() => finishEditing(false)}>{text.leave}</Button>
            </div>
          </div>
        ) : (
          <div className="flex gap-2">
            <Button
              tone="accent"
              icon={applying ? LoaderCircle : Send}
              title={text.applyTitle}
              disabled={applying}
              onClick={() => void apply()}
              className="flex-1"
            >
              {applying ? text.applying : text.apply}
            </Button>
            <MenuButton icon={BookOpenText} label={text.examples} entries={exampleEntries} />
          </div>
        )}
        <div role="status" aria-label={text.applied} className="min-h-0 flex-1 overflow-auto">
          {answer && (
            <div className="flex items-start gap-2" data-testid="apply-answer">
              {answer.ok ? (
                <Check size={16} aria-hidden="true" className="mt-0.5 shrink-0 text-good" />
              ) : (
                <CircleAlert size={16} aria-hidden="true" className="mt-0.5 shrink-0 text-bad" />
              )}
              <pre className="min-w-0 font-mono text-small break-words whitespace-pre-wrap">{answer.output}</pre>
            </div>
          )}
        </div>
      </div>
    </div>
  );
}

function exampleEntries(): readonly MenuEntry[] {
  return examples.map(({ id, label, hint, manifest }) => ({
    type: "item",
    id,
    label,
    hint,
    run: () => replace(manifest),
  }));
}
