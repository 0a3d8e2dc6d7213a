import { expect, it } from "vitest";
import type { BridgeView } from "../../protocol/bridge.ts";
import { newsOf } from "./bridge.ts";
import { bridgeSentences } from "./text.ts";

const view = (state: BridgeView["state"], tabs = 1): BridgeView => ({ state, tabs, command: "", kubeconfig: "" });

it.each([
  ["the only tab says nothing", null, view("here"), ""],
  ["a second tab says that it answers now", null, view("here", 2), bridgeSentences.hereNow],
  ["the first one says that it does not any more", view("here"), view("elsewhere", 2), bridgeSentences.elsewhere],
  ["and says so once", view("elsewhere", 2), view("elsewhere", 3), ""],
  ["left alone it says that it answers again", view("elsewhere", 2), view("here"), bridgeSentences.hereAgain],
  ["a server that went away and came back is no news", view("lost"), view("here"), ""],
])("%s", (_name, before, now, news) => {
  expect(newsOf(before, now)).toBe(news);
});
