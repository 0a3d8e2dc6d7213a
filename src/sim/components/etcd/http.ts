export interface HttpLike {
  readonly type: "http";
  readonly method: string;
  readonly path: string;
}

export function isHttp(body: unknown): body is HttpLike {
  return typeof body === "object" && body !== null && (body as { readonly type?: unknown }).type === "http";
}

export function httpAnswer(status: number, body: string): object {
  const headers = Object.freeze({ "content-type": "text/plain; charset=utf-8" });
  return Object.freeze({ type: "http", status, headers, body });
}
