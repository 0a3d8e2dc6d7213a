import { Check, X } from "lucide-react";
import type { Section } from "../../../../protocol/views.ts";
import { Scroll } from "../../../shared/controls/Scroll.tsx";
import { select } from "../../../shared/session.ts";
import { text } from "../text.ts";

/** A scheduler's decision: which node fell to which plugin and why, every score of the others. */
export function DecisionSection({ section }: { readonly section: Extract<Section, { readonly type: "decision" }> }) {
  return (
    <Scroll className="overflow-x-auto" label={section.title}>
      <p className="font-medium">{text.decisionFor(section.pod)}</p>
      <table className="mt-1 w-full border-collapse text-left text-small">
        <thead>
          <tr className="align-bottom">
            <th scope="col" className="border-b border-line pr-2 pb-1">
              {text.node}
            </th>
            {section.plugins.map((plugin) => (
              <th key={plugin} scope="col" className="border-b border-line pr-2 pb-1 font-medium">
                {plugin}
              </th>
            ))}
            <th scope="col" className="border-b border-line pb-1 text-right">
              {text.total}
            </th>
          </tr>
        </thead>
        <tbody>
          {section.nodes.map((node) => (
            <tr key={node.node} className={`border-b border-line/50 align-top ${node.chosen ? "bg-good-soft" : ""}`}>
              <th scope="row" className="py-0.5 pr-2 font-medium whitespace-nowrap">
                <button
                  type="button"
                  className="hover:text-accent hover:underline"
                  onClick={() => select({ type: "machine", id: node.node })}
                >
                  {node.node}
                </button>
                {node.chosen && (
                  <span className="flex items-center gap-1 font-semibold text-good">
                    <Check size={13} aria-hidden="true" />
                    {text.chosen}
                  </span>
                )}
              </th>
              {node.refusedBy ? (
                <td colSpan={section.plugins.length + 1} className="py-0.5 text-bad">
                  <span className="inline-flex items-center gap-1 font-semibold">
                    <X size={13} aria-hidden="true" />
                    {node.refusedBy}
                  </span>{" "}
                  {node.reason}
                </td>
              ) : (
                <>
                  {section.plugins.map((plugin, index) => (
                    <td key={plugin} className="py-0.5 pr-2 tabular-nums">
                      {node.verdicts[index]}
                    </td>
                  ))}
                  <td className="py-0.5 text-right font-semibold tabular-nums">{node.total}</td>
                </>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}
