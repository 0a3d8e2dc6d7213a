/** `metav1.Condition`s (apimachinery's `meta/v1/validation`). */
import { duplicate, invalid, notSupported, required, tooLong } from "../field-errors.ts";
import { validateQualifiedName } from "../names.ts";
import { addInvalid, child, type Errors, type Fields, isPresent, item, list, record, text } from "./common.ts";

const STATUSES: readonly string[] = ["False", "True", "Unknown"];
const REASON_FORM = "[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?";
const REASON = /^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$/;
const REASON_MESSAGE = `a condition reason must start with alphabetic character, optionally followed by a string of alphanumeric characters or '_,:', and must end with an alphanumeric character or '_' (e.g. 'my_name',  or 'MY_NAME',  or 'MyName',  or 'ReasonA,ReasonB',  or 'ReasonA:ReasonB', regex used for validation is '${REASON_FORM}')`;
const REASON_LENGTH_MAX = 1024;
const MESSAGE_LENGTH_MAX = 32_768;

export function checkConditions(errors: Errors, field: string, conditions: unknown): void {
  const types = new Set<string>();
  list(conditions).forEach((value, index) => {
    const condition = record(value);
    const type = text(condition.type);
    if (types.has(type)) errors.push(duplicate(child(item(field, index), "type"), type));
    types.add(type);
    checkCondition(errors, item(field, index), condition);
  });
}

function checkCondition(errors: Errors, field: string, condition: Fields): void {
  const [type, status, reason] = [text(condition.type), text(condition.status), text(condition.reason)];
  addInvalid(errors, child(field, "type"), type, validateQualifiedName(type));
  if (!STATUSES.includes(status)) errors.push(notSupported(child(field, "status"), status, STATUSES));
  if (Number(condition.observedGeneration ?? 0) < 0) {
    const why = "must be greater than or equal to zero";
    errors.push(invalid(child(field, "observedGeneration"), condition.observedGeneration, why));
  }
  if (!isPresent(condition.lastTransitionTime))
    errors.push(required(child(field, "lastTransitionTime"), "must be set"));
  if (reason === "") errors.push(required(child(field, "reason"), "must be set"));
  else {
    if (!REASON.test(reason)) errors.push(invalid(child(field, "reason"), reason, REASON_MESSAGE));
    if (reason.length > REASON_LENGTH_MAX) errors.push(tooLong(child(field, "reason"), REASON_LENGTH_MAX));
  }
  if (text(condition.message).length > MESSAGE_LENGTH_MAX)
    errors.push(tooLong(child(field, "message"), MESSAGE_LENGTH_MAX));
}
