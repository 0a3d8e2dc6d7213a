import type { LinkView, MessageView } from "../../../protocol/views.ts";
import { cluster } from "../../shared/cluster.ts";
import type { Places, Rect } from "./layout/places.ts";
import { podCells } from "./layout/pod-cells.ts";
import { type FindPlace, findPlaceIn, type Route, route, type Track } from "./layout/routes.ts";
import { podsOn } from "./pods.ts";

/** The ways of a picture, found once each. A new one is made whenever places or pods change. */
export class RouteBook {
  private readonly routes = new Map<string, Route | null>();
  private readonly find: FindPlace;

  constructor(private readonly places: Places) {
    const plain = findPlaceIn(places, (id) => cluster().pods.get(id)?.machine);
    this.find = (id) => {
      const pod = cluster().pods.get(id);
      const rect = pod && this.podRect(id, pod.machine);
      return pod && rect ? { rect, machine: pod.machine, isTile: false } : plain(id);
    };
  }

  of(from: string, to: string, track: Track): Route | null {
    const key = `${from}\n${to}\n${track}`;
    const known = this.routes.get(key);
    if (known !== undefined) return known;
    const found = route(this.places, this.find, from, to, track);
    this.routes.set(key, found);
    return found;
  }

  ofMessage(message: MessageView): Route | null {
    return this.of(message.from, message.to, trackOfShape(message.shape));
  }

  ofLink(link: LinkView): Route | null {
    return this.of(link.from, link.to, link.kind === "pod" ? 1 : 0);
  }

  private podRect(id: string, machine: string): Rect | null {
    const area = this.places.machines.get(machine)?.pods;
    const pods = podsOn(cluster(), machine);
    const index = pods.findIndex((pod) => pod.id === id);
    if (!area || index < 0) return null;
    const cells = podCells(area.width, area.height, pods.length, this.places.unit);
    const cell = cells.at(Math.min(index, Math.max(cells.shown - 1, 0)));
    return { ...cell, x: area.x + cell.x, y: area.y + cell.y };
  }
}

function trackOfShape(shape: MessageView["shape"]): Track {
  return shape === "pod" ? 1 : 0;
}
