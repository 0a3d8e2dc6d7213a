import type { KernelMessage } from "../../kernel/types.ts";
import type { HttpRequest, ResourceRequest } from "./messages.ts";

/** How long the server is busy with what, microseconds. A write passes here twice: when it comes, and when etcd has it. */
const SERVICE_US = Object.freeze({
  read: 200,
  write: 500,
  answer: 200,
  /** For each frame of an etcd watch, before its fan-out. */
  event: 30,
  stream: 50,
});

export function serviceTimeUs(message: KernelMessage | { readonly type: string }): number {
  switch (message.type) {
    case "request": {
      const body = (message as KernelMessage & { type: "request" }).body as ResourceRequest | HttpRequest;
      return (body.type === "http" ? body.method === "GET" : body.verb === "get" || body.verb === "list")
        ? SERVICE_US.read
        : SERVICE_US.write;
    }
    case "response":
      return SERVICE_US.answer;
    case "streamOpened":
      return SERVICE_US.read;
    case "streamFrame":
      return SERVICE_US.event;
    case "streamClosed":
      return SERVICE_US.stream;
    default:
      return 0;
  }
}
