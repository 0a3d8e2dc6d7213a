import { create } from "zustand";
import type { SessionStart } from "../../protocol/commands.ts";
import { cluster } from "./cluster.ts";
import { tell } from "./notices.ts";
import { ask, select } from "./session.ts";

/** What was open before an accidental reload, while it is on offer. */
export const useResumable = create<{
  readonly offer: { readonly topology: string; readonly atUs: number; readonly inputs: number } | null;
}>()(() => ({ offer: null }));

/** `?topology=ha&seed=7` opens that cluster; without it, basic with seed 1. */
export function startFromAddress(search: string): Extract<SessionStart, { readonly type: "new" }> {
  const parameters = new URLSearchParams(search);
  const topology = parameters.get("topology") ?? "basic";
  const seed = Number(parameters.get("seed") ?? 1);
  return {
    type: "new",
    topology: ["single", "basic", "ha"].includes(topology) ? topology : "basic",
    seed: Number.isSafeInteger(seed) && seed >= 0 ? seed : 1,
  };
}

export async function open(start: SessionStart): Promise<void> {
  select(null);
  useResumable.setState({ offer: null });
  await ask((session) => session.open(start));
}

/** A new cluster at once; what was there comes back with one click. */
export async function startAfresh(
  words: { readonly done: string; readonly undo: string },
  topology = cluster().head.topology,
): Promise<void> {
  const { seed } = cluster().head;
  const saved = await ask((session) => session.save());
  await open({ type: "new", topology: topology || "basic", seed });
  tell({
    id: "fresh-start",
    tone: "info",
    text: words.done,
    detail: "",
    ...(saved ? { action: { label: words.undo, run: () => void open({ type: "saved", text: saved }) } } : {}),
  });
}
