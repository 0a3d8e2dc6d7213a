import { X } from "lucide-react";
import { Dialog } from "radix-ui";
import { IconButton } from "../../shared/controls/Button.tsx";
import { keys } from "../../shared/keyboard-map.ts";
import { arrange } from "../../shared/preferences.ts";
import { commandNames, keyNames, text } from "./text.ts";

/** Every key and what it does. Loaded when it is first asked for. */
export default function HelpOverlay() {
  return (
    <Dialog.Root open onOpenChange={(open) => !open && arrange({ helpOpen: false })}>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-40 bg-black/40" />
        <Dialog.Content className="fixed top-1/2 left-1/2 z-50 max-h-[90vh] w-[min(44rem,94vw)] -translate-1/2 overflow-y-auto rounded-xl border border-line bg-surface p-5 shadow-raised">
          <div className="flex items-start justify-between">
            <Dialog.Title className="text-title font-semibold">{text.helpTitle}</Dialog.Title>
            <Dialog.Close asChild>
              <IconButton icon={X} label={text.close} />
            </Dialog.Close>
          </div>
          <dl className="mt-2 columns-2 gap-8 max-sm:columns-1">
            {keys.map(([key, command]) => (
              <div key={key} className="flex items-center gap-3 py-0.5">
                <dt className="w-24 shrink-0 text-right">
                  <kbd className="rounded border border-line-strong bg-raised px-1.5 font-mono text-small">
                    {keyNames[key] ?? key.toUpperCase()}
                  </kbd>
                </dt>
                <dd>{commandNames[command]}</dd>
              </div>
            ))}
          </dl>
          <Dialog.Description className="mt-3 text-muted">{text.helpAbout}</Dialog.Description>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
