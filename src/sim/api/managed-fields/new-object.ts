import { isRecord } from "../patch/json.ts";
import { type FieldType, type StructType, structOf } from "../schema/schema.ts";
import { below, type FieldSet, LEAF } from "./field-set.ts";
import { elementOfItem, isThereAnyway, type ListType, partsOf } from "./typed.ts";

/**
 * The fields of a new object. Objects of a kind are mostly alike, and so are the sets of their fields: each is made once
 * and shared by all that have it, frozen. So a new object costs one walk over it, and its fields take no memory.
 */
export function fieldsOfNew(object: unknown, struct: StructType): FieldSet {
  return setOf(object, shapeOfKind(struct), false);
}

/** What a type says of how its values are taken apart: read from the schema once, as far as objects have needed it. */
interface Shape {
  readonly parts: ReturnType<typeof partsOf>;
  readonly struct: StructType | null;
  /** Of a struct, by field. */
  readonly fields: Map<string, Field>;
  /** Of a map's or list's type. */
  readonly type: FieldType | undefined;
  values: Shape | null;
}

interface Field {
  readonly shape: Shape;
  /** Nobody adds it: it is always there. */
  readonly isThere: boolean;
}

/** Cache. */
const shapes = { structs: new WeakMap<StructType, Shape>(), others: new WeakMap<FieldType, Shape>() };

function shapeOfKind(struct: StructType): Shape {
  const known = shapes.structs.get(struct);
  if (known !== undefined) return known;
  const shape: Shape = { parts: "struct", struct, fields: new Map(), type: undefined, values: null };
  shapes.structs.set(struct, shape);
  return shape;
}

const PLAIN: Shape = { parts: null, struct: null, fields: new Map(), type: undefined, values: null };

function shapeOf(type: FieldType | undefined): Shape {
  const parts = partsOf(type);
  if (parts === null || type === undefined) return PLAIN;
  if (type.type === "struct") return shapeOfKind(structOf(type));
  const known = shapes.others.get(type);
  if (known !== undefined) return known;
  const shape: Shape = { parts, struct: null, fields: new Map(), type, values: null };
  shapes.others.set(type, shape);
  return shape;
}

function fieldOf(shape: Shape, key: string): Field {
  const known = shape.fields.get(key);
  if (known !== undefined) return known;
  const struct = shape.struct as StructType;
  const type = struct.fields.get(key) ?? struct.rest;
  const field = { shape: shapeOf(type), isThere: isThereAnyway(key, type, struct) };
  // What a custom resource's schema leaves open is not remembered: keys would pile up.
  if (struct.fields.has(key)) shape.fields.set(key, field);
  return field;
}

function valuesOf(shape: Shape): Shape {
  const type = shape.type as FieldType & { readonly type: "map" | "list" };
  shape.values ??= shapeOf(type.type === "map" ? type.values : type.items);
  return shape.values;
}

/** `member`: the element itself is in the set beside what is below it. */
function setOf(value: unknown, shape: Shape, member: boolean): FieldSet {
  switch (shape.parts) {
    case "struct":
      return isRecord(value) ? setOfStruct(value, shape, member) : LEAF;
    case "map":
      return isRecord(value) ? setOfMap(value, valuesOf(shape), member) : LEAF;
    case null:
      return LEAF;
    default:
      return Array.isArray(value) ? setOfList(value, shape, member) : LEAF;
  }
}

function setOfStruct(value: Readonly<Record<string, unknown>>, shape: Shape, member: boolean): FieldSet {
  let level = sets.fields;
  for (const key in value) {
    const item = value[key];
    if (item === undefined) continue;
    const field = fieldOf(shape, key);
    level = withElement(level, key, setOf(item, field.shape, !field.isThere));
  }
  return setAt(level, member);
}

function setOfMap(value: Readonly<Record<string, unknown>>, values: Shape, member: boolean): FieldSet {
  let level = sets.fields;
  for (const key in value) {
    if (value[key] !== undefined) level = withElement(level, key, setOf(value[key], values, true));
  }
  return setAt(level, member);
}

function setOfList(value: readonly unknown[], shape: Shape, member: boolean): FieldSet {
  const values = valuesOf(shape);
  let level = sets.items;
  for (const item of value)
    level = withElement(level, elementOfItem(item, shape.type as ListType), setOf(item, values, true));
  return setAt(level, member);
}

/** A set as far as it has been put together, and how it may go on: all sets that there are, as a tree. */
interface Level {
  readonly before: Level | null;
  readonly element: string;
  readonly under: FieldSet;
  /** By the next element, where nothing is below it, and where something is. */
  readonly leaves: Map<string, Level>;
  readonly others: Map<string, Map<FieldSet, Level>>;
  /** The set that ends here, and the one that holds its element itself, too. */
  plain: FieldSet | null;
  member: FieldSet | null;
}

/** Cache: the sets of records and of lists. Begun anew when there are too many. */
const sets = { fields: levelAfter(null, "", LEAF), items: levelAfter(null, "", LEAF), levels: 0 };
const LEVELS_MAX = 20_000;

function levelAfter(before: Level | null, element: string, under: FieldSet): Level {
  return { before, element, under, leaves: new Map(), others: new Map(), plain: null, member: null };
}

function withElement(level: Level, element: string, under: FieldSet): Level {
  if (under === LEAF) return level.leaves.get(element) ?? newLevel(level, element, under);
  return level.others.get(element)?.get(under) ?? newLevel(level, element, under);
}

function newLevel(before: Level, element: string, under: FieldSet): Level {
  const level = levelAfter(before, element, under);
  sets.levels += 1;
  if (sets.levels > LEVELS_MAX) {
    for (const root of [sets.fields, sets.items]) {
      root.leaves.clear();
      root.others.clear();
    }
    sets.levels = 0;
  }
  if (under === LEAF) before.leaves.set(element, level);
  else {
    const same = before.others.get(element);
    if (same === undefined) before.others.set(element, new Map([[under, level]]));
    else same.set(under, level);
  }
  return level;
}

function setAt(level: Level, member: boolean): FieldSet {
  if (level.before === null) return LEAF;
  if (member) {
    level.member ??= madeSet(level, true);
    return level.member;
  }
  level.plain ??= madeSet(level, false);
  return level.plain;
}

function madeSet(last: Level, member: boolean): FieldSet {
  const levels: Level[] = [];
  let level: Level = last;
  for (; level.before !== null; level = level.before) levels.push(level);
  const kind = level === sets.fields ? "f:" : "";
  const children: Record<string, FieldSet> = {};
  for (const { element, under } of levels.reverse()) children[kind + element] = under;
  return Object.freeze(below(member, children) as FieldSet);
}
