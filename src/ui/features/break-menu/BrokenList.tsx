import { Undo2, Wrench, Zap } from "lucide-react";
import { cluster, useCluster } from "../../shared/cluster.ts";
import { MenuButton } from "../../shared/controls/MenuButton.tsx";
import type { MenuEntry } from "../../shared/controls/menu-entries.ts";
import { ask, tryTo } from "../../shared/session.ts";
import { text } from "./text.ts";

/** What is broken on purpose, in the top bar: one click mends one, or all. */
export function BrokenList() {
  const count = useCluster((state) => state.head.faults.length);
  return (
    <MenuButton
      icon={Zap}
      label={text.brokenCount(count)}
      title={count === 0 ? text.nothingBroken : text.brokenCount(count)}
      hideLabel={count === 0}
      className={count > 0 ? "border-bad/60 text-bad" : ""}
      entries={entries}
    />
  );
}

function entries(): readonly MenuEntry[] {
  const { faults } = cluster().head;
  if (faults.length === 0) {
    return [
      { type: "heading", id: "none", label: text.nothingBroken },
      { type: "item", id: "how", label: text.howTo, icon: Zap, disabled: true, run: () => {} },
    ];
  }
  return [
    { type: "heading", id: "broken", label: text.broken },
    ...faults.map(
      (fault): MenuEntry => ({
        type: "item",
        id: fault.id,
        label: `${fault.target}: ${fault.label}`,
        icon: Wrench,
        tone: "good",
        run: () => void tryTo((session) => session.mend(fault.id)),
      }),
    ),
    { type: "line", id: "line" },
    {
      type: "item",
      id: "undo",
      label: text.undo,
      key: "U",
      icon: Undo2,
      run: () => void tryTo((session) => session.undoBreak()),
    },
    {
      type: "item",
      id: "all",
      label: text.mendAll,
      icon: Wrench,
      tone: "good",
      run: () => void ask((session) => session.mendEverything()),
    },
  ];
}
