import { expect, it } from "vitest";
import type { HttpRequest } from "../messages.ts";
import { lineOf } from "./head.ts";

function asked(method: string, path: string): HttpRequest {
  return { type: "http", method, path, headers: {}, body: "" };
}

it("keeps the lines that programs repeat, and not what anybody may make up without end", () => {
  const isKept = (method: string, path: string): boolean => {
    const first = lineOf(asked(method, path));
    return lineOf(asked(method, path)) === first;
  };
  const long = `/api/v1/pods?labelSelector=${"a".repeat(10_000)}`;
  expect([isKept("GET", "/api/v1/pods?limit=500"), isKept("HUG-1", "/api/v1/pods"), isKept("GET", long)]).toEqual([
    true,
    false,
    false,
  ]);
  expect(lineOf(asked("GET", long)).path).toBe("/api/v1/pods");
});
