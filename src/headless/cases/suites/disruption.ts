import type { ApiObject } from "../../../sim/api/object.ts";
import { formatTime, parseTime } from "../../../sim/api/time.ts";
import {
  asksForScale,
  budgetStatus,
  disruptedPods,
} from "../../../sim/components/kube-controller-manager/controllers/disruption/status.ts";
import type { PodDisruptionBudget } from "../../../sim/components/kube-controller-manager/controllers/disruption/types.ts";
import type { Pod } from "../../../sim/components/kube-controller-manager/lib/types.ts";
import { allOf, expectPartly, expectSame, expectSameSet, type Suite } from "../suite.ts";
import { type Answer, ask } from "./ask.ts";

interface Input {
  readonly pdb: ApiObject & PodDisruptionBudget;
  readonly pods: readonly Pod[];
  readonly recentlyEvicted?: readonly string[];
  readonly replicasOfOwners?: number;
  readonly now?: string;
}

const NOW_WALL_US = parseTime("2026-11-20T11:00:00Z") ?? 0;

const ANSWERS: Readonly<Record<string, Answer<Input>>> = {
  "pdb-status": ({ pdb, pods, recentlyEvicted = [], replicasOfOwners = 0 }, expected) => {
    const noted = Object.fromEntries(recentlyEvicted.map((name) => [name, formatTime(NOW_WALL_US)]));
    const budget = { ...pdb, status: { ...pdb.status, disruptedPods: { ...pdb.status?.disruptedPods, ...noted } } };
    const { kept } = disruptedPods(budget, pods, NOW_WALL_US);
    const count = asksForScale(budget) ? replicasOfOwners : pods.length;
    const status = budgetStatus(budget, pods, count, kept, NOW_WALL_US);
    // Null: the budget says so already; then what it says is the answer.
    return expectPartly({ ...budget.status, ...status }, expected);
  },
  "disrupted-pods-kept": ({ pdb, pods, now = "" }, expected) => {
    const { kept } = disruptedPods(pdb, pods, parseTime(now) ?? 0);
    return allOf(
      expectSameSet(Object.keys(kept), expected.kept as string[]),
      expectSame(
        Object.keys(kept).every((name) => kept[name] === pdb.status?.disruptedPods?.[name]),
        true,
      ),
    );
  },
};

/** What a disruption budget says of its pods. */
export const disruption: Suite = { name: "disruption", run: (recorded) => ask(ANSWERS, recorded) };
