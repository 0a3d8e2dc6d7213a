import { Dialog } from "radix-ui";
import { useId, useState } from "react";
import type { BreakAction } from "../../../protocol/views.ts";
import { Button } from "../../shared/controls/Button.tsx";
import { tryTo } from "../../shared/session.ts";
import { text } from "./text.ts";

/** How much: by what factor to slow, by how many minutes to set a clock wrong. */
export default function Parameters({
  action,
  onClose,
}: {
  readonly action: BreakAction;
  readonly onClose: () => void;
}) {
  const id = useId();
  const [values, setValues] = useState<Readonly<Record<string, string>>>(
    Object.fromEntries(action.parameters.map((parameter) => [parameter.name, parameter.default])),
  );
  return (
    <Dialog.Root open onOpenChange={(open) => !open && onClose()}>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-40 bg-black/30" />
        <Dialog.Content className="fixed top-1/3 left-1/2 z-50 w-80 -translate-x-1/2 rounded-lg border border-line bg-surface p-4 shadow-raised">
          <Dialog.Title className="text-title font-semibold">{text.parameters(action.label)}</Dialog.Title>
          <Dialog.Description className="mt-1 text-muted">{action.hint}</Dialog.Description>
          <form
            onSubmit={(event) => {
              event.preventDefault();
              void tryTo((session) => session.breakIt(action.fault, action.target, values));
              onClose();
            }}
          >
            {action.parameters.map((parameter) => (
              <label key={parameter.name} htmlFor={`${id}-${parameter.name}`} className="mt-3 flex items-center gap-2">
                <input
                  id={`${id}-${parameter.name}`}
                  value={values[parameter.name]}
                  onChange={(event) => setValues({ ...values, [parameter.name]: event.target.value })}
                  className="w-24 rounded-md border border-line-strong bg-surface px-2 py-1"
                />
                {parameter.label} {parameter.unit && `(${parameter.unit})`}
              </label>
            ))}
            <div className="mt-4 flex justify-end gap-2">
              <Button onClick={onClose}>{text.cancel}</Button>
              <Button tone="accent" type="submit">
                {text.break}
              </Button>
            </div>
          </form>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
