import type { Context, LogLine, StreamId } from "../../kernel/types.ts";
import type { ExecFrame } from "../kubelet/messages.ts";
import type { CriStream } from "./messages.ts";
import type { ContainerRecord, RuntimeState } from "./state.ts";
import { after } from "./timers.ts";

/** How often a followed log is looked at. */
const FOLLOW_US = 200_000;

/** The log lines of one attempt of a container: its process name is shared by all attempts, so time tells them apart. */
export function linesOf(context: Context, record: ContainerRecord, fromUs = record.startedAtUs): readonly LogLine[] {
  const untilUs = record.status.state === "CONTAINER_EXITED" ? record.finishedAtUs : Number.MAX_SAFE_INTEGER;
  if (record.startedAtUs === 0) return [];
  return context.readLog(record.status.process).filter((line) => line.atUs >= fromUs && line.atUs <= untilUs);
}

type FollowRequest = CriStream & { readonly stream: "logs" };

export function followLogs(state: RuntimeState, context: Context, stream: StreamId, ask: FollowRequest): void {
  const { containerId, tailLines, sinceWallUs = 0 } = ask;
  const record = state.containers.get(containerId);
  if (record === undefined) {
    context.closeStream(stream);
    return;
  }
  state.logStreams.set(stream, { containerId, sent: record.startedAtUs });
  sendNewLines(state, context, stream, (lines) => {
    const recent = lines.filter(({ wallUs }) => wallUs >= sinceWallUs);
    if (tailLines === undefined) return recent;
    return tailLines <= 0 ? [] : recent.slice(-tailLines);
  });
}

/** For who attaches: what the container writes from now on, as output. */
export function followOutput(state: RuntimeState, context: Context, stream: StreamId, containerId: string): void {
  state.logStreams.set(stream, { containerId, sent: context.nowUs, output: true });
  after(context, FOLLOW_US, { type: "followLog", stream });
}

/** `sent`: lines before this time are out. */
export function sendNewLines(
  state: RuntimeState,
  context: Context,
  stream: StreamId,
  choose = (lines: readonly LogLine[]) => lines,
): void {
  const follower = state.logStreams.get(stream);
  if (follower === undefined) return;
  const record = state.containers.get(follower.containerId);
  const ended = record === undefined || record.status.state === "CONTAINER_EXITED";
  if (record !== undefined) {
    const lines = linesOf(context, record, follower.sent).filter(({ atUs }) => ended || atUs < context.nowUs);
    for (const line of choose(lines)) {
      const output: ExecFrame = { type: "stdout", data: line.partial === true ? line.text : `${line.text}\n` };
      context.sendFrame(stream, follower.output === true ? output : line);
    }
  }
  if (ended) {
    state.logStreams.delete(stream);
    context.closeStream(stream);
    return;
  }
  follower.sent = context.nowUs;
  after(context, FOLLOW_US, { type: "followLog", stream });
}
