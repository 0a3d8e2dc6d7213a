import { create } from "zustand";
import { cluster } from "../../shared/cluster.ts";
import { describeError, theConnection } from "../../shared/session.ts";
import { append, type Buffer, emptyBuffer, emptyWith, type Kind } from "./buffer.ts";
import { text } from "./text.ts";

interface TerminalState {
  readonly buffer: Buffer;
  readonly prompt: string;
  readonly history: readonly string[];
  /** The command that runs now, since when in virtual and in real time. */
  readonly running: { readonly line: string; readonly sinceUs: number; readonly sinceMs: number } | null;
  readonly queue: readonly string[];
}

const firstPrompt = "$ ";
const mostHistory = 500;
const stopWithinMs = 3000;
const historyKey = "kubarium.history";

export const useTerminal = create<TerminalState>()(() => ({
  buffer: append(emptyBuffer, "out", text.welcome),
  prompt: firstPrompt,
  history: loadHistory(),
  running: null,
  queue: [],
}));

let waiting: { kind: Kind; text: string }[] = [];
let flushing = false;

/** Output is drawn once per frame, however fast it comes. */
export function print(kind: Kind, output: string): void {
  const last = waiting.at(-1);
  if (last?.kind === kind) last.text += output;
  else waiting.push({ kind, text: output });
  if (flushing) return;
  flushing = true;
  requestAnimationFrame(flush);
}

export function flush(): void {
  flushing = false;
  const pieces = waiting;
  waiting = [];
  useTerminal.setState(({ buffer }) => ({
    buffer: pieces.reduce((made, piece) => append(made, piece.kind, piece.text), buffer),
  }));
}

export function clear(): void {
  flush();
  useTerminal.setState(({ buffer }) => ({ buffer: emptyWith(buffer) }));
}

/** Runs lines one after the other. */
export function runLines(lines: readonly string[], columns: number): void {
  const idle = useTerminal.getState().running === null && useTerminal.getState().queue.length === 0;
  useTerminal.setState(({ queue }) => ({ queue: [...queue, ...lines] }));
  if (idle) void work(columns);
}

async function work(columns: number): Promise<void> {
  for (;;) {
    const [line, ...queue] = useTerminal.getState().queue;
    if (line === undefined) return;
    remember(line);
    print("input", `${useTerminal.getState().prompt}${line}\n`);
    if (line.trim() === "clear") {
      useTerminal.setState({ queue });
      clear();
      continue;
    }
    useTerminal.setState({
      queue,
      running: { line, sinceUs: cluster().time.nowUs, sinceMs: performance.now() },
    });
    try {
      const shell = await theConnection().shell();
      if (line.trim() !== "") await shell.run(line, columns, print);
      useTerminal.setState({ prompt: asPrompt(await shell.prompt()) });
    } catch (error) {
      if (useTerminal.getState().running !== null) print("err", text.failed(describeError(error)));
    }
    useTerminal.setState({ running: null });
  }
}

function asPrompt(prompt: string): string {
  return /[$#] ?$/.test(prompt) ? (prompt.endsWith(" ") ? prompt : `${prompt} `) : `${prompt} $ `;
}

/** Ctrl-C. A shell that does not obey is killed and started anew. */
export async function interrupt(): Promise<void> {
  const { running } = useTerminal.getState();
  print("input", "^C\n");
  useTerminal.setState({ queue: [] });
  if (!running) return;
  const timer = setTimeout(() => {
    if (useTerminal.getState().running !== running) return;
    theConnection().killShell();
    useTerminal.setState({ running: null });
    print("err", text.killed);
  }, stopWithinMs);
  try {
    const shell = await theConnection().shell();
    await shell.interrupt();
  } catch {
    // A shell that is gone already runs nothing.
  }
  if (useTerminal.getState().running !== running) clearTimeout(timer);
}

function remember(line: string): void {
  if (line.trim() === "") return;
  useTerminal.setState(({ history }) => ({
    history: [...history.filter((old, index) => index < history.length - 1 || old !== line), line].slice(-mostHistory),
  }));
  try {
    localStorage.setItem(historyKey, JSON.stringify(useTerminal.getState().history.slice(-100)));
  } catch {
    // History is then lost with the tab.
  }
}

function loadHistory(): readonly string[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(historyKey) ?? "[]");
    return Array.isArray(kept) ? kept.filter((line): line is string => typeof line === "string") : [];
  } catch {
    return [];
  }
}
