import type { Disk } from "../../kernel/types.ts";

/**
 * A member of etcd keeps one disk value per entry of its log. A person sees, copies and removes one file, as in life:
 * `member/wal/0000000000000000-0000000000000000.wal`.
 */
const WAL_FILE = "/member/wal/0000000000000000-0000000000000000.wal";
const WAL_PART = /^(.*)\/member\/wal\/(?:\d{12}|hardstate|metadata)$/;

/** Such a file in any other place. */
interface Bundle {
  readonly type: "bundle";
  readonly parts: readonly (readonly [name: string, value: unknown])[];
}

function isBundle(value: unknown): value is Bundle {
  return (value as { readonly type?: unknown } | null)?.type === "bundle";
}

/** Paths as a person sees them, sorted. */
export function visiblePaths(paths: readonly string[]): string[] {
  const visible = new Set<string>();
  for (const path of paths) {
    const data = WAL_PART.exec(path)?.[1];
    visible.add(data === undefined ? path : `${data}${WAL_FILE}`);
  }
  return [...visible].sort();
}

/** The disk's own paths behind one that a person sees. */
export function partsOf(disk: Pick<Disk, "list">, path: string): readonly string[] {
  return path.endsWith(WAL_FILE) ? disk.list(folderOf(path)).filter((each) => WAL_PART.test(each)) : [path];
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/") + 1);
}

/** What a file holds, as one value; undefined: there is no such file. */
export function pack(disk: Pick<Disk, "list" | "read">, path: string): unknown {
  if (!path.endsWith(WAL_FILE)) return disk.read(path);
  const parts = partsOf(disk, path).map((each) => [each.slice(folderOf(path).length), disk.read(each)] as const);
  const bundle: Bundle = { type: "bundle", parts: Object.freeze(parts) };
  return parts.length === 0 ? undefined : Object.freeze(bundle);
}

export function unpack(disk: Disk, path: string, value: unknown): void {
  if (!path.endsWith(WAL_FILE) || !isBundle(value)) disk.write(path, value);
  else for (const [name, part] of value.parts) disk.write(`${folderOf(path)}${name}`, part);
}
