import {
  type FieldError,
  forbidden,
  invalid as invalidField,
  notSupported,
  tooLong,
} from "../../../api/field-errors.ts";
import type { Status } from "../../../api/object.ts";
import { invalid } from "../../../api/status-errors.ts";
import type { RequestOptionsOfVerb } from "../messages.ts";
import type { Query } from "./path.ts";

/** Query parameters that say the wrong thing (apimachinery's and apiserver's `validation.go` of options). */

const OPTIONS_KINDS: Readonly<Record<string, string>> = {
  create: "CreateOptions",
  update: "UpdateOptions",
  patch: "PatchOptions",
  delete: "DeleteOptions",
  deletecollection: "DeleteOptions",
};
const MANAGER_LENGTH_MAX = 128;
const POLICIES = ["Foreground", "Background", "Orphan", "nil"];

/** Of a write. `dryRun`: every value that was given. */
export function checkWriteOptions(
  verb: string,
  query: Query,
  options: RequestOptionsOfVerb,
  dryRun: readonly string[],
  isApply: boolean,
  body: unknown,
): Status | null {
  const kind = OPTIONS_KINDS[verb];
  if (kind === undefined) return null;
  const errors: FieldError[] = [];
  if (verb === "delete" || verb === "deletecollection") checkPolicy(errors, saysTwice(query, body), options);
  else {
    if (verb === "patch" && !isApply && query.has("force"))
      errors.push(forbidden("force", "may not be specified for non-apply patch"));
    if ((options.fieldManager ?? "").length > MANAGER_LENGTH_MAX)
      errors.push(tooLong("fieldManager", MANAGER_LENGTH_MAX));
    const { fieldValidation } = options;
    if (fieldValidation !== undefined && !["Ignore", "Strict", "Warn"].includes(fieldValidation))
      errors.push(notSupported("fieldValidation", fieldValidation, ["Ignore", "Strict", "Warn"]));
  }
  if (dryRun.some((value) => value !== "All")) errors.push(notSupported("dryRun", dryRun, ["All"]));
  return errors.length === 0 ? null : invalid({ group: "meta.k8s.io", kind }, "", errors);
}

/** What becomes of dependents, in the old way and in the new one. A body is taken as a whole, without the query. */
function saysTwice(query: Query, body: unknown): boolean {
  const given = (body ?? {}) as { readonly orphanDependents?: unknown; readonly propagationPolicy?: unknown };
  if (given.orphanDependents !== undefined && given.propagationPolicy !== undefined) return true;
  return query.has("orphanDependents") && query.has("propagationPolicy");
}

function checkPolicy(errors: FieldError[], isSaidTwice: boolean, options: RequestOptionsOfVerb): void {
  const policy = options.propagationPolicy;
  if (policy === undefined) return;
  if (isSaidTwice)
    errors.push(
      invalidField("propagationPolicy", policy, "orphanDependents and deletionPropagation cannot be both set"),
    );
  if (!POLICIES.includes(policy)) errors.push(notSupported("propagationPolicy", policy, POLICIES));
}

const EXACT = "Exact";
const NOT_OLDER_THAN = "NotOlderThan";

/** Of a list or a watch. */
export function checkListOptions(watch: boolean, options: RequestOptionsOfVerb, watchList: boolean): Status | null {
  const errors: FieldError[] = [];
  if (watch) checkWatch(errors, options, watchList);
  else checkList(errors, options);
  return errors.length === 0 ? null : invalid({ group: "meta.k8s.io", kind: "ListOptions" }, "", errors);
}

function checkList(errors: FieldError[], options: RequestOptionsOfVerb): void {
  const match: string | undefined = options.resourceVersionMatch;
  const field = "resourceVersionMatch";
  if (match !== undefined) {
    if (!options.resourceVersion)
      errors.push(forbidden(field, "resourceVersionMatch is forbidden unless resourceVersion is provided"));
    if (options.continue) errors.push(forbidden(field, "resourceVersionMatch is forbidden when continue is provided"));
    if (match !== EXACT && match !== NOT_OLDER_THAN)
      errors.push(notSupported(field, match, [EXACT, NOT_OLDER_THAN, ""]));
    if (match === EXACT && options.resourceVersion === "0")
      errors.push(forbidden(field, 'resourceVersionMatch "exact" is forbidden for resourceVersion "0"'));
  }
  if (options.sendInitialEvents !== undefined)
    errors.push(forbidden("sendInitialEvents", "sendInitialEvents is forbidden for list"));
}

function checkWatch(errors: FieldError[], options: RequestOptionsOfVerb, watchList: boolean): void {
  const match: string | undefined = options.resourceVersionMatch;
  const field = "resourceVersionMatch";
  const initial = options.sendInitialEvents !== undefined;
  if (initial) {
    if (match !== NOT_OLDER_THAN)
      errors.push(forbidden(field, `sendInitialEvents requires setting resourceVersionMatch to ${NOT_OLDER_THAN}`));
    if (!watchList)
      errors.push(
        forbidden(
          "sendInitialEvents",
          "sendInitialEvents is forbidden for watch unless the WatchList feature gate is enabled",
        ),
      );
  }
  if (match === undefined) return;
  if (!initial)
    errors.push(forbidden(field, "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided"));
  if (match !== NOT_OLDER_THAN) errors.push(notSupported(field, match, [NOT_OLDER_THAN]));
  if (options.continue) errors.push(forbidden(field, "resourceVersionMatch is forbidden when continue is provided"));
}
