import { describe, expect, it } from "vitest";
import { parseFieldSelector } from "../../../api/fields.ts";
import { kindOfResource } from "../../../api/kinds.ts";
import { EVERYTHING, parseSelector } from "../../../api/labels.ts";
import { type ApiObject, deepFreeze } from "../../../api/object.ts";
import { decorate, undecorate } from "./decorate.ts";
import { type CachedEvent, createHistory, eventsAfter, historyLength, remember } from "./history.ts";
import { fieldOf, selectableField } from "./selectable-fields.ts";
import { bucketOf, matchesSelection, selectionOf } from "./selection.ts";
import { addWatcher, dispatchEvent, removeWatcher, type Watcher, type Watchers } from "./watchers.ts";

const PODS = kindOfResource("", "pods")!;

function pod(name: string, node: string, labels: Record<string, string> = {}): ApiObject {
  return deepFreeze({
    kind: "Pod",
    apiVersion: "v1",
    metadata: { name, namespace: "default", labels, resourceVersion: "7" },
    spec: { nodeName: node },
  });
}

function watcher(stream: number, fields: string, labels = ""): Watcher {
  const selection = selectionOf(
    "",
    labels === "" ? EVERYTHING : parseSelector(labels),
    parseFieldSelector(fields),
    true,
  );
  return {
    stream,
    kind: PODS,
    user: "u",
    userAgent: "",
    selection,
    bucket: bucketOf(selection),
    form: null,
    bookmarks: false,
    afterRevision: 0,
    sentEvents: 0,
    timer: 0,
  };
}

function event(type: CachedEvent["type"], object: ApiObject, previous: ApiObject | null, revision = 7): CachedEvent {
  return deepFreeze({ type, revision, object, previous, trace: null });
}

function told(watchers: Watchers, happened: CachedEvent): string[] {
  const heard: string[] = [];
  dispatchEvent(watchers, happened, ({ stream }, frame) => heard.push(`${stream} ${frame.type}`));
  return heard;
}

describe("watchers", () => {
  it("hear only what concerns them, each in its own words", () => {
    const watchers: Watchers = { byStream: new Map(), buckets: new Map() };
    addWatcher(watchers, watcher(1, ""));
    addWatcher(watchers, watcher(2, "spec.nodeName=a"));
    addWatcher(watchers, watcher(3, "spec.nodeName=b"));
    addWatcher(watchers, watcher(4, "metadata.name=p"));
    addWatcher(watchers, watcher(5, "", "app=web"));
    expect(told(watchers, event("ADDED", pod("p", ""), null))).toEqual(["1 ADDED", "4 ADDED"]);
    expect(told(watchers, event("MODIFIED", pod("p", "a"), pod("p", "")))).toEqual([
      "1 MODIFIED",
      "4 MODIFIED",
      "2 ADDED",
    ]);
    expect(told(watchers, event("MODIFIED", pod("p", "b"), pod("p", "a")))).toEqual([
      "1 MODIFIED",
      "4 MODIFIED",
      "3 ADDED",
      "2 DELETED",
    ]);
    expect(told(watchers, event("MODIFIED", pod("q", "c", { app: "web" }), pod("q", "c")))).toEqual([
      "1 MODIFIED",
      "5 ADDED",
    ]);
    removeWatcher(watchers, 1);
    expect(told(watchers, event("DELETED", pod("p", "b"), pod("p", "b")))).toEqual(["4 DELETED", "3 DELETED"]);
  });

  it("share one frame", () => {
    const watchers: Watchers = { byStream: new Map(), buckets: new Map() };
    addWatcher(watchers, watcher(1, ""));
    addWatcher(watchers, watcher(2, ""));
    const frames = new Set<unknown>();
    dispatchEvent(watchers, event("ADDED", pod("p", ""), null), (_, frame) => frames.add(frame));
    expect(frames.size).toBe(1);
  });
});

describe("the history", () => {
  it("keeps what is young, and at least a hundred events", () => {
    const history = createHistory(0);
    const second = 1_000_000;
    for (let revision = 1; revision <= 1_000; revision += 1) {
      remember(history, event("ADDED", pod("p", ""), null, revision), revision * second);
    }
    expect(historyLength(history)).toBeGreaterThanOrEqual(100);
    expect(historyLength(history)).toBeLessThan(300);
    expect(history.oldestRevision).toBeGreaterThan(600);
    expect(eventsAfter(history, 998).map(({ revision }) => revision)).toEqual([999, 1_000]);
  });
});

describe("selections", () => {
  it("know the fields of their kind and refuse others", () => {
    expect(selectableField(PODS, "spec.host")).toBe("spec.nodeName");
    expect(selectableField(PODS, "spec.foo")).toBeNull();
    expect(fieldOf(pod("p", "a"), "spec.hostNetwork")).toBe("false");
    const selection = selectionOf(
      "default",
      EVERYTHING,
      parseFieldSelector("spec.nodeName=a,status.phase!=Failed"),
      true,
    );
    expect(matchesSelection(selection, pod("p", "a"))).toBe(true);
    expect(matchesSelection(selection, pod("p", "b"))).toBe(false);
  });
});

describe("stored objects", () => {
  it("are decorated with their revision once, and stored without it", () => {
    const stored = deepFreeze(undecorate(pod("p", "a")));
    expect(stored.metadata).not.toHaveProperty("resourceVersion");
    expect(decorate(stored, 9)).toBe(decorate(stored, 9));
    expect(decorate(stored, 9).metadata?.resourceVersion).toBe("9");
  });
});
