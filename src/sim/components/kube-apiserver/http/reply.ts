import type { Context, Peer } from "../../../kernel/types.ts";
import type { HttpResponse } from "../messages.ts";
import type { ReplyTo } from "../state.ts";

/** One request as it arrives, whichever way. */
export interface Incoming {
  readonly replyTo: ReplyTo & { readonly via: "request" | "stream" };
  readonly from: Peer;
  readonly deadlineAtUs: number;
}

/** Answers without an exchange. On a stream: head, body, end. */
export function reply(context: Context, incoming: Incoming, response: HttpResponse): void {
  const { replyTo } = incoming;
  if (replyTo.via === "request") {
    context.respond(replyTo.id, response, { label: String(response.status), sizeBytes: response.body.length + 256 });
    return;
  }
  context.sendFrame(replyTo.id, { ...response, body: "" });
  if (response.body !== "") context.sendFrame(replyTo.id, { type: "chunk", data: response.body });
  context.closeStream(replyTo.id);
}
