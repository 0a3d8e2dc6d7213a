import { Wrench } from "lucide-react";
import { useShallow } from "zustand/react/shallow";
import type { Selection, Tone } from "../../../protocol/views.ts";
import type { ClusterState } from "../../shared/adapter/apply-update.ts";
import { useCluster } from "../../shared/cluster.ts";
import { Button } from "../../shared/controls/Button.tsx";
import { ToneSign } from "../../shared/controls/ToneSign.tsx";
import { formatClock } from "../../shared/format-time.ts";
import { readable } from "../../shared/readable.ts";
import { keyOfSelection, select, tryTo } from "../../shared/session.ts";
import { controls, podStates } from "../../shared/text.ts";
import { text } from "./text.ts";

interface Trouble {
  readonly text: string;
  readonly tone: Tone;
  readonly selection: Selection;
}

/** What the inspector says while nothing is selected: is all well, and if not, where to look. */
export function Overview() {
  const counts = useCluster(useShallow(countsOf));
  const troubles = useCluster(useShallow((state) => troublesOf(state).map((trouble) => JSON.stringify(trouble))));
  const faults = useCluster((state) => state.head.faults);
  const traces = useCluster((state) => state.trace.traces);
  const done = traces
    .filter(({ origin, label }) => origin !== "timer" && !label.startsWith("GET "))
    .slice(-6)
    .reverse();
  return (
    <div className="flex h-full flex-col overflow-y-auto p-3">
      <h2 className="text-title font-semibold">{text.overview}</h2>
      <ul className="mt-2 space-y-1">
        <Line
          tone={counts.ready === counts.nodes ? "good" : "bad"}
          words={text.nodesReady(counts.ready, counts.nodes)}
        />
        <Line
          tone={counts.well === counts.components ? "good" : "bad"}
          words={text.components(counts.well, counts.components)}
        />
        <Line
          tone={counts.running === counts.pods ? "good" : "busy"}
          words={text.podsRunning(counts.running, counts.pods)}
        />
        <Line tone={faults.length === 0 ? "good" : "warning"} words={text.brokenCount(faults.length)} />
      </ul>
      {faults.length > 0 && (
        <section className="mt-3">
          <h3 className="text-small font-semibold text-muted">{text.broken}</h3>
          <ul className="mt-1 space-y-1">
            {faults.map((fault) => (
              <li key={fault.id} className="flex items-center gap-2">
                <span className="min-w-0 flex-1 truncate">
                  <span className="font-medium">{fault.target}</span> <span className="text-bad">{fault.label}</span>
                </span>
                <Button size="small" icon={Wrench} onClick={() => void tryTo((session) => session.mend(fault.id))}>
                  {controls.mend}
                </Button>
              </li>
            ))}
          </ul>
        </section>
      )}
      {troubles.length > 0 && (
        <section className="mt-3">
          <h3 className="text-small font-semibold text-muted">{text.troubles}</h3>
          <ul className="mt-1 space-y-0.5">
            {troubles.map((json) => {
              const trouble = JSON.parse(json) as Trouble;
              return (
                <li key={keyOfSelection(trouble.selection)}>
                  <button
                    type="button"
                    onClick={() => select(trouble.selection)}
                    className="flex w-full items-center gap-2 rounded px-1 text-left hover:bg-raised"
                  >
                    <ToneSign tone={trouble.tone} />
                    <span className="min-w-0 truncate">{trouble.text}</span>
                  </button>
                </li>
              );
            })}
          </ul>
        </section>
      )}
      {done.length > 0 && (
        <section className="mt-3">
          <h3 className="text-small font-semibold text-muted">{text.recent}</h3>
          <ul className="mt-1 space-y-0.5">
            {done.map((trace) => (
              <li key={trace.id}>
                <button
                  type="button"
                  onClick={() => select({ type: "trace", id: trace.id })}
                  className="flex w-full items-baseline gap-2 rounded px-1 text-left hover:bg-raised"
                >
                  <span className="shrink-0 font-mono text-small text-muted">
                    {formatClock(trace.atUs).slice(0, 8)}
                  </span>
                  <span className="min-w-0 truncate">{readable(trace.label)}</span>
                </button>
              </li>
            ))}
          </ul>
        </section>
      )}
      <p className="mt-auto pt-4 text-muted">{text.nothing}</p>
    </div>
  );
}

function Line({ tone, words }: { readonly tone: Tone; readonly words: string }) {
  return (
    <li className="flex items-center gap-2">
      <ToneSign tone={tone} />
      {words}
    </li>
  );
}

function countsOf({ machines, pods, components }: ClusterState) {
  let nodes = 0;
  let ready = 0;
  for (const machine of machines.values()) {
    if (machine.node === "") continue;
    nodes += 1;
    if (machine.node === "Ready") ready += 1;
  }
  let running = 0;
  let counted = 0;
  for (const { state } of pods.values()) {
    // What has ended is not meant to run.
    if (state === "succeeded" || state === "failed") continue;
    counted += 1;
    if (state === "running") running += 1;
  }
  let well = 0;
  for (const { state, tone } of components.values()) if (state === "running" && tone !== "bad") well += 1;
  return { nodes, ready, pods: counted, running, components: components.size, well };
}

const mostTroubles = 7;

function troublesOf({ machines, pods, components }: ClusterState): Trouble[] {
  const troubles: Trouble[] = [];
  for (const machine of machines.values()) {
    if (machine.node !== "" && machine.node !== "Ready") {
      troubles.push({ text: `${machine.id}: NotReady`, tone: "bad", selection: { type: "machine", id: machine.id } });
    }
  }
  for (const component of components.values()) {
    if (component.consequence && component.faults.length === 0) {
      const words = `${component.name}: ${component.consequence}`;
      troubles.push({ text: words, tone: "warning", selection: { type: "component", id: component.id } });
    }
  }
  for (const pod of pods.values()) {
    const tone = pod.state === "crash loop" || pod.state === "failed" || pod.state === "lost" ? "bad" : "warning";
    if (tone === "warning" && pod.state !== "waiting" && pod.state !== "not ready") continue;
    const selection = { type: "object", resource: "pods", namespace: pod.namespace, name: pod.name } as const;
    troubles.push({ text: `${pod.name}: ${podStates[pod.state]}`, tone, selection });
  }
  return troubles.slice(0, mostTroubles);
}
