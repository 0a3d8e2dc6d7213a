import type { CauseStep, Selection } from "../../../protocol/views.ts";
import { faultByName } from "../../../sim/faults/faults.ts";
import type { ComponentStatus } from "../../component-status.ts";
import type { Session } from "../../session.ts";
import type { Span } from "../../spans.ts";
import { inputLabel, spanText } from "../../trace-tree.ts";

const STEPS_MAX = 12;

/** Why a component is as it is: the fault on it or on its machine, and what happened to its process. */
export function whyComponent(session: Session, status: ComponentStatus): CauseStep[] {
  const steps: CauseStep[] = [];
  for (const record of session.world.state.faults.values()) {
    if (record.target !== status.id && record.target !== status.machine) continue;
    steps.push({
      text: `You broke it: ${faultByName(record.fault)?.label.toLowerCase() ?? record.fault} ${record.target}.`,
      atUs: record.sinceUs,
      selection: null,
    });
  }
  const changes = session.spans.changes
    .filter((change) => change.name === status.id || change.name === status.machine)
    .slice(-4);
  for (const change of changes)
    steps.push({ text: `${change.name} ${change.what.replace("-", " ")}.`, atUs: change.atUs, selection: null });
  return steps;
}

/** From what a person did down to one span: each step what caused the next. */
export function causalChain(session: Session, trace: number, span: number): CauseStep[] {
  const found = session.spans.traceOf(trace);
  if (found === undefined) return [];
  const bySpan = new Map(found.spans.map((each) => [each.span, each]));
  const chain: Span[] = [];
  for (let at = bySpan.get(span); at !== undefined && chain.length < 200; at = bySpan.get(at.cause)) chain.push(at);
  chain.reverse();
  const steps: CauseStep[] = [];
  if (found.input !== null)
    steps.push({ text: `You: ${inputLabel(found.input)}`, atUs: found.atUs, selection: { type: "trace", id: trace } });
  // A span repeats its process until the message moves on: one step per hop says enough.
  const hops = chain.filter((each, index) => index === chain.length - 1 || each.process !== chain[index + 1]?.process);
  for (const hop of hops.slice(-STEPS_MAX))
    steps.push({
      text: `${hop.process}: ${spanText(hop)}`,
      atUs: hop.atUs,
      selection: componentSelection(hop.process),
    });
  return steps;
}

function componentSelection(process: string): Selection {
  return { type: "component", id: process };
}
