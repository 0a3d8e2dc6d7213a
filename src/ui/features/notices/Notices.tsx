import { AnimatePresence, m } from "framer-motion";
import { CircleAlert, Info, TriangleAlert, X } from "lucide-react";
import { useEffect } from "react";
import { Button, IconButton } from "../../shared/controls/Button.tsx";
import { Motion } from "../../shared/controls/Motion.tsx";
import { dismiss, type ShownNotice, useNotices } from "../../shared/notices.ts";
import { text } from "./text.ts";

const icons = { info: Info, warning: TriangleAlert, error: CircleAlert };
const tones = {
  info: "border-accent/50 text-accent",
  warning: "border-warning text-warning",
  error: "border-bad text-bad",
};
const staysMs = { info: 9_000, warning: 12_000, error: null };

/** One sentence and what to do. Errors stay until they are dismissed. */
export default function Notices() {
  const notices = useNotices((state) => state.notices);
  return (
    <section
      aria-label={text.region}
      aria-live="assertive"
      className="pointer-events-none fixed top-14 left-1/2 z-40 flex w-[min(36rem,92vw)] -translate-x-1/2 flex-col gap-2"
    >
      <Motion>
        <AnimatePresence initial={false}>
          {notices.map((notice) => (
            <m.div
              key={notice.id}
              initial={{ opacity: 0, y: -8 }}
              animate={{ opacity: 1, y: 0 }}
              exit={{ opacity: 0 }}
              transition={{ duration: 0.15 }}
            >
              <One notice={notice} />
            </m.div>
          ))}
        </AnimatePresence>
      </Motion>
    </section>
  );
}

function One({ notice }: { readonly notice: ShownNotice }) {
  const Icon = icons[notice.tone];
  const { id, tone } = notice;
  useEffect(() => {
    const stays = staysMs[tone];
    if (stays === null) return;
    const timer = setTimeout(() => dismiss(id), stays);
    return () => clearTimeout(timer);
  }, [id, tone]);
  return (
    <div
      className={`pointer-events-auto flex items-start gap-2.5 rounded-lg border bg-surface p-3 shadow-raised ${tones[tone]}`}
    >
      <Icon size={18} aria-hidden="true" className="mt-px shrink-0" />
      <div className="min-w-0 flex-1 text-ink">
        <p className="font-medium">{notice.text}</p>
        {notice.detail && (
          <details className="mt-0.5">
            <summary className="text-small text-muted">{text.details}</summary>
            <pre className="mt-1 max-h-40 overflow-auto font-mono text-small break-words whitespace-pre-wrap">
              {notice.detail}
            </pre>
          </details>
        )}
      </div>
      {notice.action && (
        <Button
          size="small"
          onClick={() => {
            notice.action?.run();
            dismiss(id);
          }}
        >
          {notice.action.label}
        </Button>
      )}
      <IconButton small icon={X} label={text.dismiss} onClick={() => dismiss(id)} />
    </div>
  );
}
