import { milliValue } from "../../../sim/api/quantity.ts";
import { fitErrorMessage } from "../../../sim/components/kube-scheduler/framework/fit-error.ts";
import { type NodeRejection, rejection } from "../../../sim/components/kube-scheduler/framework/plugin.ts";
import { numFeasibleNodesToFind } from "../../../sim/components/kube-scheduler/framework/sampling.ts";
import type { Pod } from "../../../sim/components/kube-scheduler/objects.ts";
import { amountOf, podRequest } from "../../../sim/components/kube-scheduler/resources.ts";
import { expectSame, fail, type Outcome, type Suite } from "../suite.ts";

interface Input {
  readonly numAllNodes: number;
  readonly globalPercentage?: number;
  readonly profilePercentage?: number;
  readonly nodeReasons?: Readonly<Record<string, readonly string[]>>;
  readonly preFilterMsg?: string;
  readonly postFilterMsg?: string;
  readonly pod: Pod;
  readonly nonZeroDefaults?: boolean;
}

function message({ numAllNodes, nodeReasons = {}, preFilterMsg = "", postFilterMsg = "" }: Input): string {
  const byNode = new Map<string, NodeRejection>();
  for (const [node, reasons] of Object.entries(nodeReasons)) {
    byNode.set(node, { plugin: "", rejection: { ...rejection("", false), reasons } });
  }
  return fitErrorMessage({ numAllNodes, byNode, absent: null }, preFilterMsg, postFilterMsg);
}

function requests({ pod, nonZeroDefaults }: Input, expected: Readonly<Record<string, string>>): Outcome {
  const request = podRequest(pod, nonZeroDefaults);
  const names = new Set(["cpu", "memory", ...Object.keys(expected)]);
  if (!nonZeroDefaults)
    for (const name of ["ephemeral-storage", ...Object.keys(request.scalars ?? {})]) names.add(name);
  const milli = (name: string) => (name === "cpu" ? amountOf(request, name) : amountOf(request, name) * 1000);
  return expectSame(
    Object.fromEntries([...names].map((name) => [name, milli(name)])),
    Object.fromEntries([...names].map((name) => [name, milliValue(expected[name] ?? "0")])),
  );
}

export const schedulerUnits: Suite = {
  name: "scheduler-units",
  run(recorded) {
    const input = recorded.input as Input;
    switch (recorded.function) {
      case "numFeasibleNodesToFind":
        return expectSame(
          numFeasibleNodesToFind(input.numAllNodes, input.globalPercentage, input.profilePercentage),
          recorded.expect,
        );
      case "failedSchedulingMessage":
        return expectSame(message(input), recorded.expect);
      case "podResourceRequest":
        return requests(input, recorded.expect as Readonly<Record<string, string>>);
      default:
        return fail(`no such function: ${recorded.function}`);
    }
  },
};
