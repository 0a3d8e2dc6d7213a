import { describe, expect, it } from "vitest";
import { httpResponseText, readHttpRequest } from "./http-text.ts";

const GET = "GET /a?b=c HTTP/1.1\r\nHost: x\r\n\r\n";

describe("HTTP out of bytes", () => {
  it("reads a request, and where the next one begins", () => {
    const text = `${GET}${GET}`;
    expect(readHttpRequest(text)).toEqual({
      method: "GET",
      path: "/a?b=c",
      headers: { host: "x" },
      body: "",
      end: GET.length,
      keepAlive: true,
    });
  });

  it("counts a body in bytes", () => {
    const text = "POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\nüab";
    expect(readHttpRequest(text)).toMatchObject({ body: "üa", end: text.length - 1 });
    expect(readHttpRequest(text.slice(0, -2))).toBe("more");
  });

  it("reads chunks", () => {
    const text = "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n1;x=y\r\nd\r\n0\r\n\r\n";
    expect(readHttpRequest(text)).toMatchObject({ body: "abcd", end: text.length });
    expect(readHttpRequest(text.slice(0, -3))).toBe("more");
    expect(readHttpRequest(text.replace("abc\r\n", "abcd\r\n"))).toBe("malformed");
  });

  it.each([
    ["HTTP/1.0 closes", "GET / HTTP/1.0\r\n\r\n", false],
    ["HTTP/1.0 may stay", "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", true],
    ["HTTP/1.1 may close", "GET / HTTP/1.1\r\nConnection: close\r\n\r\n", false],
  ])("%s", (_name, text, keepAlive) => {
    expect(readHttpRequest(text)).toMatchObject({ keepAlive });
  });

  it.each([
    ["half a request line", "GE", "more"],
    ["a request line and half a header", "GET / HTTP/1.1\r\nHo", "more"],
    ["a TLS greeting", "\u0016\u0003\u0001\u0002\u0000", "malformed"],
    ["Redis", "*1\r\n$4\r\nPING\r\n", "malformed"],
    ["lower case", "get / http/1.1\r\n\r\n", "malformed"],
    ["a header without a name", "GET / HTTP/1.1\r\n: x\r\n\r\n", "malformed"],
    ["a length that is none", "GET / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", "malformed"],
  ])("%s: %s", (_name, text, outcome) => {
    expect(readHttpRequest(text)).toBe(outcome);
  });

  it("writes an answer with its length in bytes", () => {
    const text = httpResponseText(
      { status: 200, headers: { "content-type": "text/plain", "content-length": "99" }, body: "ü" },
      { method: "GET", keepAlive: false },
    );
    expect(text).toBe("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 2\r\nConnection: close\r\n\r\nü");
  });
});
