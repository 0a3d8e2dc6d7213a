import { describe, expect, it } from "vitest";
import type { ListDiff, ViewUpdate } from "../../protocol/updates.ts";
import { topologyByName } from "../../sim/cluster/topology.ts";
import { SessionHost } from "../host.ts";
import { Pacer } from "../pacing.ts";
import { ListDiffer } from "./diff.ts";
import { Views } from "./views.ts";

function apply<T extends { readonly id: string | number }>(list: readonly T[], diff: ListDiff<T> | undefined): T[] {
  const items = new Map(list.map((item) => [item.id, item]));
  for (const id of diff?.remove ?? []) items.delete(id);
  for (const item of diff?.upsert ?? []) items.set(item.id, item);
  return [...items.values()];
}

describe("differences of a list", () => {
  it("are what was added, changed and removed, by value", () => {
    const differ = new ListDiffer<{ id: string; value: number }>();
    expect(differ.diff([{ id: "a", value: 1 }])).toEqual({ remove: [], upsert: [{ id: "a", value: 1 }] });
    expect(differ.diff([{ id: "a", value: 1 }])).toBe(undefined);
    expect(
      differ.diff([
        { id: "b", value: 1 },
        { id: "a", value: 2 },
      ]),
    ).toEqual({
      remove: [],
      upsert: [
        { id: "b", value: 1 },
        { id: "a", value: 2 },
      ],
    });
    expect(differ.diff([{ id: "b", value: 1 }])).toEqual({ remove: ["a"], upsert: [] });
    differ.reset();
    expect(differ.diff([{ id: "b", value: 1 }])).toEqual({ remove: [], upsert: [{ id: "b", value: 1 }] });
  });
});

/** What the page knows after all updates so far. */
class Page {
  machines: readonly { readonly id: string }[] = [];
  components: readonly { readonly id: string }[] = [];
  pods: readonly { readonly id: string }[] = [];
  links: readonly { readonly id: string }[] = [];
  messages: readonly { readonly id: number }[] = [];
  events: readonly { readonly id: string }[] = [];
  whole: Record<string, unknown> = {};

  take(update: ViewUpdate | null): void {
    if (update === null) return;
    if (update.reset) Object.assign(this, new Page());
    this.machines = apply(this.machines, update.stage?.machines);
    this.components = apply(this.components, update.stage?.components);
    this.pods = apply(this.pods, update.stage?.pods);
    this.links = apply(this.links, update.stage?.links);
    this.messages = apply(this.messages, update.messages);
    this.events = apply(this.events, update.events);
    for (const name of ["time", "caption", "inspector", "trace"] as const)
      if (update[name] !== undefined) this.whole[name] = update[name];
    if (update.stage?.head !== undefined) this.whole.head = update.stage.head;
  }

  sorted(): unknown {
    const byId = (a: { readonly id: string | number }, b: { readonly id: string | number }) => (a.id < b.id ? -1 : 1);
    const lists = [this.machines, this.components, this.pods, this.links, this.messages, this.events];
    return [lists.map((list) => [...list].sort(byId)), this.whole];
  }
}

describe("updates of the page", () => {
  it("lead to the same as the whole view, through faults, a rewind and a branch", () => {
    const host = new SessionHost();
    const pacer = new Pacer(host, () => 0);
    const views = new Views();
    const fresh = () => {
      const all = new Views();
      all.shown = views.shown;
      all.selection = views.selection;
      return all;
    };
    views.shown = new Set(["messages", "events", "inspector", "trace"]);
    views.selection = { type: "component", id: "kube-apiserver@control-plane-1" };
    const session = host.startBooting(topologyByName("basic") as NonNullable<ReturnType<typeof topologyByName>>, 1);
    session.listeners.push({ onReset: () => views.reset() });
    const page = new Page();
    const compare = () => {
      page.take(views.update(session, pacer));
      const whole = new Page();
      whole.take(fresh().update(session, pacer));
      expect(page.sorted()).toEqual(whole.sorted());
    };
    for (let turn = 0; turn < 40; turn += 1) {
      session.advance(session.nowUs + 700_000);
      compare();
    }
    session.do({ type: "break", fault: "power-off", target: "worker-2", parameters: {} });
    compare();
    for (let turn = 0; turn < 10; turn += 1) {
      session.advance(session.nowUs + 9_000_001);
      compare();
    }
    session.rewindTo(20_000_000, false);
    compare();
    session.advance(30_000_000);
    session.do({ type: "healEverything" });
    compare();
    session.switchBranch("main");
    compare();
    expect(views.update(session, pacer)).toBe(null);
  });

  it("carry a notice once", () => {
    const host = new SessionHost();
    const pacer = new Pacer(host, () => 0);
    const views = new Views();
    const session = host.startBooting(topologyByName("single") as NonNullable<ReturnType<typeof topologyByName>>, 1);
    views.tell({ id: "n", tone: "info", text: "Hello.", detail: "" });
    expect(views.update(session, pacer)?.notices).toHaveLength(1);
    expect(views.update(session, pacer)).toBe(null);
  });
});
