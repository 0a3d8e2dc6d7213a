import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { encodeBody } from "./compress.ts";

const LONG = "é".repeat(70_000);
const SHORT = "x".repeat(2000);

describe("an answer's body", () => {
  it.each([
    ["of more than 128 KiB", "/api/v1/pods?limit=500", "gzip", LONG],
    ["of a client that names others first", "/api/v1/pods", "deflate, gzip;q=0, gzip", LONG],
    ["of the specification, however short", "/openapi/v2?timeout=32s", "gzip", SHORT],
  ])("%s is compressed", (_, path, accepted, text) => {
    const { body, headers } = encodeBody(path, accepted, text);
    expect(gunzipSync(body).toString()).toBe(text);
    expect(headers).toMatchObject({ "content-encoding": "gzip", vary: expect.stringContaining("Accept-Encoding") });
  });

  it.each([
    ["of up to 128 KiB", "/api/v1/pods", "gzip", "x".repeat(128 * 1024)],
    ["of a client that does not ask", "/api/v1/pods", "", LONG],
    ["of a client that knows only others", "/api/v1/pods", "br, deflate", LONG],
    ["of a tiny specification", "/openapi/v2", "gzip", "{}"],
  ])("%s goes as it is", (_, path, accepted, text) => {
    const { body, headers } = encodeBody(path, accepted, text);
    expect(body.toString()).toBe(text);
    expect(headers["content-encoding"]).toBeUndefined();
  });
});
