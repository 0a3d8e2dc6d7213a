import {
  applyConfiguration,
  managedFieldsOf,
  ownersAfterUpdate,
  type Writer,
  withManagedFields,
} from "../../../sim/api/managed-fields/managed-fields.ts";
import type { ApiObject, Status } from "../../../sim/api/object.ts";
import { schemaOf } from "../../../sim/api/schema/schema.ts";
import { allOf, expectPartly, expectSame, fail, type Outcome, PASS, type Suite } from "../suite.ts";

interface Step {
  readonly manager: string;
  readonly op: "apply" | "update";
  readonly force?: boolean;
  readonly object: ApiObject;
  readonly expectObject?: unknown;
  readonly expectApplyFields?: unknown;
  readonly expectConflicts?: readonly string[];
  readonly expectFields?: readonly string[];
  readonly expectError?: { readonly message?: string; readonly messageContains?: string };
}

function isRefusal(answer: ApiObject | Status): answer is Status {
  return answer.kind === "Status";
}

function take(step: Step, current: ApiObject | null, time: string): ApiObject | Status {
  const { object, manager } = step;
  const known = current ?? object;
  const schema = schemaOf(known.apiVersion, known.kind);
  if (schema === undefined) throw new Error(`no schema of ${known.apiVersion} ${known.kind}`);
  const writer: Writer = { manager, subresource: "", time };
  if (step.op === "update") return withManagedFields(object, ownersAfterUpdate(current, object, schema, writer));
  const options = { force: step.force === true, apiVersion: known.apiVersion ?? "" };
  const applied = applyConfiguration(current, object, schema, writer, options);
  return "owners" in applied ? withManagedFields(applied.object as ApiObject, applied.owners as never) : applied;
}

/** A null is what Go's decoder takes for an absent field. */
function withoutNulls(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value), (_key, field: unknown) => field ?? undefined);
}

function check(step: Step, answer: ApiObject | Status): Outcome {
  if (!isRefusal(answer)) {
    if (step.expectObject === undefined) return fail(`it was accepted: ${JSON.stringify(answer)}`);
    const owners = managedFieldsOf(answer).filter(({ operation }) => operation === "Apply");
    return allOf(
      expectPartly(answer, withoutNulls(step.expectObject)),
      expectSame(Object.fromEntries(owners.map((entry) => [entry.manager, entry.fieldsV1])), step.expectApplyFields),
    );
  }
  if (step.expectError !== undefined) {
    const { messageContains = "", message, ...rest } = step.expectError;
    if (!answer.message?.includes(message ?? messageContains)) return fail(`the message is ${answer.message}`);
    return expectPartly(answer, rest);
  }
  if (step.expectConflicts === undefined) return fail(`it was refused: ${answer.message}`);
  const causes = answer.details?.causes ?? [];
  const names = causes.map(({ message = "" }) => /^conflict with "([^"]*)"/.exec(message)?.[1]);
  return allOf(
    expectSame([...new Set(names)].sort(), step.expectConflicts),
    expectSame([...new Set(causes.map(({ field }) => field))].sort(), step.expectFields),
  );
}

/** Server-side apply: steps on one object. */
export const apply: Suite = {
  name: "apply",
  run(recorded) {
    let current: ApiObject | null = null;
    for (const [index, step] of (recorded.steps as readonly Step[]).entries()) {
      const answer = take(step, current, `2026-01-01T00:00:${String(index).padStart(2, "0")}Z`);
      const outcome = check(step, answer);
      if (outcome.result === "fail") return fail(`step ${index + 1}: ${outcome.difference}`);
      if (!isRefusal(answer)) current = answer;
    }
    return PASS;
  },
};
