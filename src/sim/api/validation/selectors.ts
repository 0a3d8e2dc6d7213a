/** `metav1.LabelSelector` and node selectors as objects hold them. */
import { forbidden, formatValue, invalid, required } from "../field-errors.ts";
import { validateDns1123Subdomain, validateLabelValue, validateQualifiedName } from "../names.ts";
import {
  addInvalid,
  checkQualifiedName,
  child,
  type Errors,
  type Fields,
  isPresent,
  item,
  list,
  record,
  text,
} from "./common.ts";
import { checkLabels } from "./metadata.ts";

export interface SelectorOptions {
  readonly allowInvalidValues?: boolean;
}

export function checkLabelSelector(
  errors: Errors,
  field: string,
  selector: unknown,
  options: SelectorOptions = {},
): void {
  if (!isPresent(selector)) return;
  const { matchLabels, matchExpressions } = record(selector);
  checkLabels(errors, child(field, "matchLabels"), matchLabels);
  list(matchExpressions).forEach((value, index) => {
    checkLabelRequirement(errors, item(child(field, "matchExpressions"), index), record(value), options);
  });
}

/** A selector that cannot be read is not compared with labels. */
export function hasBadSelector(selector: unknown): boolean {
  const errors: Errors = [];
  checkLabelSelector(errors, "", selector);
  return errors.length > 0;
}

/** What objects of old may hold in their selectors, changes of them may go on holding. */
export function hasInvalidValues(selector: unknown): boolean {
  return list(record(selector).matchExpressions).some((requirement) =>
    list(record(requirement).values).some((value) => validateLabelValue(text(value)).length > 0),
  );
}

function checkLabelRequirement(errors: Errors, field: string, requirement: Fields, options: SelectorOptions): void {
  const values = list(requirement.values);
  checkOperator(errors, field, requirement.operator, values.length);
  checkQualifiedName(errors, child(field, "key"), requirement.key);
  if (options.allowInvalidValues) return;
  values.forEach((value, index) => {
    addInvalid(errors, item(child(field, "values"), index), value, validateLabelValue(text(value)));
  });
}

/** What labels of all objects know: In, NotIn, Exists, DoesNotExist. */
function checkOperator(errors: Errors, field: string, operator: unknown, values: number): void {
  switch (operator) {
    case "In":
    case "NotIn":
      if (values === 0) {
        errors.push(required(child(field, "values"), "must be specified when `operator` is 'In' or 'NotIn'"));
      }
      break;
    case "Exists":
    case "DoesNotExist":
      if (values > 0) {
        errors.push(
          forbidden(child(field, "values"), "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"),
        );
      }
      break;
    default:
      errors.push(invalid(child(field, "operator"), operator ?? "", "not a valid selector operator"));
  }
}

/** The terms are alternatives; a node selector without terms is refused. */
export function checkNodeSelector(errors: Errors, field: string, selector: Fields, allowInvalidValues: boolean): void {
  const path = child(field, "nodeSelectorTerms");
  const terms = list(selector.nodeSelectorTerms);
  if (terms.length === 0) {
    errors.push(required(path, "must have at least one node selector term"));
    return;
  }
  terms.forEach((term, index) => {
    checkNodeSelectorTerm(errors, item(path, index), record(term), allowInvalidValues);
  });
}

export function checkNodeSelectorTerm(errors: Errors, field: string, term: Fields, allowInvalidValues: boolean): void {
  list(term.matchExpressions).forEach((value, index) => {
    checkNodeRequirement(errors, item(child(field, "matchExpressions"), index), record(value), allowInvalidValues);
  });
  list(term.matchFields).forEach((value, index) => {
    checkNodeFieldRequirement(errors, item(child(field, "matchFields"), index), record(value));
  });
}

function checkNodeRequirement(errors: Errors, field: string, requirement: Fields, allowInvalidValues: boolean): void {
  const values = list(requirement.values);
  if (requirement.operator !== "Gt" && requirement.operator !== "Lt") {
    checkOperator(errors, field, requirement.operator, values.length);
  } else if (values.length !== 1) {
    errors.push(required(child(field, "values"), "must be specified single value when `operator` is 'Lt' or 'Gt'"));
  }
  addInvalid(errors, child(field, "key"), text(requirement.key), validateQualifiedName(text(requirement.key)));
  if (allowInvalidValues) return;
  values.forEach((value, index) => {
    addInvalid(errors, item(child(field, "values"), index), value, validateLabelValue(text(value)));
  });
}

function checkNodeFieldRequirement(errors: Errors, field: string, requirement: Fields): void {
  const values = list(requirement.values);
  if (requirement.operator === "In" || requirement.operator === "NotIn") {
    if (values.length !== 1) {
      errors.push(
        required(
          child(field, "values"),
          "must be only one value when `operator` is 'In' or 'NotIn' for node field selector",
        ),
      );
    }
  } else errors.push(invalid(child(field, "operator"), requirement.operator ?? "", "not a valid selector operator"));
  if (requirement.key !== "metadata.name") {
    errors.push(invalid(child(field, "key"), requirement.key ?? "", "not a valid field selector key"));
    return;
  }
  values.forEach((value, index) => {
    addInvalid(errors, item(child(field, "values"), index), value, validateDns1123Subdomain(text(value)));
  });
}

/** A label selector as Go's `%#v` prints it. */
export function goLabelSelector(selector: unknown): string {
  if (!isPresent(selector)) return '"null"';
  const { matchLabels, matchExpressions } = record(selector);
  const labels = isPresent(matchLabels) ? formatValue(matchLabels) : "map[string]string(nil)";
  const type = "v1.LabelSelectorRequirement";
  const requirements = list(matchExpressions).map((one) => {
    const { key, operator, values } = record(one);
    const shown = isPresent(values) ? formatValue(values) : "[]string(nil)";
    return `${type}{Key:${JSON.stringify(key)}, Operator:${JSON.stringify(operator)}, Values:${shown}}`;
  });
  const expressions = isPresent(matchExpressions) ? `[]${type}{${requirements.join(", ")}}` : `[]${type}(nil)`;
  return `v1.LabelSelector{MatchLabels:${labels}, MatchExpressions:${expressions}}`;
}
