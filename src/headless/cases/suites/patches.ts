import { apiVersionOf, KINDS } from "../../../sim/api/kinds.ts";
import type { JsonRecord } from "../../../sim/api/patch/json.ts";
import { applyMergePatch, createThreeWayMergePatch } from "../../../sim/api/patch/json-merge.ts";
import { applyJsonPatch, type JsonPatchOperation } from "../../../sim/api/patch/json-patch.ts";
import { applyStrategicPatch } from "../../../sim/api/patch/strategic.ts";
import { createThreeWayStrategicPatch } from "../../../sim/api/patch/three-way.ts";
import { type StructType, schemaOf } from "../../../sim/api/schema/schema.ts";
import { allOf, expectSame, fail, type Outcome, PASS, type RecordedCase, type Suite } from "../suite.ts";

type PatchCase = RecordedCase & Readonly<Record<"original" | "patch" | "modified" | "current", JsonRecord>>;

function schemaOfCase(object: JsonRecord): StructType {
  const kind = KINDS.find(
    (one) => one.kind === object.kind && (object.apiVersion ?? apiVersionOf(one)) === apiVersionOf(one),
  );
  const schema = kind && schemaOf(apiVersionOf(kind), kind.kind);
  if (!schema) throw new Error(`no schema of ${object.apiVersion} ${object.kind}`);
  return schema;
}

/** That it is refused is what counts, unless the case wants an answer. */
function answerOrRefusal(recorded: RecordedCase, answer: () => Outcome): Outcome {
  if (recorded.error === undefined) return answer();
  try {
    answer();
  } catch {
    return PASS;
  }
  return fail(`it was accepted, expected the error ${JSON.stringify(recorded.error)}`);
}

export const strategicMerge: Suite = {
  name: "strategic-merge",
  run: (recorded) =>
    answerOrRefusal(recorded, () => {
      const { original, patch, kind } = recorded as PatchCase;
      const schema = schemaOfCase({ kind, ...original });
      return expectSame(applyStrategicPatch(original, patch, schema), recorded.result);
    }),
};

export const threeWay: Suite = {
  name: "three-way",
  run: (recorded) => {
    const { original, modified, current, op } = recorded as PatchCase;
    if (op === "json-merge") {
      const patch = createThreeWayMergePatch(original, modified, current);
      return allOf(expectSame(patch, recorded.patch), expectSame(applyMergePatch(current, patch), recorded.result));
    }
    const schema = schemaOfCase(modified);
    const patch = createThreeWayStrategicPatch(original, modified, current, schema);
    const result = applyStrategicPatch(current, patch, schema);
    return allOf(expectSame(result, recorded.result), expectSame(patch, recorded.patch));
  },
};

export const jsonMerge: Suite = {
  name: "json-merge",
  run: (recorded) => {
    const { original, patch } = recorded as PatchCase;
    return expectSame(applyMergePatch(original, patch), recorded.result);
  },
};

export const jsonPatch: Suite = {
  name: "json-patch",
  run: (recorded) =>
    answerOrRefusal(recorded, () => {
      const operations = recorded.patch ?? JSON.parse(recorded.patchText as string);
      return expectSame(
        applyJsonPatch(recorded.original, operations as readonly JsonPatchOperation[]),
        recorded.result,
      );
    }),
};
