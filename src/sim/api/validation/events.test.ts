import { describe, expect, it } from "vitest";
import { errorLine } from "../field-errors.ts";
import type { ApiObject } from "../object.ts";
import { validateCreate, validateUpdate } from "./validation.ts";

const NEW: ApiObject = {
  apiVersion: "events.k8s.io/v1",
  kind: "Event",
  metadata: { name: "a.1", namespace: "team", resourceVersion: "7" },
  eventTime: "2026-11-20T09:00:00.000001Z",
  reportingController: "example.com/robot",
  reportingInstance: "robot-1",
  action: "Lift",
  reason: "Lifted",
  regarding: { kind: "Pod", namespace: "elsewhere", name: "a" },
  note: "It is up.",
  type: "Normal",
};

const CORE: ApiObject = {
  apiVersion: "v1",
  kind: "Event",
  metadata: { name: "a.1", namespace: "team" },
  involvedObject: { kind: "Pod", namespace: "team", name: "a" },
};

const lines = (errors: ReturnType<typeof validateCreate>): string[] => errors.map(errorLine);

describe("an event of core's group", () => {
  it("may say next to nothing, but is where its object is", () => {
    expect(lines(validateCreate(CORE))).toEqual([]);
    expect(lines(validateCreate({ ...CORE, involvedObject: {} }))).toEqual([
      'involvedObject.namespace: Invalid value: "": does not match event.namespace',
    ]);
    const metadata = { name: "A_1", namespace: "default" };
    expect(lines(validateCreate({ ...CORE, metadata, involvedObject: {} }))).toEqual([]);
  });

  it("with a time of its own is a whole sentence", () => {
    expect(
      lines(validateCreate({ ...CORE, eventTime: "2026-11-20T09:00:00.000000Z", message: "x".repeat(1025) })),
    ).toEqual([
      "reportingComponent: Required value",
      expect.stringMatching(/^reportingComponent: Invalid value: "": name part must be non-empty/),
      expect.stringMatching(/^reportingComponent: Invalid value: "": name part must consist of/),
      "reportingInstance: Required value",
      "action: Required value",
      "reason: Required value",
      'message: Invalid value: "": can have at most 1024 characters',
    ]);
  });
});

describe("an event of events.k8s.io", () => {
  it("is new through and through", () => {
    expect(lines(validateCreate(NEW))).toEqual([]);
    const old = {
      eventTime: null,
      regarding: { namespace: "team" },
      type: "Loud",
      series: { count: 1 },
      deprecatedFirstTimestamp: "2026-11-20T09:00:00Z",
      deprecatedCount: 1,
      deprecatedSource: { component: "robot" },
    };
    expect(lines(validateCreate({ ...NEW, ...old }))).toEqual([
      'series.count: Invalid value: "": should be at least 2',
      "series.lastObservedTime: Required value",
      "eventTime: Required value",
      'type: Invalid value: "": has invalid value: Loud',
      'firstTimestamp: Invalid value: "": needs to be unset',
      'count: Invalid value: "": needs to be unset',
      'source: Invalid value: "": needs to be unset',
    ]);
  });

  it("keeps all but its series", () => {
    const series = { count: 2, lastObservedTime: "2026-11-20T09:01:00.000000Z" };
    expect(lines(validateUpdate({ ...NEW, series }, NEW))).toEqual([]);
    expect(lines(validateUpdate({ ...NEW, note: "It is down." }, NEW))).toEqual([
      'message: Invalid value: "It is down.": field is immutable',
    ]);
  });
});
