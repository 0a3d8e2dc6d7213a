import type { HttpChunk, WatchFrame } from "../messages.ts";
import type { Watcher } from "../watch/watchers.ts";
import { presented } from "./present.ts";
import { withTemplateMetadata } from "./templates.ts";

export const WATCH_HEADERS: Readonly<Record<string, string>> = Object.freeze({
  "cache-control": "no-cache, private",
  "content-type": "application/json",
  "transfer-encoding": "chunked",
});

/** Cache: the line of a frame that many plain JSON watchers share. */
const lines = new WeakMap<WatchFrame, HttpChunk>();

/** One line of JSON: `{"type":"ADDED","object":{...}}`. */
export function renderWatchFrame(watcher: Watcher, frame: WatchFrame, nowWallUs: number): HttpChunk {
  if (frame.type === "refused") return { type: "chunk", data: "" };
  const form = watcher.form!;
  if (form.as === "object" || frame.type === "ERROR" || frame.type === "BOOKMARK") {
    const known = lines.get(frame);
    if (known !== undefined) return known;
    const { type } = frame;
    const isWhole = type !== "ERROR" && type !== "BOOKMARK";
    const object = isWhole ? withTemplateMetadata(watcher.kind, frame.object) : frame.object;
    const chunk: HttpChunk = Object.freeze({ type: "chunk", data: `${JSON.stringify({ type, object })}\n` });
    if (Object.isFrozen(frame)) lines.set(frame, chunk);
    return chunk;
  }
  const shown = presented(watcher.kind, form, frame.object, nowWallUs);
  // A table's columns are told once.
  const object = form.as === "table" && watcher.sentEvents > 1 ? { ...shown, columnDefinitions: null } : shown;
  return { type: "chunk", data: `${JSON.stringify({ type: frame.type, object })}\n` };
}
