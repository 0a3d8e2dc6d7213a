import { CircleHelp, Contrast, Monitor, Moon, Presentation, RotateCcw, Sun } from "lucide-react";
import type { ReactNode } from "react";
import { cluster, useCluster } from "../../shared/cluster.ts";
import { IconButton } from "../../shared/controls/Button.tsx";
import { MenuButton } from "../../shared/controls/MenuButton.tsx";
import type { MenuEntry } from "../../shared/controls/menu-entries.ts";
import { arrange, arrangement, useArrangement } from "../../shared/preferences.ts";
import { startAfresh } from "../../shared/start.ts";
import { text, themes } from "./text.ts";

const themeIcons = { system: Monitor, light: Sun, dark: Moon, contrast: Contrast };

interface TopBarProps {
  readonly time: ReactNode;
  readonly broken: ReactNode;
}

/** Name, topology, time, what is broken, and the few switches of the page. */
export function TopBar({ time, broken }: TopBarProps) {
  const presenter = useArrangement((state) => state.presenter);
  const topology = useCluster((state) => state.head.topology);
  const theme = useArrangement((state) => state.theme);
  return (
    <header className="flex min-h-12 flex-wrap items-center gap-x-3 gap-y-1 border-b border-line bg-surface px-3 py-1.5">
      <h1 className="flex items-center gap-2 text-title font-semibold">
        <img src="./icon.svg" alt="" width={26} height={26} />
        <span className="max-sm:sr-only">{text.name}</span>
      </h1>
      {!presenter && (
        <MenuButton
          label={topology || text.topology}
          title={`${text.topology}: ${topology}`}
          entries={topologyEntries}
        />
      )}
      <div className="flex min-w-0 flex-1 justify-center max-sm:order-last max-sm:basis-full">{time}</div>
      {!presenter && (
        <>
          {broken}
          <div className="flex items-center">
            <IconButton icon={RotateCcw} label={text.freshStart} onClick={freshStart} />
            <MenuButton
              label={text.theme}
              icon={themeIcons[theme]}
              hideLabel
              className="!border-transparent !px-1.5"
              entries={themeEntries}
            />
            <IconButton
              icon={Presentation}
              label={text.presenter}
              className="max-sm:hidden"
              onClick={() => arrange({ presenter: true })}
            />
            <IconButton icon={CircleHelp} label={text.help} onClick={() => arrange({ helpOpen: true })} />
          </div>
        </>
      )}
      {presenter && (
        <IconButton
          icon={Presentation}
          label={text.leavePresenter}
          pressed
          onClick={() => arrange({ presenter: false })}
        />
      )}
    </header>
  );
}

export function freshStart(): void {
  void startAfresh({ done: text.freshStarted, undo: text.undo });
}

function topologyEntries(): readonly MenuEntry[] {
  return [
    { type: "heading", id: "heading", label: text.topologyHint },
    ...text.topologies.map(
      ({ name, label, hint }): MenuEntry => ({
        type: "item",
        id: name,
        label: name === cluster().head.topology ? `${label} ✓` : label,
        hint,
        run: () => void startAfresh({ done: text.freshStarted, undo: text.undo }, name),
      }),
    ),
  ];
}

function themeEntries(): readonly MenuEntry[] {
  return themes.map(([theme, label]) => ({
    type: "item",
    id: theme,
    label: theme === arrangement().theme ? `${label} ✓` : label,
    icon: themeIcons[theme],
    run: () => arrange({ theme }),
  }));
}
