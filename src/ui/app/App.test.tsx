// @vitest-environment happy-dom

import { flushSync } from "react-dom";
import { createRoot } from "react-dom/client";
import { expect, test } from "vitest";
import { App } from "./App.tsx";

test("the page has one heading: its name", () => {
  const host = document.createElement("div");
  flushSync(() => createRoot(host).render(<App />));
  expect([...host.querySelectorAll("h1")].map((heading) => heading.textContent)).toEqual(["Kubarium"]);
});
