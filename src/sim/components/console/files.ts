import type { Disk } from "../../kernel/types.ts";
import { pack, partsOf, unpack } from "./folds.ts";
import type { FileChanges } from "./messages.ts";

/** Copies, removes and writes files, whatever they hold. What a full disk does not take is lost. */
export function changeFiles(disk: Disk, { copies, removals, writes }: FileChanges): void {
  const packed = copies.map(({ from, to }) => ({ to, value: pack(disk, from) }));
  for (const path of removals) remove(disk, path);
  for (const { to, value } of packed) if (value !== undefined) unpack(disk, to, value);
  for (const { path, text } of writes) disk.write(path, text);
}

function remove(disk: Disk, path: string): void {
  for (const part of partsOf(disk, path)) disk.remove(part);
}
