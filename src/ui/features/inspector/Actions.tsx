import { CornerDownLeft, Wrench, Zap } from "lucide-react";
import { useId, useState } from "react";
import type { BreakAction, InspectorView } from "../../../protocol/views.ts";
import { Button } from "../../shared/controls/Button.tsx";
import { typeInTerminal } from "../../shared/requests.ts";
import { tryTo } from "../../shared/session.ts";
import { text } from "./text.ts";

/** What can be done: mend, break, commands to type. */
export function Actions({ view }: { readonly view: InspectorView }) {
  const { actions, faults, commands } = view;
  if (actions.length + faults.length + commands.length === 0) return null;
  return (
    <section className="mt-4 border-t border-line pt-2">
      <h3 className="text-small font-semibold text-muted">{text.whatCanIDo}</h3>
      {faults.map((fault) => (
        <Button
          key={fault.id}
          icon={Wrench}
          tone="accent"
          className="mt-1 mr-1"
          onClick={() => void tryTo((session) => session.mend(fault.id))}
        >
          {text.mend}: {fault.label}
        </Button>
      ))}
      {actions.length > 0 && (
        <ul aria-label={text.break} className="mt-1 space-y-1">
          {actions.map((action) => (
            <Action key={`${action.fault} ${action.target}`} action={action} />
          ))}
        </ul>
      )}
      {commands.length > 0 && (
        <ul aria-label={text.type} className="mt-2 space-y-1">
          {commands.map((command) => (
            <li key={command}>
              <button
                type="button"
                title={text.fill}
                onClick={() => typeInTerminal(command)}
                className="flex w-full items-center gap-2 rounded-md bg-sunken px-2 py-1 text-left font-mono text-small hover:bg-accent-soft"
              >
                <span className="min-w-0 flex-1 break-words">{command}</span>
                <CornerDownLeft size={14} aria-hidden="true" className="shrink-0 text-muted" />
              </button>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function Action({ action }: { readonly action: BreakAction }) {
  const [values, setValues] = useState<Readonly<Record<string, string>>>({});
  const id = useId();
  const all = Object.fromEntries(action.parameters.map(({ name, default: usual }) => [name, values[name] ?? usual]));
  return (
    <li className="flex items-center gap-2" title={action.hint}>
      <Zap size={15} aria-hidden="true" className="shrink-0 text-bad" />
      <span className="min-w-0 flex-1">
        <span className="block font-medium">{action.label}</span>
        <span className="block text-small leading-snug text-muted">{action.hint}</span>
        {action.parameters.map((parameter) => (
          <label
            key={parameter.name}
            htmlFor={`${id}-${parameter.name}`}
            className="mt-0.5 flex items-center gap-1.5 text-small"
          >
            <input
              id={`${id}-${parameter.name}`}
              value={all[parameter.name]}
              onChange={(event) => setValues({ ...values, [parameter.name]: event.target.value })}
              className="w-16 rounded border border-line-strong bg-surface px-1.5 py-0.5"
            />
            {parameter.label} {parameter.unit && <span className="text-muted">({parameter.unit})</span>}
          </label>
        ))}
      </span>
      <Button
        size="small"
        tone="bad"
        aria-label={`${text.break}: ${action.label}`}
        onClick={() => void tryTo((session) => session.breakIt(action.fault, action.target, all))}
      >
        {text.break}
      </Button>
    </li>
  );
}
