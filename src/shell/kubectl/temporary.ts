/** Names and times of files that commands make for a moment. */

/** Digits that look drawn, the same for the same moment. */
export function temporaryNumber(wallUs: number): string {
  let value = Math.floor(wallUs / 4_294_967_296) ^ (wallUs % 4_294_967_296);
  value = Math.imul(value ^ (value >>> 15), 0x2c1b3c6d);
  value = Math.imul(value ^ (value >>> 12), 0x297a2d39);
  return String((value ^ (value >>> 15)) >>> 0);
}

/** `2026-11-20 09:00:01.000000000 +0000`, as `diff` shows it. */
export function timeOfFile(wallUs: number): string {
  const date = new Date(Math.floor(wallUs / 1_000)).toISOString();
  return `${date.slice(0, 10)} ${date.slice(11, 19)}.${String(wallUs % 1_000_000).padStart(6, "0")}000 +0000`;
}
