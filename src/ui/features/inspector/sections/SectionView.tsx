import type { ReactNode } from "react";
import type { Section, TreeNode } from "../../../../protocol/views.ts";
import { Scroll } from "../../../shared/controls/Scroll.tsx";
import { formatClock } from "../../../shared/format-time.ts";
import { keyed } from "../../../shared/keyed.ts";
import { select } from "../../../shared/session.ts";
import { toneText } from "../../../shared/tones.ts";
import { CodeSection } from "./CodeSection.tsx";
import { DecisionSection } from "./DecisionSection.tsx";
import { EnvelopeSection } from "./EnvelopeSection.tsx";
import { PipelineSection } from "./PipelineSection.tsx";
import { RaftSection } from "./RaftSection.tsx";

type Of<T extends Section["type"]> = Extract<Section, { readonly type: T }>;

/** One section of an inspected thing, whichever kind it is. */
export function SectionView({ section }: { readonly section: Section }) {
  return (
    <section className="mt-4">
      <h3 className="text-small font-semibold text-muted">{section.title}</h3>
      <div className="mt-1">{bodyOf(section)}</div>
    </section>
  );
}

function bodyOf(section: Section): ReactNode {
  switch (section.type) {
    case "facts":
      return <Facts section={section} />;
    case "table":
      return <Table section={section} />;
    case "log":
      return <Log section={section} />;
    case "code":
      return <CodeSection section={section} />;
    case "tree":
      return <Tree nodes={section.nodes} />;
    case "pipeline":
      return <PipelineSection section={section} />;
    case "raft":
      return <RaftSection section={section} />;
    case "decision":
      return <DecisionSection section={section} />;
    case "envelope":
      return <EnvelopeSection section={section} />;
  }
}

function Facts({ section }: { readonly section: Of<"facts"> }) {
  return (
    <dl className="grid grid-cols-[minmax(5rem,auto)_1fr] gap-x-3 gap-y-0.5">
      {keyed(section.facts, ({ name }) => name).map(({ key, item: fact }) => (
        <div key={key} className="contents">
          <dt className="text-muted">{fact.name}</dt>
          <dd className={`min-w-0 break-words ${fact.tone ? `font-medium ${toneText[fact.tone]}` : ""}`}>
            {fact.value}
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** A last cell longer than this gets a line of its own below its row: beside the others it would be a thin column. */
const longCell = 48;

function Table({ section }: { readonly section: Of<"table"> }) {
  const { columns } = section;
  const spills =
    columns.length > 2 && section.rows.some(({ cells }) => (cells[columns.length - 1] ?? "").length > longCell);
  const beside = spills ? columns.slice(0, -1) : columns;
  return (
    <Scroll className="overflow-x-auto" label={section.title}>
      <table className="w-full border-collapse text-left text-small">
        <thead>
          <tr>
            {beside.map((column) => (
              <th key={column} scope="col" className="border-b border-line py-0.5 pr-3 font-semibold">
                {column}
              </th>
            ))}
          </tr>
        </thead>
        {keyed(section.rows, ({ cells }) => cells[0] ?? "").map(({ key, item: row }) => (
          <tbody key={key} className={`border-b border-line/50 ${row.tone ? toneText[row.tone] : ""}`}>
            <tr className="align-top">
              {row.cells.slice(0, beside.length).map((cell, column) => (
                <td key={`${columns[column]} ${cell}`} className="py-0.5 pr-3">
                  {column === 0 && row.selection ? (
                    <button
                      type="button"
                      className="text-left text-accent hover:underline"
                      onClick={() => select(row.selection ?? null)}
                    >
                      {cell}
                    </button>
                  ) : (
                    cell
                  )}
                </td>
              ))}
            </tr>
            {spills && row.cells[beside.length] && (
              <tr>
                <td colSpan={beside.length} className="pr-3 pb-1 wrap-anywhere">
                  {row.cells[beside.length]}
                </td>
              </tr>
            )}
          </tbody>
        ))}
      </table>
      {section.note && <p className="mt-1 text-small text-muted">{section.note}</p>}
    </Scroll>
  );
}

function Log({ section }: { readonly section: Of<"log"> }) {
  return (
    <Scroll
      className="max-h-60 overflow-auto rounded-md bg-terminal p-2 font-mono text-small text-terminal-ink"
      label={section.title}
    >
      <ol>
        {keyed(section.lines, ({ atUs, text }) => `${atUs} ${text}`).map(({ key, item: line }) => (
          <li key={key} className="break-words">
            <span className="text-terminal-muted">{formatClock(line.atUs).slice(3)}</span> {line.text}
          </li>
        ))}
      </ol>
    </Scroll>
  );
}

function Tree({ nodes }: { readonly nodes: readonly TreeNode[] }) {
  return (
    <ul className="space-y-0.5">
      {keyed(nodes, ({ label }) => label).map(({ key, item: node }) => (
        <li key={key}>
          {node.selection ? (
            <button
              type="button"
              className="text-accent hover:underline"
              onClick={() => select(node.selection ?? null)}
            >
              {node.label}
            </button>
          ) : (
            <span className="font-medium">{node.label}</span>
          )}{" "}
          <span className="text-muted">{node.detail}</span>
          {node.children.length > 0 && (
            <div className="ml-1.5 border-l border-line pl-2.5">
              <Tree nodes={node.children} />
            </div>
          )}
        </li>
      ))}
    </ul>
  );
}
