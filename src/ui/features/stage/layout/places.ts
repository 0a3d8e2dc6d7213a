import type { ComponentView, MachineView } from "../../../../protocol/views.ts";

export interface Rect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface MachinePlace {
  readonly id: string;
  readonly role: MachineView["role"];
  readonly rect: Rect;
  readonly row: 1 | 2 | 3;
  /** Where pods are drawn as rows; null when there is only room for signs in the header. */
  readonly pods: Rect | null;
  /** Left of the tiles: what comes from below climbs to the API server here. */
  readonly laneX: number;
}

/** Where everything stands, in the stage's own pixels; the whole picture is `width` x `height`. */
export interface Places {
  readonly width: number;
  readonly height: number;
  readonly unit: number;
  readonly machines: ReadonlyMap<string, MachinePlace>;
  /** By component id, in the stage's pixels. */
  readonly tiles: ReadonlyMap<string, Rect>;
  /** Where pods without a node wait. */
  readonly waiting: Rect;
  /** Heights of the two horizontal channels that links run in: between rows 1 and 2, and between rows 2 and 3. */
  readonly channels: readonly [number, number];
  /** Vertical ways between row 3 and row 1, x of each. */
  readonly shafts: readonly number[];
  /** Lines of text in a component's tile. */
  readonly lines: 1 | 2;
}

export interface PlacesInput {
  readonly machines: readonly Pick<MachineView, "id" | "role">[];
  readonly components: readonly Pick<ComponentView, "id" | "name" | "machine">[];
  readonly width: number;
  readonly height: number;
  /** Size of small text in pixels: everything is measured in it. */
  readonly unit: number;
}

const strip = ["kubelet", "containerd", "container-runtime", "cri-o", "kube-proxy"];
const beside = ["kube-scheduler", "kube-controller-manager", "cloud-controller-manager"];

/** Components that have a tile of their own; others (CoreDNS) are seen as pods. */
export function hasTile(name: string): boolean {
  return name === "kube-apiserver" || name === "etcd" || strip.includes(name) || beside.includes(name);
}

/** Fixed places: row 1 the person, the load balancer, the outside and the registry; row 2 control plane; row 3 workers. */
export function place(input: PlacesInput): Places {
  const { unit, machines } = input;
  const firstRow = order(machines, ["laptop", "load-balancer", "outside", "registry"]);
  const planes = machines.filter(({ role }) => role === "control-plane");
  const workers = machines.filter(({ role }) => role === "worker");
  const gap = Math.round(unit * 0.8);
  const margin = Math.round(unit * 0.9);
  const workerMin = unit * 11.5;
  const planeMin = unit * 20;
  const workerRows = Math.max(
    1,
    Math.ceil((workers.length * (workerMin + gap)) / Math.max(input.width * 1.6, unit * 70)),
  );
  const perRow = Math.ceil(workers.length / workerRows) || 1;
  const width = Math.max(
    input.width,
    perRow * (workerMin + gap) + margin * 2,
    planes.length * (planeMin + gap) + margin * 2,
    unit * 44,
  );
  const inner = width - margin * 2;

  const wide = planes.length > 0 && (inner - gap * (planes.length - 1)) / planes.length > unit * 37;
  const header = unit * 1.9;
  const tileHeight = (lines: 1 | 2) => Math.round(unit * (lines === 2 ? 3.35 : 1.95));
  const inset = Math.round(unit * 0.45);
  const stripHeight = Math.round(unit * 1.85);
  const planeHeight = (lines: 1 | 2) =>
    header + (tileHeight(lines) + inset) * (wide ? 2 : 3) + stripHeight + inset * 2 + Math.round(unit * 0.3);
  const row1Height = Math.round(unit * 3.5);
  const channel1 = Math.round(unit * 1.7);
  const channel2 = Math.round(unit * 2);
  const workerHeightMin = header + stripHeight + unit * 6.6;
  const alone = workers.length === 0;
  const below = alone ? unit * 4.5 : 0;
  const needed = (lines: 1 | 2) =>
    margin * 2 +
    row1Height +
    channel1 +
    planeHeight(lines) +
    below +
    (alone ? 0 : channel2 + workerRows * workerHeightMin + (workerRows - 1) * gap);
  const lines: 1 | 2 = needed(2) + (alone ? 0 : unit * 4) <= input.height ? 2 : 1;
  const height = Math.max(input.height, needed(lines));
  const spare = height - needed(lines);
  const grow = Math.min(spare * 0.12, unit * 2.2);

  const result = {
    machines: new Map<string, MachinePlace>(),
    tiles: new Map<string, Rect>(),
  };
  const y1 = margin;
  const y2 = y1 + row1Height + channel1 + grow;
  const podLine = !alone && spare > unit * 9 ? unit * 2.1 : 0;
  const plane2 = planeHeight(lines) + podLine + (alone ? below + spare - grow * 2 : 0);
  const y3 = y2 + plane2 + channel2 + grow;

  const byMachine = new Map<string, (typeof input.components)[number][]>();
  for (const component of input.components) {
    const list = byMachine.get(component.machine);
    if (list) list.push(component);
    else byMachine.set(component.machine, [component]);
  }

  // Row 1: the person at the left, what is outside at the right; the load balancer above the control plane.
  const balanced = firstRow.some(({ role }) => role === "load-balancer");
  const slots = balanced ? 5 : 4;
  const side = Math.min(unit * 15, (inner - gap * (slots - 1)) / slots);
  for (const machine of firstRow) {
    const x =
      machine.role === "laptop"
        ? margin
        : machine.role === "load-balancer"
          ? Math.round(Math.min(width / 2 - side / 2, width - margin - (side + gap) * 3))
          : machine.role === "registry"
            ? width - margin - side
            : width - margin - side * 2 - gap;
    const rect = { x, y: y1, width: side, height: row1Height };
    result.machines.set(machine.id, { ...base(machine, rect, 1), pods: null });
    for (const component of byMachine.get(machine.id) ?? []) result.tiles.set(component.id, rect);
  }

  // Row 2. A single machine does not stretch over the whole stage: pods that wait for a node stand beside it.
  const planeCount = Math.max(planes.length, 1);
  const besidePlanes = planes.length * (unit * 52 + gap) + unit * 16 < inner;
  const planeWidth = Math.floor(
    Math.min((inner - gap * (planeCount - 1) - (besidePlanes ? unit * 16 + gap : 0)) / planeCount, unit * 76),
  );
  planes.forEach((machine, index) => {
    const rect = { x: margin + index * (planeWidth + gap), y: y2, width: planeWidth, height: plane2 };
    placePlane(machine, rect);
  });

  function placePlane(machine: Pick<MachineView, "id" | "role">, rect: Rect): void {
    const lane = Math.round(unit * 0.95);
    const left = rect.x + lane + inset;
    const right = rect.x + rect.width - inset - Math.round(unit * 0.5);
    const full = right - left;
    const of = (name: string) => (byMachine.get(machine.id) ?? []).filter((component) => component.name === name);
    const others = (byMachine.get(machine.id) ?? []).filter(({ name }) => beside.includes(name));
    const tall = tileHeight(lines);
    const gapY = inset + Math.round(unit * 0.1);
    let y = rect.y + header;
    for (const { id } of of("kube-apiserver")) {
      result.tiles.set(id, { x: rect.x + inset, y, width: right - rect.x - inset, height: tall });
    }
    y += tall + gapY;
    const etcd = of("etcd");
    if (wide) {
      // etcd stands under the API server, the others beside it.
      const cells = [...others.slice(0, 1), ...etcd, ...others.slice(1)];
      split(cells, left, y, full, tall);
      y += tall + gapY;
    } else {
      split(etcd, left, y, full, tall);
      y += tall + gapY;
      split(others, left, y, full, tall);
      y += tall + gapY;
    }
    const parts = (byMachine.get(machine.id) ?? []).filter(({ name }) => strip.includes(name));
    split(sortStrip(parts), left, y, full, stripHeight);
    y += stripHeight + inset;
    const room = rect.y + rect.height - y - inset;
    result.machines.set(machine.id, {
      ...base(machine, rect, 2),
      laneX: rect.x + inset + lane / 2,
      pods: room > unit * 1.5 ? { x: left, y, width: full, height: room } : null,
    });
  }

  function split(
    cells: readonly { readonly id: string; readonly name: string }[],
    x: number,
    y: number,
    width: number,
    height: number,
    tight = false,
  ) {
    const weight = tight ? tightWeight : looseWeight;
    const total = cells.reduce((sum, { name }) => sum + weight(name), 0);
    let at = x;
    const free = width - inset * (cells.length - 1);
    for (const { id, name } of cells) {
      const own = Math.floor((free * weight(name)) / total);
      result.tiles.set(id, { x: at, y, width: own, height });
      at += own + inset;
    }
  }

  // Row 3.
  const workersHeight = height - margin - y3;
  const workerHeight = (workersHeight - gap * (workerRows - 1)) / workerRows;
  workers.forEach((machine, index) => {
    const row = Math.floor(index / perRow);
    const inRow = Math.min(perRow, workers.length - row * perRow);
    const workerWidth = Math.floor((inner - gap * (perRow - 1)) / perRow);
    const startX = margin + (inRow < perRow && row > 0 ? 0 : 0);
    const rect = {
      x: startX + (index - row * perRow) * (workerWidth + gap),
      y: y3 + row * (workerHeight + gap),
      width: workerWidth,
      height: workerHeight,
    };
    const parts = (byMachine.get(machine.id) ?? []).filter(({ name }) => strip.includes(name));
    split(
      sortStrip(parts),
      rect.x + inset,
      rect.y + header,
      rect.width - inset * 2,
      stripHeight,
      rect.width < unit * 17,
    );
    const podsY = rect.y + header + stripHeight + inset;
    const meters = unit * 1.75;
    result.machines.set(machine.id, {
      ...base(machine, rect, 3),
      pods: {
        x: rect.x + inset,
        y: podsY,
        width: rect.width - inset * 2,
        height: Math.max(unit * 2, rect.y + rect.height - podsY - meters),
      },
    });
  });

  const planesEnd = margin + planes.length * (planeWidth + gap);
  const waiting: Rect = besidePlanes
    ? {
        x: planesEnd,
        y: y2,
        width: Math.min(width - margin - planesEnd, unit * 30),
        height: Math.min(plane2, unit * 14),
      }
    : waitingInFirstRow();

  function waitingInFirstRow(): Rect {
    const taken = [...result.machines.values()].filter(({ row }) => row === 1).map(({ rect }) => rect);
    const laptopEnd = Math.max(margin, ...taken.filter(({ x }) => x < width * 0.3).map((rect) => rect.x + rect.width));
    const next = Math.min(width - margin, ...taken.filter(({ x }) => x >= width * 0.3).map(({ x }) => x));
    const x = laptopEnd + gap * 2;
    return { x, y: y1, width: Math.max(unit * 9, next - x - gap * 2), height: row1Height };
  }

  const shafts = [Math.round(margin / 2), Math.round(width - margin / 2)];
  planes.forEach((_, index) => {
    if (index < planes.length - 1 || besidePlanes) shafts.push(margin + (index + 1) * (planeWidth + gap) - gap / 2);
  });

  return {
    width,
    height,
    unit,
    machines: result.machines,
    tiles: result.tiles,
    waiting,
    channels: [Math.round((y1 + row1Height + y2) / 2), Math.round((y2 + plane2 + y3) / 2)],
    shafts,
    lines,
  };

  function base(machine: Pick<MachineView, "id" | "role">, rect: Rect, row: 1 | 2 | 3) {
    return { id: machine.id, role: machine.role, rect, row, laneX: rect.x + rect.width / 2 };
  }
}

function order<T extends { readonly role: string }>(machines: readonly T[], roles: readonly string[]): T[] {
  return roles.flatMap((role) => machines.filter((machine) => machine.role === role));
}

function sortStrip<T extends { readonly name: string }>(parts: readonly T[]): T[] {
  return [...parts].sort((a, b) => strip.indexOf(a.name) - strip.indexOf(b.name));
}

/** Long names get more room. */
function looseWeight(name: string): number {
  return weights[name] ?? 1;
}

/** In a narrow strip the short names stand: kubelet, runtime, proxy. */
function tightWeight(name: string): number {
  return name === "kube-proxy" ? 0.8 : 1;
}

const weights: Readonly<Record<string, number>> = {
  "kube-controller-manager": 1.5,
  "cloud-controller-manager": 1.35,
  "kube-scheduler": 1.02,
  kubelet: 0.95,
  "kube-proxy": 1.02,
  containerd: 1.02,
};
