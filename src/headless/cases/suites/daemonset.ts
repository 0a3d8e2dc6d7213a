import { nodeShouldRun } from "../../../sim/components/kube-controller-manager/controllers/daemonset/nodes.ts";
import type { DaemonSet, Node } from "../../../sim/components/kube-controller-manager/lib/types.ts";
import { expectSame, type Suite } from "../suite.ts";
import { type Answer, ask } from "./ask.ts";

const ANSWERS: Readonly<Record<string, Answer<{ readonly node: Node; readonly daemonSet: DaemonSet }>>> = {
  "node-should-run": ({ node, daemonSet }, expected) => expectSame(nodeShouldRun(node, daemonSet), expected),
};

/** Where a DaemonSet's pods run. */
export const daemonset: Suite = { name: "daemonset", run: (recorded) => ask(ANSWERS, recorded) };
