/** Validation of CustomResourceDefinitions (apiextensions-apiserver `pkg/apis/apiextensions/validation`). */
import { type FieldError, invalid, notSupported, required } from "../field-errors.ts";
import { JsonPathError, parseJsonPath } from "../json-path/parser.ts";
import { validateDns1035Label, validateDns1123Subdomain } from "../names.ts";
import type { ApiObject } from "../object.ts";
import { checkGenericObjectMeta, checkGenericObjectMetaUpdate, checkImmutable } from "../validation/metadata.ts";
import { APPROVAL, approvalOf } from "./approval.ts";
import type { Definition, DefinitionVersion, Names, PrinterColumn, ScalePaths } from "./definition.ts";
import { isTrue } from "./definition.ts";
import { checkStructure } from "./structure.ts";

export function validateDefinition(object: ApiObject): readonly FieldError[] {
  const definition = object as unknown as Definition;
  const errors: FieldError[] = [];
  const { spec } = definition;
  const expected = `${spec?.names?.plural ?? ""}.${spec?.group ?? ""}`;
  checkGenericObjectMeta(errors, (object.metadata ?? {}) as Record<string, unknown>, false, (name) =>
    name === expected ? validateDns1123Subdomain(name) : [`must be spec.names.plural+"."+spec.group`],
  );
  checkSpec(errors, definition);
  checkApproval(errors, definition);
  return errors;
}

export function validateDefinitionUpdate(
  object: ApiObject,
  old: ApiObject,
  subresource: string,
): readonly FieldError[] {
  const definition = object as unknown as Definition;
  const before = old as unknown as Definition;
  const errors: FieldError[] = [];
  checkGenericObjectMetaUpdate(
    errors,
    (object.metadata ?? {}) as Record<string, unknown>,
    (old.metadata ?? {}) as Record<string, unknown>,
  );
  if (subresource === "status") return errors;
  checkSpec(errors, definition);
  if (isTrue(before, "Established")) {
    checkImmutable(errors, "spec.scope", definition.spec.scope, before.spec.scope);
    checkImmutable(errors, "spec.names.kind", definition.spec.names.kind, before.spec.names.kind);
  }
  checkImmutable(errors, "spec.group", definition.spec.group, before.spec.group);
  checkImmutable(errors, "spec.names.plural", definition.spec.names.plural, before.spec.names.plural);
  const versions = definition.spec.versions.map(({ name }) => name);
  for (const [index, stored] of (before.status?.storedVersions ?? []).entries())
    if (!versions.includes(stored))
      errors.push(invalid(`status.storedVersions[${index}]`, stored, "must appear in spec.versions"));
  return errors;
}

function checkApproval(errors: FieldError[], definition: Definition): void {
  const approval = approvalOf(definition);
  const field = `metadata.annotations[${APPROVAL}]`;
  if (approval?.state === "Missing") errors.push(required(field, approval.message));
  else if (approval?.state === "Invalid")
    errors.push(invalid(field, definition.metadata?.annotations?.[APPROVAL], approval.message));
}

function checkSpec(errors: FieldError[], { spec }: Definition): void {
  checkGroup(errors, spec.group ?? "");
  checkEnum(errors, "spec.scope", spec.scope ?? "", ["Cluster", "Namespaced"]);
  if (spec.preserveUnknownFields === true) errors.push(invalid("spec.preserveUnknownFields", true, "must be false"));
  const versions = spec.versions ?? [];
  const names = new Set<string>();
  for (const [index, version] of versions.entries()) {
    names.add(version.name);
    const wrong = validateDns1035Label(version.name ?? "");
    if (wrong.length > 0) errors.push(invalid(`spec.versions[${index}].name`, version.name, wrong.join(",")));
    checkVersion(errors, `spec.versions[${index}]`, version);
  }
  if (names.size !== versions.length)
    errors.push(invalid("spec.versions", versions, "must contain unique version names"));
  if (versions.filter(({ storage }) => storage).length !== 1)
    errors.push(invalid("spec.versions", versions, "must have exactly one version marked as storage version"));
  checkNames(errors, spec.names ?? ({} as Names));
  const strategy = spec.conversion?.strategy ?? "None";
  checkEnum(errors, "spec.conversion.strategy", strategy, ["None", "Webhook"]);
  if (
    strategy === "Webhook" &&
    (spec.conversion as { webhook?: { clientConfig?: unknown } }).webhook?.clientConfig === undefined
  )
    errors.push(required("spec.conversion.webhookClientConfig", "required when strategy is set to Webhook"));
}

function checkGroup(errors: FieldError[], group: string): void {
  if (group === "") {
    errors.push(required("spec.group"));
    return;
  }
  const wrong = validateDns1123Subdomain(group);
  if (wrong.length > 0) errors.push(invalid("spec.group", group, wrong.join(",")));
  else if (!group.includes(".")) errors.push(invalid("spec.group", group, "should be a domain with at least one dot"));
}

function checkEnum(errors: FieldError[], field: string, value: string, supported: readonly string[]): void {
  if (value === "") errors.push(required(field));
  else if (!supported.includes(value)) errors.push(notSupported(field, value, supported));
}

function checkNames(errors: FieldError[], names: Names): void {
  for (const field of ["plural", "singular", "kind", "listKind"] as const)
    if (!names[field]) errors.push(required(`spec.names.${field}`));
  const check = (field: string, name: string, mixed: boolean): void => {
    const wrong = name === "" ? [] : validateDns1035Label(mixed ? name.toLowerCase() : name);
    if (wrong.length === 0) return;
    const head = mixed ? "may have mixed case, but should otherwise match: " : "";
    errors.push(invalid(`spec.names.${field}`, name, head + wrong.join(",")));
  };
  check("plural", names.plural ?? "", false);
  check("singular", names.singular ?? "", false);
  check("kind", names.kind ?? "", true);
  check("listKind", names.listKind ?? "", true);
  for (const [index, name] of (names.shortNames ?? []).entries()) check(`shortNames[${index}]`, name, false);
  if (names.kind && names.kind === names.listKind)
    errors.push(invalid("spec.names.listKind", names.listKind, "kind and listKind may not be the same"));
  for (const [index, name] of (names.categories ?? []).entries()) check(`categories[${index}]`, name, false);
}

function checkVersion(errors: FieldError[], path: string, version: DefinitionVersion): void {
  if (version.deprecationWarning !== undefined && version.deprecated !== true)
    errors.push(
      invalid(`${path}.deprecationWarning`, version.deprecationWarning, "can only be set for deprecated versions"),
    );
  const schema = version.schema?.openAPIV3Schema;
  if (schema === undefined) errors.push(required(`${path}.schema.openAPIV3Schema`, "schemas are required"));
  else checkStructure(errors, `${path}.schema.openAPIV3Schema`, schema);
  for (const [index, column] of (version.additionalPrinterColumns ?? []).entries())
    checkColumn(errors, `${path}.additionalPrinterColumns[${index}]`, column);
  for (const [index, field] of (version.selectableFields ?? []).entries())
    checkSelectableField(errors, `${path}.selectableFields[${index}].jsonPath`, field.jsonPath ?? "", version);
  if (version.subresources?.scale !== undefined)
    checkScale(errors, `${path}.subresources.scale`, version.subresources.scale);
}

const COLUMN_TYPES = ["boolean", "date", "integer", "number", "string"];
const COLUMN_FORMATS = ["byte", "date", "date-time", "double", "float", "int32", "int64", "password"];

function checkColumn(errors: FieldError[], path: string, column: PrinterColumn): void {
  if (!column.name) errors.push(required(`${path}.name`));
  if (!column.type) {
    errors.push(required(`${path}.type`, `must be one of ${COLUMN_TYPES.join(",")}`));
  } else if (!COLUMN_TYPES.includes(column.type))
    errors.push(invalid(`${path}.type`, column.type, `must be one of ${COLUMN_TYPES.join(",")}`));
  if (column.format && !COLUMN_FORMATS.includes(column.format))
    errors.push(invalid(`${path}.format`, column.format, `must be one of ${COLUMN_FORMATS.join(",")}`));
  if (!column.jsonPath) errors.push(required(`${path}.jsonPath`));
  else checkPath(errors, `${path}.jsonPath`, column.jsonPath);
}

function checkPath(errors: FieldError[], field: string, path: string): void {
  try {
    parseJsonPath(`{${path}}`);
    if (!path.startsWith("."))
      errors.push(invalid(field, path, `is an invalid path: expected a path that begins with a dot`));
  } catch (error) {
    if (!(error instanceof JsonPathError)) throw error;
    errors.push(invalid(field, path, `is an invalid path: ${error.message}`));
  }
}

const SELECTABLE_MAX_TYPES = ["string", "boolean", "integer"];

function checkSelectableField(errors: FieldError[], field: string, path: string, version: DefinitionVersion): void {
  if (path === "") {
    errors.push(required(field));
    return;
  }
  if (/^\.?metadata(\.|$)/.test(path)) {
    errors.push(invalid(field, path, "must not point to fields in metadata"));
    return;
  }
  let schema = version.schema?.openAPIV3Schema;
  for (const part of path.replace(/^\./, "").split(".")) schema = schema?.properties?.[part];
  if (schema === undefined) errors.push(invalid(field, path, "is an invalid path: does not refer to a valid field"));
  else if (!SELECTABLE_MAX_TYPES.includes(schema.type ?? ""))
    errors.push(
      invalid(
        field,
        path,
        "must point to a field of type string, boolean or integer. Enum string fields and strings with formats are allowed.",
      ),
    );
}

function checkScale(errors: FieldError[], path: string, scale: ScalePaths): void {
  const check = (field: keyof ScalePaths, roots: readonly string[], where: string): void => {
    const value = scale[field];
    if (!value) {
      if (field !== "labelSelectorPath") errors.push(required(`${path}.${field}`));
      return;
    }
    if (!/^(\.[A-Za-z_][A-Za-z0-9_-]*)+$/.test(value))
      errors.push(invalid(`${path}.${field}`, value, "must be a dot-separated path of fields"));
    else if (!roots.some((root) => value.startsWith(root)))
      errors.push(invalid(`${path}.${field}`, value, `should be a json path under ${where}`));
  };
  check("specReplicasPath", [".spec."], ".spec");
  check("statusReplicasPath", [".status."], ".status");
  check("labelSelectorPath", [".spec.", ".status."], "either .spec or .status");
}
