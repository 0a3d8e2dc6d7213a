// @vitest-environment happy-dom

import { act } from "react";
import { createRoot } from "react-dom/client";
import { expect, test } from "vitest";
import { App } from "./App.tsx";

// React then does all work within `act`: nothing is left to run when the page's environment is gone.
(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;

test("the page has one heading: its name", async () => {
  const host = document.createElement("div");
  const root = createRoot(host);
  await act(async () => root.render(<App />));
  expect([...host.querySelectorAll("h1")].map((heading) => heading.textContent)).toEqual(["Kubarium"]);
  await act(async () => root.unmount());
});
