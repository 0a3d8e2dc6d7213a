import type { Section } from "../../../../protocol/views.ts";
import { Scroll } from "../../../shared/controls/Scroll.tsx";

/** A message, opened layer by layer: the outermost first, the innermost open. */
export function EnvelopeSection({ section }: { readonly section: Extract<Section, { readonly type: "envelope" }> }) {
  return (
    <ol className="space-y-1">
      {section.layers.map((layer, depth) => (
        <li key={layer.name} style={{ marginLeft: depth * 8 }}>
          <details open={depth >= section.layers.length - 2} className="rounded-md border border-line bg-surface">
            <summary className="px-2 py-1 font-semibold">{layer.name}</summary>
            <div className="px-2 pb-2">
              <dl className="grid grid-cols-[auto_1fr] gap-x-3">
                {layer.facts.map((fact) => (
                  <div key={fact.name} className="contents">
                    <dt className="text-muted">{fact.name}</dt>
                    <dd className="min-w-0 font-mono text-small leading-[inherit] break-words">{fact.value}</dd>
                  </div>
                ))}
              </dl>
              {layer.body && (
                <Scroll className="mt-1 max-h-60 overflow-auto rounded bg-raised p-1.5" label={layer.name}>
                  <pre className="font-mono text-small break-words whitespace-pre-wrap">{layer.body}</pre>
                </Scroll>
              )}
            </div>
          </details>
        </li>
      ))}
    </ol>
  );
}
