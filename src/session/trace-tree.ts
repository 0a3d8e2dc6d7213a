import type { TraceRow } from "../protocol/views.ts";
import type { SessionInput } from "./inputs.ts";
import type { Note, Span, Trace } from "./spans.ts";

/** Everything that an input caused, as an indented tree in the order of time. */
export function traceRows(trace: Trace, limit = Number.MAX_SAFE_INTEGER): TraceRow[] {
  const known = new Set(trace.spans.map((span) => span.span));
  const children = new Map<number, Span[]>();
  const roots: Span[] = [];
  for (const span of trace.spans) {
    if (!known.has(span.cause)) roots.push(span);
    else {
      const siblings = children.get(span.cause);
      if (siblings === undefined) children.set(span.cause, [span]);
      else siblings.push(span);
    }
  }
  const rows: TraceRow[] = [];
  const stack = roots.reverse().map((span) => ({ span, depth: 0 }));
  while (stack.length > 0 && rows.length < limit) {
    const { span, depth } = stack.pop() as { span: Span; depth: number };
    rows.push(rowOf(span, depth));
    const below = children.get(span.span) ?? [];
    for (let index = below.length - 1; index >= 0; index -= 1)
      stack.push({ span: below[index] as Span, depth: Math.min(depth + 1, 40) });
  }
  return rows;
}

function rowOf(span: Span, depth: number): TraceRow {
  const decisions = span.notes.map((note) => ({ stage: note.stage, text: noteText(note) }));
  const refused = span.notes.some((note) => isRefusal(note));
  return {
    span: span.span,
    depth,
    atUs: span.atUs,
    component: span.process,
    text: spanText(span),
    decisions,
    tone: toneOf(span, refused),
  };
}

function toneOf(span: Span, refused: boolean): TraceRow["tone"] {
  if (span.type === "requestFailed" || refused) return "bad";
  const code = codeOf(span.message);
  if (code !== null && code >= 400) return code >= 500 ? "bad" : "warning";
  return span.type === "request" ? "busy" : "good";
}

function codeOf(message: unknown): number | null {
  const body = (message as { readonly body?: { readonly code?: unknown; readonly status?: unknown } } | null)?.body;
  const code = typeof body?.code === "number" ? body.code : body?.status;
  return typeof code === "number" ? code : null;
}

function isRefusal(note: Note): boolean {
  const detail = note.detail as { readonly decision?: unknown; readonly allowed?: unknown } | null;
  return detail?.decision === "deny" || detail?.allowed === false;
}

/** What a process did, in a few words. */
export function spanText(span: Span): string {
  const code = codeOf(span.message);
  switch (span.type) {
    case "request":
      return span.label === "" ? `asked by ${span.from}` : span.label;
    case "response":
      return `answer${code === null ? "" : ` ${code}`}${span.label === "" ? "" : ` to ${span.label}`}`;
    case "requestFailed":
      return `failed: ${(span.message as { readonly error: { readonly text: string } }).error.text}`;
    case "streamOpened":
      return span.label === "" ? `stream from ${span.from}` : span.label;
    case "streamFrame":
      return frameText(span);
    case "streamClosed":
      return "stream closed";
    case "datagram":
      return span.label === "" ? `message from ${span.from}` : span.label;
    case "diskSynced":
      return "disk: fsync done";
    case "childExited":
      return `${(span.message as { readonly process: string }).process} ended`;
    case "input":
      return span.label === "" ? "a person's input" : span.label;
    case "start":
      return "starts";
    default:
      return span.type;
  }
}

function frameText(span: Span): string {
  const { frame } = span.message as {
    readonly frame: {
      readonly type?: string;
      readonly object?: { readonly kind?: string; readonly metadata?: { readonly name?: string } };
    } | null;
  };
  if (frame?.object !== undefined)
    return `watch: ${frame.type} ${frame.object.kind ?? ""} ${frame.object.metadata?.name ?? ""}`;
  return span.label === "" ? `frame from ${span.from}` : span.label;
}

export function noteText(note: Note): string {
  const { detail } = note;
  if (detail === null || detail === undefined) return "";
  if (typeof detail !== "object") return String(detail);
  return Object.entries(detail as Record<string, unknown>)
    .filter(([, value]) => value !== undefined && value !== "" && typeof value !== "function")
    .map(([key, value]) => `${key}: ${brief(value)}`)
    .join(", ");
}

function brief(value: unknown): string {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length > 160 ? `${text.slice(0, 157)}...` : text;
}

/** `kubectl: POST deployments web`, for lists of traces. */
export function inputLabel(input: SessionInput): string {
  switch (input.type) {
    case "console":
      if (input.command !== undefined) return input.command;
      return "label" in input.input && input.input.label !== ""
        ? input.input.label
        : `${input.input.type} on ${input.machine}`;
    case "break":
      return `${input.fault} ${input.target}`;
    case "heal":
      return `heal ${input.id}`;
    case "healEverything":
      return "heal everything";
  }
}

/** A Mermaid sequence diagram of who asked whom. */
export function traceMermaid(trace: Trace): string {
  const participants = new Set<string>();
  const lines: string[] = [];
  for (const span of trace.spans) {
    if (span.from === "" || span.type === "diskSynced") continue;
    participants.add(span.from);
    participants.add(span.process);
    const arrow = span.type === "response" || span.type === "streamFrame" ? "-->>" : "->>";
    lines.push(
      `    ${alias(span.from)}${arrow}${alias(span.process)}: ${spanText(span)
        .replaceAll(/[;#\n]/g, " ")
        .slice(0, 100)}`,
    );
  }
  const heads = [...participants].map((name) => `    participant ${alias(name)} as ${name}`);
  return `${["sequenceDiagram", ...heads, ...lines].join("\n")}\n`;
}

function alias(name: string): string {
  return name.replaceAll(/[^A-Za-z0-9]/g, "_");
}
