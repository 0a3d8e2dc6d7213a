import type { InspectorView, Selection, StageView } from "../../../protocol/views.ts";
import type { Records } from "../../records.ts";
import type { Session } from "../../session.ts";
import { inputLabel } from "../../trace-tree.ts";
import { inspectComponent } from "./component.ts";
import { inspectLink } from "./link.ts";
import { inspectMachine } from "./machine.ts";
import { inspectMessage } from "./message.ts";
import { inspectObject } from "./object.ts";

/** What there is to say about what a person selected; null when it is no longer there. */
export function inspect(
  session: Session,
  records: Records,
  stage: StageView,
  selection: Selection,
): InspectorView | null {
  switch (selection.type) {
    case "component":
      return inspectComponent(session, records, selection.id);
    case "machine":
      return inspectMachine(session, records, selection.id);
    case "link":
      return inspectLink(session, stage.links, selection.id);
    case "message":
      return inspectMessage(session, selection.id);
    case "object":
      return inspectObject(session, records, selection);
    case "trace":
      return inspectTrace(session, selection.id);
  }
}

function inspectTrace(session: Session, id: number): InspectorView | null {
  const trace = session.spans.traceOf(id);
  if (trace === undefined) return null;
  const components = new Set(trace.spans.map((span) => span.process));
  return {
    selection: { type: "trace", id },
    title: trace.input === null ? "A timer's doing" : inputLabel(trace.input),
    what: "Everything that one action caused, wherever it went.",
    more: "",
    state: `${trace.spans.length} steps so far`,
    tone: "good",
    sinceUs: trace.atUs,
    why: [],
    sections: [
      {
        type: "facts",
        title: "Went through",
        facts: [...components].map((name) => ({
          name,
          value: `${trace.spans.filter((span) => span.process === name).length} steps`,
        })),
      },
    ],
    actions: [],
    faults: [],
    commands: [`lab trace ${id}`, `lab trace ${id} --as mermaid`],
  };
}
