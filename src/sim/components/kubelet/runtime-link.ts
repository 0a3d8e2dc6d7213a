import type { Context } from "../../kernel/types.ts";
import type { CriRequest, CriStream } from "../container-runtime/messages.ts";
import type { KubeletState } from "./state.ts";

const CRI_SOCKET = "unix:/run/containerd/containerd.sock";
/** Runtime requests time out after 2 min, pulls and stops as long as they take. */
const TIMEOUT_US = 120_000_000;
const PULL_TIMEOUT_US = 3_600_000_000;
const RECENT_CALLS = 20;

/** What comes back with the runtime's answers. `flow`: the sync that asked. */
export type RuntimeTag =
  | {
      readonly runtime: "sandbox" | "image" | "pull" | "create" | "start" | "hook";
      readonly uid: string;
      readonly flow: number;
    }
  | { readonly runtime: "preStop" | "stop"; readonly uid: string; readonly containerId: string }
  | { readonly runtime: "stopSandbox"; readonly uid: string; readonly sandboxId: string }
  | { readonly runtime: "removed" }
  | { readonly runtime: "listSandboxes" | "listContainers"; readonly stream: number }
  | { readonly runtime: "status" | "podCidr" }
  | { readonly runtime: "probe"; readonly key: string; readonly containerId: string }
  | { readonly runtime: "logs"; readonly request: number }
  | { readonly runtime: "events" };

export function callRuntime(state: KubeletState, context: Context, request: CriRequest, tag: RuntimeTag): void {
  if (request.call !== "Status") remember(state, context, request);
  const timeoutUs =
    request.call === "PullImage"
      ? PULL_TIMEOUT_US
      : request.call === "StopContainer"
        ? TIMEOUT_US + request.timeoutSeconds * 1_000_000
        : request.call === "ExecSync"
          ? request.timeoutSeconds * 1_000_000 + 2_000_000
          : TIMEOUT_US;
  context.request({ to: CRI_SOCKET, body: request, timeoutUs, tag, label: request.call });
}

export function openRuntimeStream(context: Context, stream: CriStream, tag: unknown): number {
  return context.openStream({ to: CRI_SOCKET, body: stream, tag, label: stream.stream });
}

/** gRPC's words when the runtime's socket does not answer. */
export function unavailableText(text: string): string {
  const reason = text.includes("connect")
    ? "dial unix /run/containerd/containerd.sock: connect: connection refused"
    : text;
  return `rpc error: code = Unavailable desc = connection error: desc = "transport: Error while dialing: ${reason}"`;
}

function remember(state: KubeletState, context: Context, request: CriRequest): void {
  const { recentCalls } = state;
  if (recentCalls.length >= RECENT_CALLS) recentCalls.shift();
  const subject =
    "image" in request
      ? request.image
      : "config" in request
        ? request.config.name
        : "containerId" in request
          ? request.containerId.slice(0, 13)
          : "sandboxId" in request
            ? request.sandboxId.slice(0, 13)
            : "";
  recentCalls.push({ atUs: context.nowUs, call: request.call, subject, answer: "" });
}
