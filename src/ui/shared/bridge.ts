import { proxy } from "comlink";
import { create } from "zustand";
import type { BridgeView } from "../../protocol/bridge.ts";
import { tell } from "./notices.ts";
import { ask } from "./session.ts";
import { bridgeSentences } from "./text.ts";

/** Null: this page's server has no bridge (a static host, say), or it has not answered yet. */
export const useBridge = create<{ readonly bridge: BridgeView | null }>()(() => ({ bridge: null }));

/** Lets a real kubectl reach this tab's cluster, where the server that sent the page offers that. */
export async function connectToBridge(): Promise<void> {
  const secret = document.querySelector<HTMLMetaElement>("meta[name='kubarium-bridge']")?.content;
  if (secret) await ask((session) => session.connectBridge(secret, proxy(receive)));
}

function receive(bridge: BridgeView): void {
  const before = useBridge.getState().bridge;
  useBridge.setState({ bridge });
  const news = newsOf(before, bridge);
  if (news) tell({ id: "bridge", tone: "info", text: news, detail: "" });
}

/** What a person should be told without looking for it; "": nothing. */
export function newsOf(before: BridgeView | null, now: BridgeView): string {
  if (now.state === "elsewhere" && before?.state !== "elsewhere") return bridgeSentences.elsewhere;
  if (now.state !== "here") return "";
  if (before?.state === "elsewhere") return bridgeSentences.hereAgain;
  return before === null && now.tabs > 1 ? bridgeSentences.hereNow : "";
}
