import { describe, expect, it } from "vitest";
import type { ApiObject } from "../object.ts";
import { type Fields, linesOfUpdate, object } from "./testing.ts";

const INDEXED = { completionMode: "Indexed", completions: 6, parallelism: 2 };
const STARTED = "2026-01-01T00:00:00Z";

function job(status: Fields, spec: Fields = {}): ApiObject {
  const template = { spec: { restartPolicy: "Never", containers: [{ name: "c", image: "i" }] } };
  return object("batch/v1", "Job", { spec: { template, ...spec }, status });
}

function conditions(...types: string[]): Fields {
  return { conditions: types.map((type) => ({ type, status: "True" })) };
}

describe("a job's status", () => {
  it.each<[string, Fields, Fields, Fields, string[]]>([
    [
      "counts up",
      {},
      { failed: 2, succeeded: 1 },
      { failed: 1 },
      [
        "status.failed: Invalid value: 1: cannot decrease the failed counter",
        "status.succeeded: Invalid value: 0: cannot decrease the succeeded counter",
      ],
    ],
    [
      "of indexed jobs that scale may count down",
      { ...INDEXED, parallelism: 6 },
      { succeeded: 2 },
      { succeeded: 1 },
      [],
    ],
    [
      "goes one way only",
      {},
      conditions("SuccessCriteriaMet", "FailureTarget"),
      {},
      [
        "status.conditions: Invalid value: cannot disable the terminal FailureTarget=True condition",
        "status.conditions: Invalid value: cannot disable the SuccessCriteriaMet=True condition",
      ],
    ],
    [
      "is not good and bad",
      {},
      conditions("SuccessCriteriaMet"),
      conditions("SuccessCriteriaMet", "FailureTarget"),
      ["status.conditions: Invalid value: cannot set SuccessCriteriaMet=True and FailureTarget=true conditions"],
    ],
    [
      "says when it began and ended",
      {},
      {},
      { ...conditions("Complete", "SuccessCriteriaMet"), terminating: 1 },
      [
        "status.completionTime: Required value: completionTime is required for Complete jobs",
        "status.startTime: Required value: startTime is required for finished job",
        "status.terminating: Invalid value: 1: terminating>0 is invalid for finished job",
      ],
    ],
    [
      "ends once",
      {},
      { ...conditions("Complete", "SuccessCriteriaMet"), startTime: STARTED, completionTime: STARTED },
      { ...conditions("Complete", "SuccessCriteriaMet"), startTime: STARTED, completionTime: "2026-01-01T00:00:01Z" },
      ['status.completionTime: Invalid value: "2026-01-01T00:00:01Z": completionTime cannot be mutated'],
    ],
    [
      "holds indexes in order",
      INDEXED,
      {},
      { completedIndexes: "1,4-2" },
      [
        'status.completedIndexes: Invalid value: "1,4-2": error parsing completedIndexes: non-increasing order, previous: 4, current: 2',
      ],
    ],
    [
      "fails by index only if told to",
      INDEXED,
      {},
      { failedIndexes: "" },
      ['status.failedIndexes: Invalid value: "": cannot set non-null failedIndexes when backoffLimitPerIndex is null'],
    ],
    [
      "has each index once",
      { ...INDEXED, backoffLimitPerIndex: 1 },
      {},
      { completedIndexes: "0-2,5", failedIndexes: "3,5" },
      ['status.failedIndexes: Invalid value: "3,5": failedIndexes and completedIndexes overlap at index: 5'],
    ],
    [
      "keeps old mistakes",
      {},
      { ready: 2, ...conditions("Failed") },
      { ready: 2, failed: 1, ...conditions("Failed") },
      [],
    ],
  ])("%s", (_what, spec, old, status, lines) => {
    expect(linesOfUpdate(job(status, spec), job(old, spec), "status")).toEqual(lines);
  });
});
