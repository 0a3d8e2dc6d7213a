import { equalJson } from "../equal.ts";
import { type ApiObject, deepFreeze, type Status } from "../object.ts";
import { isRecord } from "../patch/json.ts";
import type { StructType } from "../schema/schema.ts";
import { applyConflict, badRequest } from "../status-errors.ts";
import {
  difference,
  equalSets,
  type FieldSet,
  intersection,
  isEmptySet,
  LEAF,
  NOTHING,
  pathsOf,
  union,
} from "./field-set.ts";
import { fieldsOfNew } from "./new-object.ts";
import { compareFields, fieldsOf, mergeFields, pruneFields, typeOfKind, UnknownFieldError, unionOf } from "./typed.ts";

/** One entry of `metadata.managedFields`. */
export interface ManagedFieldsEntry {
  readonly manager: string;
  readonly operation: "Apply" | "Update";
  readonly apiVersion: string;
  readonly time?: string;
  readonly fieldsType: "FieldsV1";
  readonly fieldsV1: FieldSet;
  readonly subresource?: string;
}

export interface Writer {
  readonly manager: string;
  /** "" for the object itself. */
  readonly subresource: string;
  /** Now, as in `time`. */
  readonly time: string;
  /** There is no status that is written apart. */
  readonly wholeObject?: boolean;
}

const LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";
const UPDATE_MANAGERS_MAX = 10;

/** Fields that belong to nobody: the server's own. */
const SERVERS_OWN: FieldSet = {
  "f:apiVersion": LEAF,
  "f:kind": LEAF,
  "f:metadata": {
    ".": LEAF,
    ...Object.fromEntries(
      [
        "name",
        "namespace",
        "creationTimestamp",
        "selfLink",
        "uid",
        "generation",
        "managedFields",
        "resourceVersion",
        "deletionTimestamp",
        "deletionGracePeriodSeconds",
      ].map((name) => [`f:${name}`, LEAF]),
    ),
  },
};

/** The fields that a write to this subresource can own. */
function ownable(set: FieldSet, { subresource, wholeObject }: Writer): FieldSet {
  if (wholeObject === true) return difference(set, SERVERS_OWN);
  const { "f:status": status, "f:spec": spec, ...rest } = difference(set, SERVERS_OWN) as Record<string, FieldSet>;
  if (subresource === "status") return { ...rest, ...(status === undefined ? {} : { "f:status": status }) };
  return { ...rest, ...(spec === undefined ? {} : { "f:spec": spec }) };
}

export function managedFieldsOf(object: ApiObject): readonly ManagedFieldsEntry[] {
  return (object.metadata?.managedFields ?? []) as readonly ManagedFieldsEntry[];
}

export function withManagedFields(object: ApiObject, entries: readonly ManagedFieldsEntry[]): ApiObject {
  if (equalJson(object.metadata?.managedFields ?? [], entries)) return object;
  const { managedFields: _, ...metadata } = object.metadata ?? {};
  return { ...object, metadata: { ...metadata, ...(entries.length === 0 ? {} : { managedFields: entries }) } };
}

function without(entry: ManagedFieldsEntry, set: FieldSet): ManagedFieldsEntry {
  const fieldsV1 = difference(entry.fieldsV1, set);
  return equalSets(fieldsV1, entry.fieldsV1) ? entry : { ...entry, fieldsV1 };
}

/** Without those who own nothing any more, in upstream's order: appliers first, then by time and name. */
function kept(entries: readonly ManagedFieldsEntry[]): ManagedFieldsEntry[] {
  const keyOf = ({ operation, time = "", manager, apiVersion, subresource = "" }: ManagedFieldsEntry) =>
    [operation, time, manager, apiVersion, subresource].join("\u0000");
  return entries
    .filter((entry) => !isEmptySet(entry.fieldsV1))
    .map((entry) => ({ entry, key: keyOf(entry) }))
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
    .map(({ entry }) => entry);
}

/** Cache, by the set of a new object's fields, of which there are few: those that its writer owns. */
const ownedOfNew = { some: new WeakMap<FieldSet, FieldSet>(), whole: new WeakMap<FieldSet, FieldSet>() };

function ownersOfNew(object: ApiObject, schema: StructType, writer: Writer): readonly ManagedFieldsEntry[] {
  const fields = fieldsOfNew(object, schema);
  const known = writer.wholeObject === true ? ownedOfNew.whole : ownedOfNew.some;
  let owned = known.get(fields);
  if (owned === undefined) {
    owned = deepFreeze(ownable(fields, writer));
    known.set(fields, owned);
  }
  return isEmptySet(owned) ? [] : [entryOf(writer, "Update", object.apiVersion ?? "", owned)];
}

/** Who owns what after an update of `before` (null: a creation) to `after`. The same list if nothing changed. */
export function ownersAfterUpdate(
  before: ApiObject | null,
  after: ApiObject,
  schema: StructType,
  writer: Writer,
): readonly ManagedFieldsEntry[] {
  if (before === null) return ownersOfNew(after, schema, writer);
  const entries = managedFieldsOf(before);
  const apiVersion = after.apiVersion ?? "";
  const { changed, removed } = compareFields(before, after, typeOfKind(schema));
  const touched = difference(union(changed, removed), SERVERS_OWN);
  if (isEmptySet(touched)) return entries;
  const isOwn = (entry: ManagedFieldsEntry) =>
    entry.operation === "Update" &&
    entry.manager === writer.manager &&
    (entry.subresource ?? "") === writer.subresource &&
    entry.apiVersion === apiVersion;
  const own = entries.find(isOwn)?.fieldsV1 ?? NOTHING;
  const fieldsV1 = union(difference(own, removed), ownable(changed, writer));
  const others = entries.filter((entry) => !isOwn(entry)).map((entry) => without(entry, touched));
  return kept(joinOldest([...others, entryOf(writer, "Update", apiVersion, fieldsV1)]));
}

function entryOf(
  { manager, subresource, time }: Writer,
  operation: ManagedFieldsEntry["operation"],
  apiVersion: string,
  fieldsV1: FieldSet,
): ManagedFieldsEntry {
  const entry: ManagedFieldsEntry = { manager, operation, apiVersion, time, fieldsType: "FieldsV1", fieldsV1 };
  return subresource === "" ? entry : { ...entry, subresource };
}

/** More than ten managers by update: the oldest become one. */
function joinOldest(entries: readonly ManagedFieldsEntry[]): readonly ManagedFieldsEntry[] {
  const updates = entries.filter(({ operation, subresource }) => operation === "Update" && subresource === undefined);
  if (updates.length <= UPDATE_MANAGERS_MAX) return entries;
  const oldest = [...updates]
    .sort((a, b) => ((a.time ?? "") < (b.time ?? "") ? -1 : (a.time ?? "") > (b.time ?? "") ? 1 : 0))
    .slice(0, updates.length - UPDATE_MANAGERS_MAX + 1);
  const joined: ManagedFieldsEntry = {
    ...(oldest[0] as ManagedFieldsEntry),
    manager: "ancient-changes",
    fieldsV1: unionOf(oldest.map(({ fieldsV1 }) => fieldsV1)),
  };
  return [joined, ...entries.filter((entry) => !oldest.includes(entry))];
}

export interface Applied {
  /** As a client would send it in a PUT: still to be decoded and defaulted. */
  readonly object: ApiObject;
  readonly owners: readonly ManagedFieldsEntry[];
}

/**
 * Server-side apply of `config` to `live` (null: there is no such object yet): the merged object with its new owners, or
 * the refusal.
 */
export function applyConfiguration(
  live: ApiObject | null,
  config: unknown,
  schema: StructType,
  writer: Writer,
  options: { readonly force: boolean; readonly apiVersion: string },
): Applied | Status {
  if (!isRecord(config)) return badRequest("error decoding patch: the applied configuration is no object");
  const wanted = config as ApiObject;
  if (wanted.apiVersion !== options.apiVersion) {
    return badRequest(
      `Incorrect version specified in apply patch. Specified patch version: ${wanted.apiVersion ?? ""}, expected: ${options.apiVersion}`,
    );
  }
  if (wanted.metadata?.managedFields !== undefined) return badRequest("metadata.managedFields must be nil");
  const type = typeOfKind(schema);
  let said: FieldSet;
  try {
    said = fieldsOf(wanted, type, true);
  } catch (error) {
    if (!(error instanceof UnknownFieldError)) throw error;
    return untyped(wanted, error.message);
  }
  const fields = ownable(said, writer);
  const isOwn = (entry: ManagedFieldsEntry) =>
    entry.operation === "Apply" &&
    entry.manager === writer.manager &&
    (entry.subresource ?? "") === writer.subresource &&
    entry.apiVersion === options.apiVersion;
  const entries = entriesBefore(live, schema, writer);
  const last = entries.find(isOwn);
  const others = entries.filter((entry) => !isOwn(entry));
  const merged = mergeFields(live ?? {}, wanted, type);
  const owned = unionOf([said, ...others.map(({ fieldsV1 }) => fieldsV1)]);
  const object = pruneFields(merged, type, last?.fieldsV1 ?? NOTHING, owned) as ApiObject;
  const { changed, removed } = compareFields(live ?? {}, object, type);
  const conflicts = others.flatMap((entry) => {
    const set = intersection(entry.fieldsV1, changed);
    return isEmptySet(set) ? [] : [{ entry, set }];
  });
  const forced = options.force || (writer.manager === "kubectl" && areOfLastApplied(conflicts, live, schema));
  if (conflicts.length > 0 && !forced) return refusal(conflicts);
  const touched = union(changed, removed);
  const unchanged = last !== undefined && equalSets(last.fieldsV1, fields) && isEmptySet(touched);
  const own = unchanged ? last : entryOf(writer, "Apply", options.apiVersion, fields);
  const owners = kept([own, ...others.map((entry) => without(entry, touched))]);
  return { object: withLastApplied(object, live, wanted, writer), owners };
}

/** Everything of an object that nobody is known to own belongs to whoever wrote it before. */
function entriesBefore(live: ApiObject | null, schema: StructType, writer: Writer): readonly ManagedFieldsEntry[] {
  if (live === null) return [];
  const entries = managedFieldsOf(live);
  if (entries.length > 0) return entries;
  const fields = ownable(fieldsOf(live, typeOfKind(schema)), { ...writer, subresource: "" });
  return kept([
    entryOf({ ...writer, manager: "before-first-apply", subresource: "" }, "Update", live.apiVersion ?? "", fields),
  ]);
}

interface Conflict {
  readonly entry: ManagedFieldsEntry;
  readonly set: FieldSet;
}

/** kubectl may take over what it owned by client-side apply. */
function areOfLastApplied(conflicts: readonly Conflict[], live: ApiObject | null, schema: StructType): boolean {
  const text = live?.metadata?.annotations?.[LAST_APPLIED];
  if (text === undefined) return false;
  try {
    const fields = fieldsOf(JSON.parse(text), typeOfKind(schema));
    return conflicts.every(({ set }) => isEmptySet(difference(set, fields)));
  } catch {
    return false;
  }
}

/** Where kubectl's annotation is, it is kept up to date. */
function withLastApplied(object: ApiObject, live: ApiObject | null, wanted: ApiObject, writer: Writer): ApiObject {
  if (writer.manager !== "kubectl" || live?.metadata?.annotations?.[LAST_APPLIED] === undefined) return object;
  const { annotations, ...metadata } = wanted.metadata ?? {};
  const { [LAST_APPLIED]: _, ...others } = annotations ?? {};
  const shown = {
    ...wanted,
    metadata: { ...metadata, ...(Object.keys(others).length > 0 ? { annotations: others } : {}) },
  };
  const text = `${JSON.stringify(sorted(shown))}\n`;
  return {
    ...object,
    metadata: { ...object.metadata, annotations: { ...object.metadata?.annotations, [LAST_APPLIED]: text } },
  };
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((key) => [key, sorted(value[key])]),
  );
}

function refusal(conflicts: readonly Conflict[]): Status {
  const all = conflicts.flatMap(({ entry, set }) => pathsOf(set).map((path) => ({ who: nameOf(entry), path })));
  const causes = all.map(({ who, path }) => ({
    reason: "FieldManagerConflict",
    message: `conflict with ${who}`,
    field: path,
  }));
  const [only] = all;
  if (all.length === 1 && only !== undefined)
    return applyConflict(`Apply failed with 1 conflict: conflict with ${only.who}: ${only.path}`, causes);
  const owners = [...new Set(all.map(({ who }) => who))].sort();
  const lines = owners.flatMap((owner) => [
    `conflicts with ${owner}:`,
    ...all.filter(({ who }) => who === owner).map(({ path }) => `- ${path}`),
  ]);
  return applyConflict(`Apply failed with ${all.length} conflicts: ${lines.join("\n")}`, causes);
}

function nameOf({ manager, operation, subresource, apiVersion, time }: ManagedFieldsEntry): string {
  if (operation === "Apply") return JSON.stringify(manager);
  const part = subresource === undefined ? "" : ` with subresource ${JSON.stringify(subresource)}`;
  return `${JSON.stringify(manager)}${part} using ${apiVersion}${time === undefined ? "" : ` at ${time}`}`;
}

function untyped({ apiVersion = "", kind = "", metadata = {} }: ApiObject, why: string): Status {
  const where = `${metadata.namespace ?? ""}/${metadata.name ?? ""}; ${apiVersion.includes("/") ? apiVersion : `/${apiVersion}`}, Kind=${kind}`;
  return {
    kind: "Status",
    apiVersion: "v1",
    metadata: {},
    status: "Failure",
    message: `failed to create typed patch object (${where}): ${why}`,
    code: 500,
  };
}
