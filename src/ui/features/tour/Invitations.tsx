import { AnimatePresence, m } from "framer-motion";
import type { LucideIcon } from "lucide-react";
import { Footprints, History, Rocket, X, Zap } from "lucide-react";
import { cluster, useCluster } from "../../shared/cluster.ts";
import { Button, IconButton } from "../../shared/controls/Button.tsx";
import { Motion } from "../../shared/controls/Motion.tsx";
import { formatClock } from "../../shared/format-time.ts";
import { arrange, useArrangement } from "../../shared/preferences.ts";
import { openBreakMenu, openExample } from "../../shared/requests.ts";
import { select } from "../../shared/session.ts";
import { open, useResumable } from "../../shared/start.ts";
import { text } from "./text.ts";

/** What to do first, on the stage of a ready cluster; and the way back to what an accidental reload closed. */
export default function Invitations() {
  const ready = useCluster((state) => state.head.ready);
  const { invited, presenter, tourStep } = useArrangement();
  const offer = useResumable((state) => state.offer);
  // Whoever has typed or broken something needs no invitation any more.
  const busy = useCluster((state) => state.time.marks.some((mark) => mark.kind !== "warning"));
  const shown = ready && !presenter && tourStep === null;
  return (
    <div className="pointer-events-none absolute inset-x-0 bottom-2.5 z-10 flex flex-col items-center gap-2">
      <Motion>
        <AnimatePresence>
          {shown && offer && (
            <m.div key="resume" initial={{ opacity: 0 }} animate={{ opacity: 1 }} exit={{ opacity: 0 }}>
              <p className="pointer-events-auto flex items-center gap-2 rounded-lg border border-accent bg-surface px-3 py-1.5 shadow-raised">
                <History size={17} aria-hidden="true" className="text-accent" />
                {text.resume(offer.topology, formatClock(offer.atUs).slice(0, 8), offer.inputs)}
                <Button size="small" tone="accent" onClick={() => void open({ type: "resume" })}>
                  {text.resumeAction}
                </Button>
                <IconButton
                  small
                  icon={X}
                  label={text.dismiss}
                  onClick={() => useResumable.setState({ offer: null })}
                />
              </p>
            </m.div>
          )}
          {shown && !invited && !busy && (
            <m.nav
              key="invitations"
              aria-label={text.invitations}
              initial={{ opacity: 0, y: 8 }}
              animate={{ opacity: 1, y: 0 }}
              exit={{ opacity: 0 }}
              transition={{ duration: 0.2 }}
              className="pointer-events-auto flex items-center gap-1 rounded-xl border border-line bg-surface p-1 shadow-raised max-sm:flex-wrap"
            >
              <Invitation icon={Rocket} label={text.deploy} hint={text.deployHint} run={deploySomething} />
              <Invitation icon={Zap} label={text.break} hint={text.breakHint} run={breakSomething} />
              <Invitation
                icon={Footprints}
                label={text.tour}
                hint={text.tourHint}
                run={() => arrange({ tourStep: 0, invited: true })}
              />
              <IconButton small icon={X} label={text.dismiss} onClick={() => arrange({ invited: true })} />
            </m.nav>
          )}
        </AnimatePresence>
      </Motion>
    </div>
  );
}

interface InvitationProps {
  readonly icon: LucideIcon;
  readonly label: string;
  readonly hint: string;
  readonly run: () => void;
}

function Invitation({ icon: Icon, label, hint, run }: InvitationProps) {
  return (
    <button
      type="button"
      onClick={run}
      className="flex items-center gap-2.5 rounded-lg px-3 py-1 text-left hover:bg-accent-soft"
    >
      <Icon size={22} strokeWidth={1.7} aria-hidden="true" className="text-accent" />
      <span>
        <span className="block font-semibold">{label}</span>
        <span className="block text-small text-muted">{hint}</span>
      </span>
    </button>
  );
}

function deploySomething(): void {
  openExample("web");
  arrange({ tab: "editor", dockOpen: true, invited: true });
}

/** Opens the scheduler's Break menu where it stands: choosing is the person's. */
function breakSomething(): void {
  arrange({ invited: true });
  const scheduler = [...cluster().components.values()].find(({ name }) => name === "kube-scheduler");
  if (!scheduler) return;
  const selection = { type: "component", id: scheduler.id } as const;
  select(selection);
  const tile = document.querySelector("[data-component='kube-scheduler']");
  if (tile) openBreakMenu(selection, tile.getBoundingClientRect());
}
