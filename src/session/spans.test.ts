import { describe, expect, it } from "vitest";
import { EventKind, type KernelEvent } from "../sim/kernel/event-queue.ts";
import type { Process } from "../sim/kernel/state.ts";
import { Spans } from "./spans.ts";

const worker = { name: "kubelet@node-1" } as Process;

function event(sequence: number, trace: number, kind: number = EventKind.Arrive): KernelEvent {
  return {
    sequence,
    trace,
    cause: 0,
    payload: { type: "timer" },
    atUs: sequence,
    sentAtUs: sequence,
    kind,
    fromPid: 0,
    label: "",
  } as KernelEvent;
}

/** A timer goes off, and something comes of it. */
function act(spans: Spans, sequence: number): void {
  spans.handled(event(sequence, sequence, EventKind.Timer), worker, { type: "timer" });
  spans.handled(event(sequence + 1, sequence), worker, { type: "request" });
}

describe("the span store", () => {
  it("keeps the newest 400 of what timers began", () => {
    const spans = new Spans();
    for (let sequence = 10; sequence <= 5000; sequence += 10) act(spans, sequence);
    expect(spans.traceOf(5000)?.spans.map(({ type }) => type)).toEqual(["timer", "request"]);
    expect([spans.traceOf(1000), spans.traceOf(1010)?.id]).toEqual([undefined, 1010]);
  });

  it("has room after a rewind for as many as were forgotten", () => {
    const spans = new Spans();
    for (let sequence = 10; sequence <= 4000; sequence += 10) act(spans, sequence);
    spans.forgetAfter(2000);
    for (let sequence = 2000; sequence <= 3000; sequence += 10) act(spans, sequence);
    expect(spans.traceOf(10)?.id).toBe(10);
    expect(spans.traceOf(3000)?.id).toBe(3000);
  });

  it("takes nothing of the life that was left for the beginning of something new", () => {
    const spans = new Spans();
    spans.handled(event(50, 50, EventKind.Timer), worker, { type: "timer" });
    spans.forgetAfter(20);
    spans.handled(event(50, 50), worker, { type: "request" });
    expect(spans.traceOf(50)?.spans.map(({ type }) => type)).toEqual(["request"]);
  });
});
