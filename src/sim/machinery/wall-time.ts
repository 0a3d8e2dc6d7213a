import { formatTime } from "../api/time.ts";

/** RFC3339 with microseconds, as `Lease.spec.renewTime` and other MicroTime fields: `2026-11-20T09:00:00.000000Z`. */
export function formatMicroTime(wallUs: number): string {
  const micros = wallUs - Math.floor(wallUs / 1_000_000) * 1_000_000;
  return `${formatTime(wallUs).slice(0, 19)}.${String(micros).padStart(6, "0")}Z`;
}
