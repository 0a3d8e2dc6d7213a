import { gzipSync } from "node:zlib";

/** From these lengths on upstream compresses: of the API's answers, and of OpenAPI documents. */
const ANSWER_BYTES_MIN = 128 * 1024;
const OPENAPI_BYTES_MIN = 1400;

export interface Encoded {
  readonly body: Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

/** An answer as the client wants it on the wire. */
export function encodeBody(path: string, acceptEncoding: string, text: string): Encoded {
  const body = Buffer.from(text);
  const isSpecification = path.split("?", 1)[0] === "/openapi/v2";
  const isLong = isSpecification ? body.length >= OPENAPI_BYTES_MIN : body.length > ANSWER_BYTES_MIN;
  const isTaken = acceptEncoding.split(",").some((token) => token.trim() === "gzip");
  if (!isTaken || !isLong) return { body, headers: isSpecification ? { vary: "Accept-Encoding, Accept" } : {} };
  const vary = isSpecification ? "Accept-Encoding, Accept" : "Accept-Encoding";
  return { body: gzipSync(body, { level: 1 }), headers: { "content-encoding": "gzip", vary } };
}
