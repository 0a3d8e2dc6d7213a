const DAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

const two = (value: number) => String(value).padStart(2, "0");
const clock = (date: Date) => `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())}`;

/** `Fri 2026-11-20 09:00:01 UTC`. */
export function longTime(wallUs: number): string {
  const date = new Date(wallUs / 1000);
  return `${DAYS[date.getUTCDay()]} ${date.getUTCFullYear()}-${two(date.getUTCMonth() + 1)}-${two(date.getUTCDate())} ${clock(date)} UTC`;
}

/** `Nov 20 09:00:01`, as in the journal. */
export function shortTime(wallUs: number): string {
  const date = new Date(wallUs / 1000);
  return `${MONTHS[date.getUTCMonth()]} ${two(date.getUTCDate())} ${clock(date)}`;
}

/** RFC 3339 with nanoseconds, as logs of containers have it. */
export function nanoTime(wallUs: number): string {
  const date = new Date(Math.floor(wallUs / 1_000_000) * 1_000).toISOString().slice(0, 19);
  return `${date}.${String(wallUs % 1_000_000).padStart(6, "0")}000Z`;
}

/** `1min 32s`, as systemd says it. */
export function agoText(us: number): string {
  const seconds = Math.max(0, Math.floor(us / 1_000_000));
  if (seconds < 60) return `${seconds}s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)}min ${seconds % 60}s`;
  return `${Math.floor(seconds / 3_600)}h ${Math.floor(seconds / 60) % 60}min`;
}

/** `2 minutes ago`, as crictl says it (docker/go-units). */
export function humanAgo(us: number): string {
  const seconds = Math.max(0, Math.floor(us / 1_000_000));
  if (seconds < 1) return "Less than a second ago";
  if (seconds === 1) return "1 second ago";
  if (seconds < 60) return `${seconds} seconds ago`;
  const minutes = Math.floor(seconds / 60);
  if (minutes === 1) return "About a minute ago";
  if (minutes < 60) return `${minutes} minutes ago`;
  const hours = Math.floor(minutes / 60 + 0.5);
  if (hours === 1) return "About an hour ago";
  if (hours < 48) return `${hours} hours ago`;
  return `${Math.floor(hours / 24)} days ago`;
}

/** `date`'s own form: `Fri Nov 20 09:00:01 UTC 2026`; with a +FORMAT, its common letters. */
export function dateText(wallUs: number, format: string | undefined): string {
  const date = new Date(wallUs / 1000);
  if (format === undefined) {
    return `${DAYS[date.getUTCDay()]} ${MONTHS[date.getUTCMonth()]} ${String(date.getUTCDate()).padStart(2)} ${clock(date)} UTC ${date.getUTCFullYear()}`;
  }
  const letters: Readonly<Record<string, string>> = {
    Y: String(date.getUTCFullYear()),
    m: two(date.getUTCMonth() + 1),
    d: two(date.getUTCDate()),
    H: two(date.getUTCHours()),
    M: two(date.getUTCMinutes()),
    S: two(date.getUTCSeconds()),
    s: String(Math.floor(wallUs / 1_000_000)),
    F: `${date.getUTCFullYear()}-${two(date.getUTCMonth() + 1)}-${two(date.getUTCDate())}`,
    T: clock(date),
    a: DAYS[date.getUTCDay()] as string,
    b: MONTHS[date.getUTCMonth()] as string,
    Z: "UTC",
    "%": "%",
  };
  return format.replace(/%([A-Za-z%])/g, (whole, letter: string) => letters[letter] ?? whole);
}
