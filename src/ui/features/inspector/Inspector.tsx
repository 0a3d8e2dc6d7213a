import { ChevronRight, X } from "lucide-react";
import { useState } from "react";
import type { InspectorView } from "../../../protocol/views.ts";
import { useCluster } from "../../shared/cluster.ts";
import { IconButton } from "../../shared/controls/Button.tsx";
import { Scroll } from "../../shared/controls/Scroll.tsx";
import { ToneSign } from "../../shared/controls/ToneSign.tsx";
import { formatClock, formatDuration } from "../../shared/format-time.ts";
import { keyed } from "../../shared/keyed.ts";
import { readable } from "../../shared/readable.ts";
import { sameSelection, select, useSelection } from "../../shared/session.ts";
import { goTo } from "../../shared/time-actions.ts";
import { toneText } from "../../shared/tones.ts";
import { Actions } from "./Actions.tsx";
import { Overview } from "./Overview.tsx";
import { SectionView } from "./sections/SectionView.tsx";
import { text } from "./text.ts";

/** Four answers about whatever is selected: what is it, what state is it in, why, what can I do. */
export default function Inspector() {
  const selection = useSelection((state) => state.selection);
  const view = useCluster((state) => state.inspector);
  if (!selection) return <Overview />;
  if (!view || !sameSelection(view.selection, selection)) {
    return (
      <div className="p-3 text-muted">
        <p>{text.loading}</p>
      </div>
    );
  }
  return <Inspected view={view} />;
}

function Inspected({ view }: { readonly view: InspectorView }) {
  const second = useCluster(({ time }) => Math.floor(time.nowUs / 1_000_000));
  return (
    <article aria-label={view.title} className="flex h-full flex-col" data-testid="inspected">
      <header className="flex items-start gap-2 border-b border-line px-3 py-2">
        <div className="min-w-0 flex-1">
          <h2 className="text-title leading-tight font-semibold break-words">{readable(view.title)}</h2>
          <p className={`mt-0.5 flex items-center gap-1.5 font-semibold ${toneText[view.tone]}`}>
            <ToneSign tone={view.tone} />
            <span data-testid="inspected-state">{view.state}</span>
            <span className="font-normal text-muted">
              {second * 1_000_000 - view.sinceUs >= 1_000_000 &&
                text.since(formatDuration(second * 1_000_000 - view.sinceUs))}
            </span>
          </p>
        </div>
        <IconButton small icon={X} label={text.back} onClick={() => select(null)} />
      </header>
      <Scroll className="min-h-0 flex-1 overflow-y-auto overflow-x-hidden px-3 pb-4" label={view.title}>
        <What view={view} />
        {view.why.length > 0 && (
          <section className="mt-3">
            <h3 className="text-small font-semibold text-muted">{text.why}</h3>
            <ol className="mt-1 border-l-2 border-accent/40">
              {keyed(view.why, ({ atUs, text }) => `${atUs} ${text}`).map(({ key, item: step }) => (
                <li key={key} className="py-0.5 pl-2.5">
                  <button
                    type="button"
                    title={text.whyGoTo(formatClock(step.atUs))}
                    onClick={() => goTo(step.atUs)}
                    className="mr-1.5 font-mono text-small text-muted hover:text-accent hover:underline"
                  >
                    {formatClock(step.atUs)}
                  </button>
                  {step.selection ? (
                    <button
                      type="button"
                      onClick={() => select(step.selection)}
                      className="text-left text-accent [overflow-wrap:anywhere] hover:underline"
                    >
                      {readable(step.text)}
                    </button>
                  ) : (
                    readable(step.text)
                  )}
                </li>
              ))}
            </ol>
          </section>
        )}
        {keyed(view.sections, ({ type, title }) => `${type} ${title}`).map(({ key, item }) => (
          <SectionView key={key} section={item} />
        ))}
        <Actions view={view} />
      </Scroll>
    </article>
  );
}

function What({ view }: { readonly view: InspectorView }) {
  const [more, setMore] = useState(false);
  return (
    <div className="mt-2">
      <p>{view.what}</p>
      {view.more && (
        <>
          <button
            type="button"
            aria-expanded={more}
            onClick={() => setMore(!more)}
            className="mt-0.5 inline-flex items-center text-small font-medium text-accent hover:underline"
          >
            <ChevronRight size={14} aria-hidden="true" className={more ? "rotate-90" : ""} />
            {text.more}
          </button>
          {more && <p className="text-muted">{view.more}</p>}
        </>
      )}
    </div>
  );
}
