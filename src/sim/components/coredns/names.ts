/** Domain names: always with a dot at the end, compared without regard to ASCII case. */

export function fullName(name: string): string {
  return name.endsWith(".") ? name : `${name}.`;
}

export function lower(name: string): string {
  return name.toLowerCase();
}

export function sameName(a: string, b: string): boolean {
  return lower(a) === lower(b);
}

export function isBelow(name: string, zone: string): boolean {
  if (zone === ".") return true;
  const text = lower(name);
  const end = lower(zone);
  return text === end || text.endsWith(`.${end}`);
}

/** The labels of `name` before `zone`. */
export function labelsBelow(name: string, zone: string): string[] {
  const text = lower(name);
  const rest = zone === "." ? text.slice(0, -1) : text.slice(0, Math.max(0, text.length - zone.length - 1));
  return rest === "" ? [] : rest.split(".");
}

/** `4.3.2.1.in-addr.arpa.` -> `1.2.3.4`; null: no whole address. */
export function addressOfReverseName(name: string): string | null {
  const text = lower(name);
  if (text.endsWith(".in-addr.arpa.")) {
    const labels = text.slice(0, -".in-addr.arpa.".length).split(".");
    return labels.length === 4 && labels.every((label) => /^\d{1,3}$/.test(label)) ? labels.reverse().join(".") : null;
  }
  if (text.endsWith(".ip6.arpa.")) {
    const digits = text.slice(0, -".ip6.arpa.".length).split(".");
    if (digits.length !== 32 || !digits.every((digit) => /^[0-9a-f]$/.test(digit))) return null;
    const hex = digits.reverse().join("");
    return (hex.match(/.{4}/g) ?? []).join(":");
  }
  return null;
}
