import type { Duplex } from "node:stream";
import { HeaderReader, HeaderWriter, type SpdyHeaders } from "./headers.ts";

/**
 * The serving end of SPDY/3.1 as Kubernetes uses it: a client opens streams over an upgraded connection, both write
 * and end them. Like the library in kubectl it keeps no flow-control windows: the connection under it does that.
 */

const Control = { SynStream: 1, SynReply: 2, RstStream: 3, Ping: 6, GoAway: 7 } as const;

const FIN = 1;
const FRAME_BYTES_MAX = 4 * 1024 * 1024;
const STREAMS_MAX = 1_000;
const REFUSED_STREAM = 3;

export interface SpdyStream {
  readonly id: number;
  readonly headers: SpdyHeaders;
  onData: (bytes: Buffer) => void;
  /** The client sends no more on it (null), or has given it up. */
  onEnd: () => void;
  write(bytes: Uint8Array): void;
  /** We send no more on it. */
  end(): void;
}

interface Opened extends SpdyStream {
  theyEnded: boolean;
  weEnded: boolean;
}

export class SpdyConnection {
  private readonly socket: Duplex;
  private readonly onStream: (stream: SpdyStream) => void;
  private readonly reader = new HeaderReader();
  private readonly writer = new HeaderWriter();
  private readonly streams = new Map<number, Opened>();
  private unread: Buffer = Buffer.alloc(0);
  /** Frames are handled one after the other; headers take a turn of their own. */
  private queue: Promise<void> = Promise.resolve();
  private closed = false;
  /** The connection is over, from either end. */
  onClose: () => void = () => {};

  constructor(socket: Duplex, onStream: (stream: SpdyStream) => void) {
    this.socket = socket;
    this.onStream = onStream;
    socket.on("data", (bytes: Buffer) => this.receive(bytes));
    socket.on("close", () => this.close());
    socket.on("error", () => this.close());
  }

  /** Ends every stream and, once all is written, the connection. */
  end(): void {
    this.queue = this.queue.then(() => {
      for (const stream of [...this.streams.values()]) stream.end();
      if (!this.closed) this.socket.end();
    });
  }

  get unwrittenBytes(): number {
    return this.socket.writableLength;
  }

  destroy(): void {
    this.socket.destroy();
    this.close();
  }

  private close(): void {
    if (this.closed) return;
    this.closed = true;
    for (const stream of this.streams.values()) if (!stream.theyEnded) stream.onEnd();
    this.streams.clear();
    this.reader.close();
    this.writer.close();
    this.onClose();
  }

  private receive(bytes: Buffer): void {
    // Frames are taken off one by one; what is left is the beginning of the next.
    this.unread = this.unread.length === 0 ? bytes : Buffer.concat([this.unread, bytes]);
    for (;;) {
      if (this.unread.length < 8) return;
      const length = this.unread.readUIntBE(5, 3);
      if (length > FRAME_BYTES_MAX) {
        this.destroy();
        return;
      }
      if (this.unread.length < 8 + length) return;
      const frame = this.unread.subarray(0, 8 + length);
      this.unread = this.unread.subarray(8 + length);
      this.queue = this.queue.then(() => this.handle(frame)).catch(() => this.destroy());
    }
  }

  private async handle(frame: Buffer): Promise<void> {
    if (this.closed) return;
    const body = frame.subarray(8);
    const flags = frame[4] as number;
    if (((frame[0] as number) & 0x80) === 0) {
      const stream = this.streams.get(frame.readUInt32BE(0));
      if (stream === undefined || stream.theyEnded) return;
      if (body.length > 0) stream.onData(body);
      if (flags & FIN) this.ended(stream);
      return;
    }
    switch (frame.readUInt16BE(2)) {
      case Control.SynStream:
        await this.opened(body.readUInt32BE(0) & 0x7fffffff, flags, body.subarray(10));
        return;
      case Control.RstStream: {
        const stream = this.streams.get(body.readUInt32BE(0) & 0x7fffffff);
        if (stream === undefined) return;
        stream.weEnded = true;
        if (stream.theyEnded) this.streams.delete(stream.id);
        else this.ended(stream);
        return;
      }
      case Control.Ping:
        this.control(Control.Ping, 0, body);
        return;
      case Control.GoAway:
        this.end();
        return;
      default:
        // Settings, window updates and further headers mean nothing here.
        return;
    }
  }

  private async opened(id: number, flags: number, block: Buffer): Promise<void> {
    const headers = await this.reader.read(block);
    if (this.closed) return;
    if (this.streams.size >= STREAMS_MAX || this.streams.has(id)) {
      const reset = Buffer.alloc(8);
      reset.writeUInt32BE(id);
      reset.writeUInt32BE(REFUSED_STREAM, 4);
      this.control(Control.RstStream, 0, reset);
      return;
    }
    const stream: Opened = {
      id,
      headers,
      theyEnded: false,
      weEnded: false,
      onData: () => {},
      onEnd: () => {},
      write: (bytes) => {
        if (!stream.weEnded && bytes.length > 0) this.data(id, 0, bytes);
      },
      end: () => {
        if (stream.weEnded) return;
        stream.weEnded = true;
        this.data(id, FIN, new Uint8Array(0));
        if (stream.theyEnded) this.streams.delete(id);
      },
    };
    this.streams.set(id, stream);
    const head = Buffer.alloc(4);
    head.writeUInt32BE(id);
    const reply = await this.writer.write({});
    if (this.closed) return;
    this.control(Control.SynReply, 0, Buffer.concat([head, reply]));
    this.onStream(stream);
    if (flags & FIN) this.ended(stream);
  }

  private ended(stream: Opened): void {
    stream.theyEnded = true;
    stream.onEnd();
    if (stream.weEnded) this.streams.delete(stream.id);
  }

  private control(type: number, flags: number, body: Buffer): void {
    const head = Buffer.alloc(8);
    head.writeUInt16BE(0x8003);
    head.writeUInt16BE(type, 2);
    head[4] = flags;
    head.writeUIntBE(body.length, 5, 3);
    this.send(head, body);
  }

  private data(id: number, flags: number, bytes: Uint8Array): void {
    const head = Buffer.alloc(8);
    head.writeUInt32BE(id);
    head[4] = flags;
    head.writeUIntBE(bytes.length, 5, 3);
    this.send(head, bytes);
  }

  private send(head: Buffer, body: Uint8Array): void {
    if (!this.closed && this.socket.writable) this.socket.write(Buffer.concat([head, body]));
  }
}
