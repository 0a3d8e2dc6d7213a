import type { KernelMessage } from "../../kernel/types.ts";
import type { PeerFrame } from "./peer-messages.ts";

/** How long a member is busy with what arrives, microseconds: grpc, encoding, index and page cache on a modern CPU. */
const SERVICE_US = {
  range: 60,
  put: 40,
  deleteRange: 40,
  txn: 50,
  otherRequest: 30,
  watch: 50,
  append: 20,
  appendPerEntry: 15,
  heartbeat: 5,
  answer: 5,
  vote: 20,
  propose: 20,
  timer: 2,
  synced: 10,
  /** Restoring a snapshot and rewriting the file: 200 MB/s. */
  bytesPerUs: 200,
} as const;

export function serviceTimeUs(message: KernelMessage | { readonly type: string }, fileBytes: number): number {
  switch (message.type) {
    case "request":
      return requestUs((message as { readonly body: unknown }).body, fileBytes);
    case "streamFrame":
      return frameUs((message as { readonly frame: unknown }).frame as PeerFrame);
    case "streamOpened":
      return SERVICE_US.watch;
    case "diskSynced":
      return SERVICE_US.synced;
    default:
      return SERVICE_US.timer;
  }
}

function requestUs(body: unknown, fileBytes: number): number {
  const { op } = (body ?? {}) as { readonly op?: string };
  switch (op) {
    case "range":
      return SERVICE_US.range;
    case "put":
      return SERVICE_US.put;
    case "deleteRange":
      return SERVICE_US.deleteRange;
    case "txn":
      return SERVICE_US.txn;
    case "defragment":
      return SERVICE_US.otherRequest + Math.round(fileBytes / SERVICE_US.bytesPerUs);
    default:
      return SERVICE_US.otherRequest;
  }
}

function frameUs(frame: PeerFrame): number {
  switch (frame.type) {
    case "append":
      return SERVICE_US.append + SERVICE_US.appendPerEntry * frame.entries.length;
    case "snapshot":
      return SERVICE_US.append + Math.round(frame.snapshot.sizeBytes / SERVICE_US.bytesPerUs);
    case "heartbeat":
      return SERVICE_US.heartbeat;
    case "vote":
    case "preVote":
      return SERVICE_US.vote;
    case "propose":
      return SERVICE_US.propose;
    default:
      return SERVICE_US.answer;
  }
}
