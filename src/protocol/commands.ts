import type { BridgeView } from "./bridge.ts";
import type { ViewUpdate } from "./updates.ts";
import type { Selection, ViewName } from "./views.ts";

/** The session's door in its worker, by Comlink. Every call answers within a frame; long work shows in the time view's `busy`. */
export interface SessionCommands {
  /** Starts a new world (or resumes, or opens what was shared) and begins to send updates. */
  open(start: SessionStart): Promise<void>;
  /** `listener` is a Comlink proxy, called at most once per frame. */
  subscribe(listener: (update: ViewUpdate) => void): Promise<void>;
  /** Which views are on screen: only these are computed and sent. `time`, `caption` and `stage` always are. */
  show(views: readonly ViewName[]): Promise<void>;
  select(selection: Selection | null): Promise<void>;

  play(): Promise<void>;
  pause(): Promise<void>;
  setSpeed(virtualSecondsPerSecond: number): Promise<void>;
  setFollowing(following: boolean): Promise<void>;
  /** Follows this trace from now on; null: whatever the person does next. */
  followTrace(trace: number | null): Promise<void>;
  step(what: "message" | "hop" | "change" | "warning"): Promise<void>;
  rewindTo(atUs: number): Promise<void>;
  skipTo(atUs: number): Promise<void>;
  switchBranch(id: string): Promise<void>;
  mark(name: string): Promise<void>;

  /** Answers null, or one sentence why not. */
  breakIt(fault: string, target: string, parameters: Readonly<Record<string, string>>): Promise<string | null>;
  mend(faultId: string): Promise<string | null>;
  mendEverything(): Promise<void>;
  /** One key: takes back the last break. */
  undoBreak(): Promise<string | null>;

  /** The session as text for a file or a link. */
  save(): Promise<string>;
  /** What autosave kept from before an accidental reload; null if nothing. */
  resumable(): Promise<{ readonly topology: string; readonly atUs: number; readonly inputs: number } | null>;
  /**
   * Lets a real kubectl reach this cluster by way of the local server that sent the page. `secret`: what that server put
   * into the page. `listener` is a Comlink proxy.
   */
  connectBridge(secret: string, listener: (view: BridgeView) => void): Promise<void>;
  /** A port for the shell's worker to reach the API, consoles and `lab` through. */
  connectShell(port: MessagePort): Promise<void>;
}

export type SessionStart =
  | { readonly type: "new"; readonly topology: string; readonly seed: number }
  | { readonly type: "resume" }
  | { readonly type: "saved"; readonly text: string };

/** The shell's door in its own worker, which may be killed and started anew. */
export interface ShellCommands {
  connect(port: MessagePort): Promise<void>;
  /** Runs a line; output comes as it is made. One at a time. */
  run(
    line: string,
    columns: number,
    onOutput: (stream: "out" | "err", text: string) => void,
  ): Promise<{ readonly exitCode: number }>;
  /** Ctrl-C. */
  interrupt(): Promise<void>;
  complete(line: string, cursor: number): Promise<{ readonly from: number; readonly candidates: readonly string[] }>;
  /** `~`, `you@laptop`: what the prompt shows. */
  prompt(): Promise<string>;
  /** `kubectl apply -f -` with the editor's text; the answer as the terminal would print it. */
  apply(text: string): Promise<{ readonly exitCode: number; readonly stdout: string; readonly stderr: string }>;
  readFile(path: string): Promise<string | null>;
  writeFile(path: string, text: string): Promise<void>;
  /** Who shows a text to the person (`kubectl edit`) and gives it back as they leave it; null: they stopped the command. */
  onEdit(edit: (path: string, text: string) => Promise<string | null>): Promise<void>;
}
