/** What a shell and its tools may do and hold before the world goes on, or before the memory is used up. */
import type { ShellState } from "./state.ts";

/** The container's process is killed, as the kernel does with who wants more memory than there is. */
export class OutOfMemory extends Error {}

/** Characters of the longest text that is held. */
const TEXT_MAX = 4_194_304;
/** Of all texts together. */
const HELD_MAX = 67_108_864;
/** Characters that are handled in one go. */
export const WORK_MAX = 2_097_152;

export function bounded(text: string): string {
  if (text.length > TEXT_MAX) throw new OutOfMemory();
  return text;
}

export function padded(text: string, width: number, atLeft: boolean, fill: string): string {
  if (width > TEXT_MAX) throw new OutOfMemory();
  return atLeft ? text.padEnd(width) : text.padStart(width, fill);
}

/** Characters that a shell holds; more than can be is out of memory. */
export function heldLength({ variables, captures, slots, frames }: ShellState): number {
  let held = 0;
  for (const texts of [
    Object.values(variables),
    captures,
    Object.values(slots),
    ...frames.map((one) => one.positional),
  ])
    for (const text of texts) held += text.length;
  if (held > HELD_MAX) throw new OutOfMemory();
  return held;
}
