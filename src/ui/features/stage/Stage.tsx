import { type Node, ReactFlow, ReactFlowProvider, useReactFlow, useStore, ViewportPortal } from "@xyflow/react";
import { type CSSProperties, useEffect, useLayoutEffect, useMemo, useRef } from "react";
import type { ClusterState } from "../../shared/adapter/apply-update.ts";
import { cluster, useCluster } from "../../shared/cluster.ts";
import { useArrangement } from "../../shared/preferences.ts";
import { moveCamera, openBreakMenu, useCamera } from "../../shared/requests.ts";
import { select, useSelection } from "../../shared/session.ts";
import { useLegend } from "./CameraButtons.tsx";
import { Grounds, WaitingPods } from "./Grounds.tsx";
import { Legend } from "./Legend.tsx";
import { Links } from "./Links.tsx";
import { place } from "./layout/places.ts";
import { MachineNode } from "./MachineNode.tsx";
import { MessageLayer, motionIsReduced } from "./MessageLayer.tsx";
import { RouteBook } from "./route-book.ts";
import { type Depth, StageContext } from "./stage-context.ts";
import { keepOneTabStop, walkStage } from "./stage-item.ts";
import { text } from "./text.ts";
import { useSize } from "./useSize.ts";

const nodeTypes = { machine: MachineNode };
const farBelow = 0.68;

/** The stage: fixed places, live states, messages on their way. */
export function Stage() {
  return (
    <ReactFlowProvider>
      <StageInside />
    </ReactFlowProvider>
  );
}

/** Changes only when something appears or goes: places are found anew only then. */
function structureOf(state: ClusterState): string {
  if (state.machines === structure.machines && state.components === structure.components) return structure.key;
  const machines = [...state.machines.values()].map(({ id, role }) => `${id}:${role}`);
  structure = {
    machines: state.machines,
    components: state.components,
    key: `${machines.join(" ")} ${[...state.components.keys()].join(" ")}`,
  };
  return structure.key;
}

let structure: Pick<ClusterState, "machines" | "components"> & { readonly key: string } = {
  machines: new Map(),
  components: new Map(),
  key: "",
};

function StageInside() {
  const stage = useRef<HTMLElement>(null);
  const size = useSize(stage);
  const presenter = useArrangement((state) => state.presenter);
  const theme = useArrangement((state) => state.theme);
  const dimmed = useArrangement((state) => state.dimmed);
  const known = useCluster((state) => state.known);
  const key = useCluster(structureOf);
  const pods = useCluster((state) => state.pods);
  const unit = unitFor(size, presenter);
  const legend = useLegend((state) => state.open);

  const places = useMemo(() => {
    if (!size || key.trim() === "") return null;
    const { machines, components } = cluster();
    return place({
      machines: [...machines.values()],
      components: [...components.values()],
      width: size.width,
      height: size.height,
      unit,
    });
  }, [key, size, unit]);

  // Pods move when others come and go; the ways to them are found anew.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the book reads the pods when asked.
  const book = useMemo(() => places && new RouteBook(places), [places, pods]);

  const wires = useMemo(() => places && new RouteBook(places), [places]);

  const nodes = useMemo<Node[]>(
    () =>
      places
        ? [...places.machines.values()].map(({ id, rect }) => ({
            id,
            type: "machine",
            position: { x: rect.x, y: rect.y },
            width: rect.width,
            height: rect.height,
            data: {},
            draggable: false,
            selectable: false,
            focusable: false,
            connectable: false,
            style: clickable,
          }))
        : [],
    [places],
  );

  useCameraWishes(places, size);
  const zoom = useStore((state) => Math.round(state.transform[2] * 20) / 20);
  const depth: Depth = zoom < farBelow ? "far" : "near";
  const flow = useReactFlow();
  const lookInside = (id: string) => {
    const rect = places?.machines.get(id)?.rect;
    const duration = motionIsReduced() ? 0 : 220;
    if (zoom > 1.3) moveCamera("fit");
    else if (rect) void flow.fitBounds(rect, { duration, padding: 0.04 });
  };
  const context = useMemo(() => ({ places, depth }), [places, depth]);
  const scale = zoom >= 1 ? zoom ** -0.45 : 1 / Math.max(zoom, 0.25);

  useEffect(() => {
    const element = stage.current;
    if (!element) return;
    const keep = () => keepOneTabStop(element, document.activeElement);
    keep();
    const timer = setInterval(keep, 1000);
    return () => clearInterval(timer);
  }, []);

  return (
    <section
      ref={stage}
      aria-label={text.stage}
      data-testid="stage"
      className="relative size-full overflow-hidden bg-page"
      style={{ "--stage-small": `${(unit * scale).toFixed(2)}px`, "--stage-unit": `${unit}px` } as CSSProperties}
      onKeyDown={(event) => {
        walkStage(event);
        if (event.key === "b" || event.key === "ContextMenu") breakFocused(event);
      }}
      onFocus={(event) => keepOneTabStop(event.currentTarget, event.target)}
    >
      {!known && <p className="absolute inset-0 grid place-content-center text-title text-muted">{text.starting}</p>}
      {places && book && wires && (
        <StageContext value={context}>
          <ReactFlow
            nodes={nodes}
            edges={noEdges}
            nodeTypes={nodeTypes}
            minZoom={0.2}
            maxZoom={5}
            nodesDraggable={false}
            nodesConnectable={false}
            nodesFocusable={false}
            edgesFocusable={false}
            elementsSelectable={false}
            disableKeyboardA11y
            zoomOnDoubleClick={false}
            proOptions={hideAttribution}
            deleteKeyCode={null}
            selectionKeyCode={null}
            multiSelectionKeyCode={null}
            panActivationKeyCode={null}
            onPaneClick={() => select(null)}
            onNodeDoubleClick={(_event, node) => lookInside(node.id)}
            className="stage-flow"
          >
            <ViewportPortal>
              <Grounds places={places} />
              <Links places={places} book={wires} />
              <WaitingPods places={places} />
            </ViewportPortal>
          </ReactFlow>
          <MessageLayer key={theme} book={book} stage={stage} />
        </StageContext>
      )}
      {legend && (
        <div className="absolute right-2 bottom-2 z-10 flex max-h-[calc(100%-1rem)]">
          <Legend />
        </div>
      )}
      {dimmed && <div data-testid="dimmed" className="absolute inset-0 z-20 bg-black" />}
    </section>
  );
}

/** Small text grows with the stage, so that a large projection is read from the last row. */
function unitFor(size: { readonly width: number; readonly height: number } | null, presenter: boolean): number {
  const [least, most] = presenter ? [16, 21] : [13, 17];
  const fits = size ? Math.min(size.width / 76, size.height / 33) : least;
  return Math.round(Math.min(Math.max(fits, least), most));
}

const clickable: CSSProperties = { pointerEvents: "all" };
const noEdges: never[] = [];
const hideAttribution = { hideAttribution: true };

function breakFocused(event: React.KeyboardEvent<HTMLElement>): void {
  const item = (event.target as Element).closest("[data-stage-item]");
  if (!item) return;
  event.preventDefault();
  event.stopPropagation();
  (item as HTMLElement).click();
  const selection = useSelection.getState().selection;
  if (selection) openBreakMenu(selection, item.getBoundingClientRect());
}

/** Everything fits unless the person has moved the camera; keys and buttons move it. */
function useCameraWishes(
  places: ReturnType<typeof place> | null,
  size: { width: number; height: number } | null,
): void {
  const flow = useReactFlow();
  const wish = useCamera();
  const moved = useRef(false);
  const seen = useRef(wish.count);

  useLayoutEffect(() => {
    if (!places || !size) return;
    const asked = seen.current !== wish.count;
    seen.current = wish.count;
    const duration = asked && !motionIsReduced() ? 180 : 0;
    if (asked && wish.wish !== "fit") {
      moved.current = true;
      void (wish.wish === "zoomIn" ? flow.zoomIn({ duration }) : flow.zoomOut({ duration }));
      return;
    }
    if (asked) moved.current = false;
    if (moved.current) return;
    const zoom = Math.min(size.width / places.width, size.height / places.height, 1);
    const view = {
      x: (size.width - places.width * zoom) / 2,
      y: Math.max(0, (size.height - places.height * zoom) / 2),
      zoom,
    };
    void flow.setViewport(view, { duration });
  }, [flow, places, size, wish]);
}
