import { countNode, ttlPatch } from "../../../sim/components/kube-controller-manager/controllers/ttl/index.ts";
import type { Node } from "../../../sim/components/kube-controller-manager/lib/types.ts";
import { expectSame, type Suite } from "../suite.ts";
import { type Answer, ask } from "./ask.ts";

interface Input {
  readonly nodeCount: number;
  readonly boundaryStep: number;
  readonly currentTTL: number;
  readonly change: "add" | "delete";
  readonly node: Node;
  readonly ttlSeconds: number;
}

const ANSWERS: Readonly<Record<string, Answer<Input>>> = {
  "node-ttl-boundary": ({ nodeCount, boundaryStep, currentTTL, change }, { ttlSeconds }) => {
    const state = { nodeCount, boundaryStep, ttlSeconds: currentTTL };
    countNode(state, change);
    return expectSame(state.ttlSeconds, ttlSeconds);
  },
  "node-ttl-annotation": ({ node, ttlSeconds }, { patch }) => expectSame(ttlPatch(node, ttlSeconds) ?? {}, patch ?? {}),
};

/** How long kubelets may keep what they read. */
export const ttl: Suite = { name: "ttl", run: (recorded) => ask(ANSWERS, recorded) };
