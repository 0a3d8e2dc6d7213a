import type { Context, StreamId } from "../../kernel/types.ts";

const CRI_SOCKET = "unix:/run/containerd/containerd.sock";

/** The way out for a process that was started by exec: `ExecFrame`s to the runtime, which hands them on. */
export function openExecOutput(context: Context, exec: { readonly id: string }): StreamId {
  return context.openStream({ to: CRI_SOCKET, body: { stream: "execIo", execId: exec.id }, label: "exec output" });
}
