import { describe, expect, it } from "vitest";
import { fakeCluster } from "../../../shared/testing/fake-cluster.ts";
import { type Places, place, type Rect } from "./places.ts";
import { podCells } from "./pod-cells.ts";
import { findPlaceIn, pointAt, route } from "./routes.ts";

const sizes = [
  [950, 426],
  [1600, 780],
  [1280, 560],
  [390, 420],
] as const;

const overlap = (a: Rect, b: Rect) =>
  a.x < b.x + b.width - 0.5 && b.x < a.x + a.width - 0.5 && a.y < b.y + b.height - 0.5 && b.y < a.y + a.height - 0.5;

function placed(topology: string, width: number, height: number): Places {
  const { machines, components } = fakeCluster(topology);
  return place({ machines, components, width, height, unit: 13 });
}

describe.each(["single", "basic", "ha"])("the places of %s", (topology) => {
  it.each(sizes)("at %i x %i: nothing overlaps, everything is inside", (width, height) => {
    const places = placed(topology, width, height);
    const machines = [...places.machines.values()];
    for (const [index, a] of machines.entries()) {
      expect(a.rect.x).toBeGreaterThanOrEqual(0);
      expect(a.rect.x + a.rect.width).toBeLessThanOrEqual(places.width);
      expect(a.rect.y + a.rect.height).toBeLessThanOrEqual(places.height);
      for (const b of machines.slice(index + 1)) expect(overlap(a.rect, b.rect), `${a.id} and ${b.id}`).toBe(false);
    }
    const tiles = [...places.tiles].filter(([id]) => places.machines.get(id.split("@")[1] ?? "")?.row !== 1);
    for (const [index, [id, rect]] of tiles.entries()) {
      const machine = places.machines.get(id.split("@")[1] ?? "");
      expect(machine && rect.x >= machine.rect.x && rect.x + rect.width <= machine.rect.x + machine.rect.width).toBe(
        true,
      );
      for (const [other, second] of tiles.slice(index + 1)) {
        expect(overlap(rect, second), `${id} and ${other}`).toBe(false);
      }
    }
    for (const { rect, id } of machines) expect(overlap(places.waiting, rect), `waiting pods and ${id}`).toBe(false);
  });

  it("every wire has a way, and messages of both directions use the same one", () => {
    const { links } = fakeCluster(topology);
    const places = placed(topology, 950, 426);
    const find = findPlaceIn(places, () => undefined);
    for (const link of links) {
      const there = route(places, find, link.from, link.to, 0);
      const back = route(places, find, link.to, link.from, 0);
      expect(there, link.id).not.toBeNull();
      expect(there?.length).toBeGreaterThan(0);
      const [a, b] = [pointAt(there!, 0.25), pointAt(back!, 0.75)];
      expect(Math.hypot(a.x - b.x, a.y - b.y)).toBeLessThan(0.01);
    }
  });
});

describe("a machine's pods", () => {
  it("have names while there is room, then signs, then a count", () => {
    expect(podCells(280, 110, 3, 13).mode).toBe("rows");
    expect(podCells(280, 110, 60, 13)).toMatchObject({ mode: "signs", shown: 60 });
    expect(podCells(280, 110, 400, 13).shown).toBeLessThan(400);
  });
});
