import { kindOfObject } from "../../../sim/api/kinds.ts";
import type { ApiObject } from "../../../sim/api/object.ts";
import type { Evaluator } from "../../../sim/api/quota/evaluator.ts";
import { evaluatorOf, matchingScopes } from "../../../sim/api/quota/quota.ts";
import type { ScopeRequirement } from "../../../sim/api/quota/scopes.ts";
import { parseTime } from "../../../sim/api/time.ts";
import { expectSame, type Suite } from "../suite.ts";
import { type Answer, ask } from "./ask.ts";

interface Input {
  readonly pod: ApiObject;
  readonly service: ApiObject;
  readonly pvc: ApiObject;
  readonly now?: string;
  readonly scopes: readonly ScopeRequirement[];
  readonly required: readonly string[];
}

function evaluatorFor({ apiVersion, kind }: ApiObject): Evaluator {
  return evaluatorOf(kindOfObject(apiVersion, kind)!)!;
}

const usageOf =
  (field: "pod" | "service" | "pvc"): Answer<Input> =>
  (input, { usage }) =>
    expectSame(evaluatorFor(input[field]).usage(input[field], parseTime(input.now ?? "") ?? 0), usage);

const ANSWERS: Readonly<Record<string, Answer<Input>>> = {
  "pod-usage": usageOf("pod"),
  "service-usage": usageOf("service"),
  "pvc-usage": usageOf("pvc"),
  "pod-scopes": ({ pod, scopes }, { matched }) => expectSame(matchingScopes(evaluatorFor(pod), pod, scopes), matched),
  "pod-constraints": ({ pod, required }, { allowed }) =>
    expectSame(evaluatorFor(pod).missing(pod, required) === "", allowed),
};

/** What objects take of a quota, and to which pods its scopes apply. */
export const quota: Suite = { name: "quota", run: (recorded) => ask(ANSWERS, recorded) };
