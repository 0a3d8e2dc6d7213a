import { ArrowRight, Check, Circle, X } from "lucide-react";
import type { Section } from "../../../../protocol/views.ts";
import { text } from "../text.ts";

const looks = {
  passed: { icon: Check, tone: "text-good border-good" },
  refused: { icon: X, tone: "text-bad border-bad" },
  here: { icon: ArrowRight, tone: "text-accent-ink bg-accent border-accent" },
  ahead: { icon: Circle, tone: "text-muted border-line" },
};

/** The API server's request chain, with the request in it. */
export function PipelineSection({ section }: { readonly section: Extract<Section, { readonly type: "pipeline" }> }) {
  return (
    <ol>
      {section.stages.map((stage, index) => {
        const { icon: Icon, tone } = looks[stage.state];
        const last = index === section.stages.length - 1;
        return (
          <li
            key={stage.name}
            className="relative flex gap-2.5 pb-2"
            aria-current={stage.state === "here" ? "step" : undefined}
          >
            {!last && <span aria-hidden="true" className="absolute top-5 bottom-0 left-[9px] w-px bg-line-strong" />}
            <span
              className={`z-[1] flex size-5 shrink-0 items-center justify-center rounded-full border-[1.5px] ${tone} ${stage.state === "here" ? "" : "bg-surface"}`}
            >
              <Icon size={12} strokeWidth={3} aria-hidden="true" />
            </span>
            <span className="min-w-0">
              <span className={stage.state === "here" || stage.state === "refused" ? "font-semibold" : ""}>
                {stage.name}
              </span>{" "}
              <span className={stage.state === "refused" ? "font-semibold text-bad" : "text-small text-muted"}>
                {text.pipeline[stage.state]}
              </span>
              {stage.detail && <span className="block text-small break-words text-muted">{stage.detail}</span>}
            </span>
          </li>
        );
      })}
    </ol>
  );
}
