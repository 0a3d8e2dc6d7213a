import { constants, createDeflate, createInflate, type Deflate, type Inflate } from "node:zlib";
import { SPDY_DICTIONARY } from "./dictionary.ts";

export type SpdyHeaders = Readonly<Record<string, string>>;

/** What a client may pack into one block of headers. */
const HEADERS_BYTES_MAX = 256 * 1024;

/** Header blocks of one direction share a compression context, so they are read and written in order. */
export class HeaderReader {
  private readonly inflate: Inflate = createInflate({ dictionary: SPDY_DICTIONARY });

  /** Rejects when they cannot be read. */
  async read(block: Buffer): Promise<SpdyHeaders> {
    const bytes = await through(this.inflate, block);
    const headers: Record<string, string> = {};
    let at = 4;
    const text = () => {
      const length = bytes.readUInt32BE(at);
      const from = at + 4;
      at = from + length;
      if (at > bytes.length) throw new RangeError("SPDY headers end too soon");
      return bytes.toString("latin1", from, at);
    };
    for (let left = bytes.readUInt32BE(0); left > 0; left -= 1) {
      const name = text().toLowerCase();
      headers[name] = text();
    }
    return headers;
  }

  close(): void {
    this.inflate.close();
  }
}

export class HeaderWriter {
  private readonly deflate: Deflate = createDeflate({ dictionary: SPDY_DICTIONARY });

  write(headers: SpdyHeaders): Promise<Buffer> {
    const parts: Buffer[] = [];
    const number = (value: number) => {
      const bytes = Buffer.alloc(4);
      bytes.writeUInt32BE(value);
      parts.push(bytes);
    };
    const entries = Object.entries(headers);
    number(entries.length);
    for (const text of entries.flat()) {
      const bytes = Buffer.from(text, "latin1");
      number(bytes.length);
      parts.push(bytes);
    }
    return through(this.deflate, Buffer.concat(parts));
  }

  close(): void {
    this.deflate.close();
  }
}

function through(stream: Inflate | Deflate, bytes: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    let length = 0;
    const over = () => {
      stream.removeListener("data", take);
      stream.removeListener("error", fail);
    };
    const fail = (error: Error) => {
      over();
      reject(error);
    };
    const take = (part: Buffer) => {
      length += part.length;
      if (length > HEADERS_BYTES_MAX) fail(new RangeError("SPDY headers are too large"));
      else parts.push(part);
    };
    stream.on("data", take);
    stream.on("error", fail);
    stream.write(bytes);
    stream.flush(constants.Z_SYNC_FLUSH, () => {
      over();
      resolve(Buffer.concat(parts));
    });
  });
}
