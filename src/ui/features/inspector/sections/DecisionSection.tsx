import { Check, X } from "lucide-react";
import type { DecisionNodeView, PreemptionView, Section } from "../../../../protocol/views.ts";
import { Scroll } from "../../../shared/controls/Scroll.tsx";
import { select } from "../../../shared/session.ts";
import { text } from "../text.ts";

type Decision = Extract<Section, { readonly type: "decision" }>;

/** A scheduler's decision: which node fell to which plugin and why, every score of the others, and who would have to go. */
export function DecisionSection({ section }: { readonly section: Decision }) {
  return (
    <details open={section.open} className="rounded-md border border-line bg-surface">
      <summary className="px-2 py-1 [overflow-wrap:anywhere]">{section.outcome}</summary>
      {section.nodes.length > 0 && <DecisionTable section={section} />}
      {section.rest !== "" && <p className="px-2 py-1 text-small text-muted">{section.rest}</p>}
      {section.preemption !== null && <Preemption view={section.preemption} pod={section.pod} />}
    </details>
  );
}

const head = "sticky top-0 z-[1] border-b border-line bg-raised px-2 py-1 align-bottom font-medium";

/** In a panel of its own: the nodes' names and the plugins' stay in sight while it scrolls. */
function DecisionTable({ section }: { readonly section: Decision }) {
  const { plugins } = section;
  return (
    <Scroll className="max-h-80 overflow-auto border-t border-line" label={text.decisionTable(section.pod)}>
      <table className="w-full border-separate border-spacing-0 text-left text-small">
        <thead>
          <tr>
            <th scope="col" className={`${head} left-0 z-[2]`}>
              {text.node}
            </th>
            {plugins.length > 0 && (
              <th scope="col" className={`${head} text-right`}>
                {text.sum}
              </th>
            )}
            {plugins.map(({ name, weight }) => (
              <th key={name} scope="col" className={`${head} text-right`}>
                <PluginName name={name} />
                <span className="block font-normal whitespace-nowrap text-muted">{text.weighs(weight)}</span>
              </th>
            ))}
            {plugins.length === 0 && <th scope="col" className={head} aria-label={text.why} />}
          </tr>
        </thead>
        <tbody>
          {section.nodes.map((node) => (
            <NodeRow key={node.node} node={node} plugins={plugins} />
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

/** Names of several words break between them. */
function PluginName({ name }: { readonly name: string }) {
  const words = name.split(/(?=[A-Z])/);
  return words.map((word, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: the words of one name do not move.
    <span key={index}>
      {word}
      <wbr />
    </span>
  ));
}

const cell = "border-b border-line/50 px-2 py-0.5";

function NodeRow({ node, plugins }: { readonly node: DecisionNodeView; readonly plugins: Decision["plugins"] }) {
  const isChosen = node.verdict === "chosen";
  const tint = isChosen ? "bg-good-soft" : "bg-surface";
  return (
    <tr className={`align-top ${isChosen ? "bg-good-soft" : ""}`}>
      <th scope="row" className={`${cell} sticky left-0 ${tint} font-medium whitespace-nowrap`}>
        <button
          type="button"
          className="hover:text-accent hover:underline"
          onClick={() => select({ type: "machine", id: node.node })}
        >
          {node.node}
        </button>
        {isChosen && (
          <span className="flex items-center gap-1 font-semibold text-good">
            <Check size={13} aria-hidden="true" />
            {text.chosen}
          </span>
        )}
      </th>
      {node.verdict === "refused" ? (
        <td colSpan={plugins.length + 1} className={`${cell} text-bad`}>
          {/* As wide as the panel, not as the table, so that it can be read without scrolling. */}
          <p className="w-44 [overflow-wrap:anywhere]">
            <X size={13} aria-hidden="true" className="mr-0.5 inline-block align-[-2px]" />
            <span className="font-semibold">{node.refusedBy}</span> {node.reason}
          </p>
        </td>
      ) : (
        <Scores node={node} plugins={plugins} />
      )}
    </tr>
  );
}

function Scores({ node, plugins }: { readonly node: DecisionNodeView; readonly plugins: Decision["plugins"] }) {
  if (node.scores.length === 0) return <td className={cell}>{node.verdict === "chosen" ? "" : text.fits}</td>;
  return (
    <>
      <td className={`${cell} text-right font-semibold tabular-nums`}>{node.sum}</td>
      {plugins.map(({ name, weight }, index) => {
        const score = node.scores[index] ?? 0;
        return (
          <td
            key={name}
            className={`${cell} text-right whitespace-nowrap tabular-nums`}
            title={text.counts(score, weight)}
          >
            {score * weight}
            <span className="block text-muted">
              {score} {text.weighs(weight)}
            </span>
          </td>
        );
      })}
    </>
  );
}

function Preemption({ view, pod }: { readonly view: PreemptionView; readonly pod: string }) {
  return (
    <div className="border-t border-line">
      <h4 className="px-2 pt-1 font-semibold">{text.preemption}</h4>
      <p className="px-2 pb-1 [overflow-wrap:anywhere]">{view.outcome}</p>
      <Scroll className="max-h-60 overflow-auto border-t border-line" label={text.preemptionTable(pod)}>
        <table className="w-full border-separate border-spacing-0 text-left text-small">
          <thead>
            <tr>
              <th scope="col" className={`${head} left-0 z-[2]`}>
                {text.node}
              </th>
              <th scope="col" className={head}>
                {text.victims}
              </th>
              <th scope="col" className={`${head} text-right`}>
                {text.highestPriority}
              </th>
              <th scope="col" className={`${head} text-right`}>
                {text.pdbViolations}
              </th>
            </tr>
          </thead>
          <tbody>
            {view.candidates.map((candidate) => (
              <Candidate key={candidate.node} candidate={candidate} />
            ))}
            {view.refused.map(({ node, reason }) => (
              <tr key={node} className="align-top">
                <th scope="row" className={`${cell} sticky left-0 bg-surface font-medium whitespace-nowrap`}>
                  {node}
                </th>
                <td colSpan={3} className={`${cell} text-muted`}>
                  {reason}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
    </div>
  );
}

function Candidate({ candidate }: { readonly candidate: PreemptionView["candidates"][number] }) {
  const tint = candidate.isPicked ? "bg-good-soft" : "bg-surface";
  return (
    <tr className={`align-top ${candidate.isPicked ? "bg-good-soft" : ""}`}>
      <th scope="row" className={`${cell} sticky left-0 ${tint} font-medium whitespace-nowrap`}>
        {candidate.node}
        {candidate.isPicked && (
          <span className="flex items-center gap-1 font-semibold text-good">
            <Check size={13} aria-hidden="true" />
            {text.nominated}
          </span>
        )}
      </th>
      <td className={cell}>
        {candidate.victims.map((victim) => (
          <span key={victim} className="block whitespace-nowrap">
            {victim}
          </span>
        ))}
      </td>
      <td className={`${cell} text-right tabular-nums`}>{candidate.highestPriority}</td>
      <td className={`${cell} text-right tabular-nums`}>{candidate.pdbViolations}</td>
    </tr>
  );
}
