import type { Context, Peer } from "../../../kernel/types.ts";
import type { HttpResponse } from "../messages.ts";
import type { ReplyTo } from "../state.ts";

/** One request as it arrives, whichever way. */
export interface Incoming {
  readonly replyTo: ReplyTo & { readonly via: "request" | "stream" };
  readonly from: Peer;
  readonly deadlineAtUs: number;
  /** What every answer says beside its own headers. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** Answers without an exchange. On a stream: head, body, end. */
export function reply(context: Context, incoming: Incoming, given: HttpResponse): void {
  const { replyTo, headers } = incoming;
  const response = headers === undefined ? given : { ...given, headers: { ...given.headers, ...headers } };
  if (replyTo.via === "request") {
    context.respond(replyTo.id, response, { label: String(response.status), sizeBytes: response.body.length + 256 });
    return;
  }
  context.sendFrame(replyTo.id, { ...response, body: "" });
  if (response.body !== "") context.sendFrame(replyTo.id, { type: "chunk", data: response.body });
  context.closeStream(replyTo.id);
}
