import type { Section } from "../../../protocol/views.ts";
import type { ApiServerState, Exchange } from "../../../sim/components/kube-apiserver/state.ts";
import type { Process } from "../../../sim/kernel/state.ts";
import type { Session } from "../../session.ts";
import type { Note } from "../../spans.ts";
import { noteText } from "../../trace-tree.ts";

const STAGES = ["authentication", "authorization", "admission", "validation", "etcd", "response"] as const;
const RECENT = 15;

export function apiServerSections(session: Session, process: Process): readonly Section[] {
  const state = process.state as ApiServerState;
  const sections: Section[] = [];
  const inside = [...state.exchanges.values()].find(
    (exchange) => exchange.replyTo.via === "request" || exchange.replyTo.via === "stream",
  );
  const pipeline = pipelineOf(session, process.name, inside);
  if (pipeline !== null) sections.push(pipeline);
  sections.push({
    type: "facts",
    title: "API server",
    facts: [
      { name: "State", value: state.phase, tone: state.phase === "serving" ? "good" : "warning" },
      { name: "Requests in it", value: String(state.exchanges.size) },
      {
        name: "Watches served",
        value: String([...state.streams.values()].filter((stream) => stream.use === "watch").length),
      },
      {
        name: "etcd",
        value: state.etcdHealth.error === "" ? "answers" : state.etcdHealth.error,
        tone: state.etcdHealth.error === "" ? "good" : "bad",
      },
    ],
  });
  sections.push({
    type: "table",
    title: "Last requests",
    columns: ["Verb", "Path", "Who", "Code", "Took"],
    rows: state.recent.slice(0, RECENT).map((request) => ({
      cells: [
        request.verb,
        request.path,
        request.user,
        String(request.code),
        `${(request.durationUs / 1000).toFixed(1)} ms`,
      ],
      tone: request.code >= 500 ? ("bad" as const) : request.code >= 400 ? ("warning" as const) : ("good" as const),
    })),
    note: state.recent.length === 0 ? "None yet." : "",
  });
  return sections;
}

/** The request that is in it, or else the last one that a person sent through it. */
function pipelineOf(session: Session, server: string, inside: Exchange | undefined): Section | null {
  const trace = inside === undefined ? lastTraceThrough(session, server) : inside.trace.trace;
  if (trace === null) return null;
  const spans = session.spans.traceOf(trace)?.spans.filter((span) => span.process === server) ?? [];
  const notes = spans.flatMap((span) => span.notes);
  if (notes.length === 0) return null;
  const request = spans.find((span) => span.type === "request" || span.type === "streamOpened");
  return { type: "pipeline", title: request?.label ?? "Request", stages: stagesOf(notes, inside !== undefined) };
}

function lastTraceThrough(session: Session, server: string): number | null {
  for (const trace of [...session.spans.inputTraces.values()].reverse()) {
    if (trace.spans.some((span) => span.process === server && span.notes.length > 0)) return trace.id;
  }
  return null;
}

export function stagesOf(
  notes: readonly Note[],
  underWay: boolean,
): Extract<Section, { readonly type: "pipeline" }>["stages"] {
  const refused = notes.find(isRefusal);
  const seen = new Set(notes.map((note) => note.stage));
  const reached = STAGES.findLastIndex((stage) => seen.has(stage));
  return STAGES.map((stage, index) => {
    const own = notes.filter((note) => note.stage === stage);
    const isRefused = refused !== undefined && own.includes(refused);
    const state = isRefused
      ? "refused"
      : own.length > 0
        ? underWay && index === reached
          ? "here"
          : "passed"
        : index < reached
          ? "passed"
          : "ahead";
    return { name: stage, state, detail: own.map(noteText).join("; ") };
  });
}

function isRefusal(note: Note): boolean {
  const detail = note.detail as {
    readonly verdict?: string;
    readonly decision?: string;
    readonly errors?: number;
  } | null;
  return (
    detail?.verdict === "refused" ||
    detail?.decision === "deny" ||
    detail?.decision === "denied" ||
    (note.stage === "validation" && (detail?.errors ?? 0) > 0)
  );
}
