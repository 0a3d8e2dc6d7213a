/** Shell patterns: `*`, `?`, `[...]`; followed side by side, so that none takes longer than the text is long. */

type Token = "any" | ((character: string) => boolean);

function tokensOf(pattern: string): Token[] {
  const tokens: Token[] = [];
  for (let at = 0; at < pattern.length; at += 1) {
    const character = pattern[at] as string;
    const close = character === "[" ? pattern.indexOf("]", at + (/[!^]/.test(pattern[at + 1] ?? "") ? 3 : 2)) : -1;
    if (character === "*") {
      if (tokens.at(-1) !== "any") tokens.push("any");
    } else if (character === "?") tokens.push(() => true);
    else if (close > 0) {
      tokens.push(setOf(pattern.slice(at + 1, close)));
      at = close;
    } else tokens.push((one) => one === character);
  }
  return tokens;
}

function setOf(text: string): (character: string) => boolean {
  const inverted = /^[!^]/.test(text);
  const ranges: [string, string][] = [];
  for (let at = inverted ? 1 : 0; at < text.length; at += 1) {
    const from = text[at] as string;
    const isRange = text[at + 1] === "-" && at + 2 < text.length;
    ranges.push([from, isRange ? (text[at + 2] as string) : from]);
    if (isRange) at += 2;
  }
  return (one) => ranges.some(([from, to]) => one >= from && one <= to) !== inverted;
}

/** Calls back with every length of text, taken from its begin or its end, that the pattern matches; until false. */
function eachLength(text: string, pattern: string, fromEnd: boolean, found: (length: number) => boolean): void {
  const tokens = tokensOf(pattern);
  if (fromEnd) tokens.reverse();
  let places = reached(tokens, [0]);
  for (let length = 0; ; length += 1) {
    if (places.includes(tokens.length) && !found(length)) return;
    if (length >= text.length || places.length === 0) return;
    const character = text[fromEnd ? text.length - 1 - length : length] as string;
    const next: number[] = [];
    for (const place of places) {
      const token = tokens[place];
      if (token === "any") next.push(place);
      else if (token?.(character) === true) next.push(place + 1);
    }
    places = reached(tokens, next);
  }
}

/** With the places that are got to by taking a `*` for nothing. */
function reached(tokens: readonly Token[], places: readonly number[]): number[] {
  const all = new Set<number>();
  for (const place of places) {
    all.add(place);
    if (tokens[place] === "any") all.add(place + 1);
  }
  return [...all];
}

export function matchesPattern(text: string, pattern: string): boolean {
  let matches = false;
  eachLength(text, pattern, false, (length) => {
    matches = length === text.length;
    return true;
  });
  return matches;
}

/** `%`, `%%`, `#`, `##`: the text without what the pattern matches of its end or begin, the least or the most of it. */
export function trim(value: string, pattern: string, operator: string): string {
  const fromEnd = operator.startsWith("%");
  const longest = operator.length === 2;
  let cut = 0;
  eachLength(value, pattern, fromEnd, (length) => {
    cut = length;
    return longest;
  });
  return fromEnd ? value.slice(0, value.length - cut) : value.slice(cut);
}
