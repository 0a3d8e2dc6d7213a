const pad = (value: number, digits = 2): string => String(value).padStart(digits, "0");

/** `00:01:32.415`: since the world began. */
export function formatClock(atUs: number): string {
  const ms = Math.floor(Math.max(0, atUs) / 1000);
  const seconds = Math.floor(ms / 1000);
  return `${pad(Math.floor(seconds / 3600))}:${pad(Math.floor(seconds / 60) % 60)}:${pad(seconds % 60)}.${pad(ms % 1000, 3)}`;
}

/** `320 µs`, `4.2 ms`, `1.5 s`, `2 min 5 s`: the two largest parts that matter. */
export function formatDuration(us: number): string {
  const value = Math.abs(us);
  if (value < 1000) return `${Math.round(value)} µs`;
  if (value < 1_000_000) return `${trim(value / 1000)} ms`;
  if (value < 60_000_000) return `${trim(value / 1_000_000)} s`;
  const seconds = Math.round(value / 1_000_000);
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return seconds % 60 ? `${minutes} min ${seconds % 60} s` : `${minutes} min`;
  return minutes % 60 ? `${Math.floor(minutes / 60)} h ${minutes % 60} min` : `${Math.floor(minutes / 60)} h`;
}

function trim(value: number): string {
  return value < 10 ? String(Math.round(value * 10) / 10) : String(Math.round(value));
}
