import type { NodeProps } from "@xyflow/react";
import { Globe, HardDrive, Laptop, Package, PowerOff, Scale, Server, Snowflake, Wrench } from "lucide-react";
import { memo, useContext } from "react";
import type { MachineView, Tone } from "../../../protocol/views.ts";
import { useCluster } from "../../shared/cluster.ts";
import { ToneSign } from "../../shared/controls/ToneSign.tsx";
import { select, tryTo } from "../../shared/session.ts";
import { powerWords } from "../../shared/text.ts";
import { toneText } from "../../shared/tones.ts";
import { ComponentTile } from "./ComponentTile.tsx";
import type { MachinePlace, Places } from "./layout/places.ts";
import { Pods } from "./Pods.tsx";
import { podsOn } from "./pods.ts";
import { StageContext } from "./stage-context.ts";
import { itemProps, useIsSelected } from "./stage-item.ts";
import { text } from "./text.ts";

const icons = {
  laptop: Laptop,
  "load-balancer": Scale,
  outside: Globe,
  registry: Package,
  "control-plane": Server,
  worker: HardDrive,
};
const thinTiles = new Set(["kubelet", "kube-proxy", "containerd", "container-runtime", "cri-o"]);

/** A machine on the stage: a tile of its own far away, its components and pods near. */
export const MachineNode = memo(function MachineNode({ id }: NodeProps) {
  const { places, depth } = useContext(StageContext);
  const machine = useCluster((state) => state.machines.get(id));
  const selected = useIsSelected({ type: "machine", id });
  const place = places?.machines.get(id);
  if (!machine || !place || !places) return null;
  const dark = machine.power === "off";
  const frozen = machine.power === "frozen";
  return (
    <section
      aria-label={machine.id}
      data-machine={id}
      data-power={machine.power}
      className={`relative rounded-lg border ${
        selected
          ? "border-accent outline-2 outline-accent"
          : machine.faults.length > 0
            ? "border-bad"
            : "border-transparent"
      } ${dark ? "text-muted" : ""}`}
      style={{ width: place.rect.width, height: place.rect.height }}
    >
      {place.row === 1 ? (
        <CornerMachine machine={machine} />
      ) : depth === "far" ? (
        <FarMachine machine={machine} />
      ) : (
        <NearMachine machine={machine} place={place} places={places} />
      )}
      {(dark || frozen) && place.row !== 1 && depth !== "far" && (
        <NoPower machine={machine} place={place} unit={places.unit} />
      )}
    </section>
  );
});

function health(machine: MachineView): { readonly tone: Tone; readonly word: string } {
  if (machine.power !== "on")
    return { tone: machine.power === "booting" ? "busy" : "bad", word: powerWords[machine.power] };
  if (machine.node === "Ready")
    return { tone: machine.cordoned ? "warning" : "good", word: machine.cordoned ? text.cordoned : "Ready" };
  if (machine.node === "") return { tone: "good", word: "" };
  return { tone: "bad", word: machine.node === "Unknown" ? "NotReady" : machine.node };
}

/** Laptop, load balancer, outside, registry. */
function CornerMachine({ machine }: { readonly machine: MachineView }) {
  const Icon = icons[machine.role];
  const role = text.roles[machine.role];
  const component = useCluster((state) => [...state.components.values()].find((one) => one.machine === machine.id));
  const title = machine.role === "load-balancer" ? machine.id : role.name;
  const fault = machine.faults[0] ?? component?.faults[0];
  const said = fault ? fault.label : component?.consequence || component?.doing || role.what;
  const selection =
    component && machine.role === "load-balancer"
      ? ({ type: "component", id: component.id } as const)
      : ({ type: "machine", id: machine.id } as const);
  return (
    <>
      <button
        type="button"
        {...itemProps(selection, `${title}, ${said}`)}
        onClick={() => select(selection)}
        className={`flex size-full items-center gap-2 overflow-hidden rounded-lg px-2.5 text-left ${fault ? "hatched" : ""}`}
      >
        <Icon size={22} strokeWidth={1.6} aria-hidden="true" className="shrink-0 text-accent" />
        <span className="min-w-0">
          <span className="block truncate text-small font-semibold">{title}</span>
          <span className={`block truncate text-small ${fault ? "font-semibold text-bad" : "text-muted"}`}>{said}</span>
        </span>
      </button>
      {fault && <MendButton id={fault.id} label={fault.label} />}
    </>
  );
}

function MendButton({ id, label }: { readonly id: string; readonly label: string }) {
  return (
    <button
      type="button"
      aria-label={text.mendThis(label)}
      onClick={() => void tryTo((session) => session.mend(id))}
      className="absolute top-1 right-1 flex items-center gap-1 rounded border border-bad bg-surface px-1.5 text-small font-semibold text-bad hover:bg-bad-soft"
    >
      <Wrench size={13} aria-hidden="true" />
      {text.mend}
    </button>
  );
}

function FarMachine({ machine }: { readonly machine: MachineView }) {
  const { tone, word } = health(machine);
  const count = useCluster((state) => podsOn(state, machine.id).length);
  const trouble = useCluster(
    (state) =>
      [...state.components.values()].find(
        (one) => one.machine === machine.id && (one.faults.length > 0 || one.tone === "bad"),
      )?.name,
  );
  const Icon = icons[machine.role];
  return (
    <button
      type="button"
      {...itemProps({ type: "machine", id: machine.id }, `${machine.id}, ${word}`)}
      onClick={() => select({ type: "machine", id: machine.id })}
      className="flex size-full flex-col items-center justify-center gap-1 overflow-hidden rounded-lg px-1 text-center text-body"
    >
      <Icon size={28} strokeWidth={1.5} aria-hidden="true" className="text-accent" />
      <span className="max-w-full font-semibold break-words">{machine.id}</span>
      <span className={`flex items-center gap-1 font-semibold ${toneText[tone]}`}>
        <ToneSign tone={tone} />
        {word}
      </span>
      {trouble && <span className="font-semibold text-bad">{trouble}</span>}
      <span className="text-muted">{text.podCount(count)}</span>
    </button>
  );
}

interface NearProps {
  readonly machine: MachineView;
  readonly place: MachinePlace;
  readonly places: Places;
}

function NearMachine({ machine, place, places }: NearProps) {
  const { unit } = places;
  const { tone, word } = health(machine);
  const Icon = icons[machine.role];
  const inside = (rect: { x: number; y: number; width: number; height: number }) => ({
    ...rect,
    x: rect.x - place.rect.x - 1,
    y: rect.y - place.rect.y - 1,
  });
  const tiles = [...places.tiles].filter(([id]) => id.endsWith(`@${machine.id}`));
  const headerPods = place.pods === null;
  const fault = machine.power === "on" ? machine.faults[0] : undefined;
  const selection = { type: "machine", id: machine.id } as const;
  return (
    <>
      <div className="flex items-center gap-1.5 px-2" style={{ height: unit * 1.85 }}>
        <button
          type="button"
          {...itemProps(
            selection,
            `${machine.id}, ${word}${machine.taints.length > 0 ? `, ${machine.taints.join(", ")}` : ""}`,
          )}
          title={[machine.id, machine.ip, ...machine.taints].filter(Boolean).join("\n")}
          onClick={() => select(selection)}
          className={`flex min-w-0 items-center gap-1.5 rounded pr-1 text-small font-semibold hover:text-accent ${
            machine.power === "on" ? "bg-surface" : ""
          }`}
        >
          <Icon size={15} aria-hidden="true" className="shrink-0 text-muted" />
          <span className="truncate">{machine.id}</span>
          <span className={`flex shrink-0 items-center gap-1 ${toneText[tone]}`}>
            <ToneSign tone={tone} size={10} />
            {word}
          </span>
        </button>
        {fault && (
          <button
            type="button"
            aria-label={text.mendThis(fault.label)}
            onClick={() => void tryTo((session) => session.mend(fault.id))}
            className="ml-auto flex shrink-0 items-center gap-1 rounded border border-bad bg-surface px-1 text-small font-semibold text-bad hover:bg-bad-soft"
          >
            <Wrench size={13} aria-hidden="true" />
            {fault.label}
          </button>
        )}
        {!fault && !headerPods && place.rect.width > unit * 24 && (
          <span className="ml-auto font-mono text-small text-muted">{machine.ip}</span>
        )}
      </div>
      {tiles.map(([id, rect]) => (
        <ComponentTile
          key={id}
          id={id}
          rect={inside(rect)}
          lines={places.lines}
          unit={unit}
          thin={thinTiles.has(id.slice(0, id.indexOf("@")))}
        />
      ))}
      {place.pods && <Pods machine={machine.id} area={inside(place.pods)} unit={unit} />}
      {headerPods && (
        <Pods
          machine={machine.id}
          area={{ x: place.rect.width - unit * 7, y: unit * 0.3, width: unit * 6.7, height: unit * 1.3 }}
          unit={unit}
        />
      )}
      {place.row === 3 && machine.power === "on" && <Meters machine={machine} unit={unit} />}
    </>
  );
}

/** What the pods here have asked for, on the lower edge. */
function Meters({ machine, unit }: { readonly machine: MachineView; readonly unit: number }) {
  return (
    <div
      className="absolute inset-x-2 bottom-0 flex items-center gap-3 overflow-hidden text-small text-muted"
      style={{ height: unit * 1.6 }}
    >
      <Meter label={text.cpu} share={machine.cpuRequestedMillicores / Math.max(machine.cpuMillicores, 1)} />
      <Meter label={text.memory} share={machine.memoryRequestedBytes / Math.max(machine.memoryBytes, 1)} />
    </div>
  );
}

function Meter({ label, share }: { readonly label: string; readonly share: number }) {
  const percent = Math.round(share * 100);
  const tone = share > 0.9 ? "bg-warning" : "bg-accent";
  return (
    <span className="flex min-w-0 flex-1 items-center gap-1.5" title={text.requested(label, percent)}>
      <span className="shrink-0">{label}</span>
      <span className="h-1.5 min-w-4 flex-1 overflow-hidden rounded-full bg-line">
        <span className={`block h-full rounded-full ${tone}`} style={{ width: `${Math.min(percent, 100)}%` }} />
      </span>
      <span className="sr-only">{percent} %</span>
    </span>
  );
}

function NoPower({
  machine,
  place,
  unit,
}: {
  readonly machine: MachineView;
  readonly place: MachinePlace;
  readonly unit: number;
}) {
  const fault = machine.faults[0];
  const Icon = machine.power === "frozen" ? Snowflake : PowerOff;
  return (
    <div
      className="pointer-events-none absolute inset-x-0 bottom-0 flex items-end justify-center rounded-b-lg"
      style={{ top: unit * 1.85, paddingBottom: Math.min(unit * 2, place.rect.height * 0.1) }}
    >
      <span className="pointer-events-auto flex items-center gap-2 rounded-md border border-bad bg-surface px-2 py-1 text-small font-semibold text-bad shadow-raised">
        <Icon size={16} aria-hidden="true" />
        {!fault && powerWords[machine.power]}
        {fault && (
          <button
            type="button"
            aria-label={text.mendThis(`${machine.id}, ${fault.label}`)}
            onClick={() => void tryTo((session) => session.mend(fault.id))}
            className="flex items-center gap-1 rounded border border-bad px-1.5 hover:bg-bad-soft"
          >
            <Wrench size={13} aria-hidden="true" />
            {text.mend}
          </button>
        )}
      </span>
    </div>
  );
}
