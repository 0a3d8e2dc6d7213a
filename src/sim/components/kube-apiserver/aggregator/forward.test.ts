import { expect, it } from "vitest";
import { type ForwardTag, throughProxy } from "./forward.ts";

const tag = { prefix: "/proxy" } as ForwardTag;
const page = (body: string) =>
  throughProxy({ type: "http", status: 200, headers: { "content-type": "text/html" }, body }, tag);

it("leads a page's links through the proxy", () => {
  expect(page('<a id="x" href="/there">/text</a> <img src="//elsewhere/">').body).toBe(
    '<a id="x" href="/proxy/there">/text</a> <img src="//elsewhere/">',
  );
});

it("is not held up by a page of nothing but beginnings of tags", { timeout: 5_000 }, () => {
  const body = "<a ".repeat(400_000);
  expect(page(body).body).toBe(body);
});
