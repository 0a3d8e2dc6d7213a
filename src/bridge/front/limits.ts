/** A client that does not read is let go when this much waits for it. */
export const UNREAD_BYTES_MAX = 32 * 1024 * 1024;
/** Connections at a time; more are closed as they come. */
export const CONNECTIONS_MAX = 2_000;
/** Watches, followed logs, execs and port-forwards at a time; more are told to come back later (429). */
const STREAMS_MAX = 1_000;
/** Of all request headers together, as upstream. Longer ones get 431. */
export const HEADER_BYTES_MAX = 1_048_576;
export const BODY_BYTES_MAX = 3_145_728;
/** A frame from a client, on a WebSocket. */
export const FRAME_BYTES_MAX = 32 * 1024 * 1024;
/** How long a client may take to send its request. */
export const REQUEST_MS_MAX = 60_000;

/** How many streams are open. */
export class OpenStreams {
  count = 0;
  private readonly max: number;

  constructor(max = STREAMS_MAX) {
    this.max = max;
  }

  /** False: too many. */
  enter(): boolean {
    if (this.count >= this.max) return false;
    this.count += 1;
    return true;
  }

  leave(): void {
    this.count -= 1;
  }
}
