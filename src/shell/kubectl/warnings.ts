/** `Warning` headers: `299 - "text"`, several joined by commas; quotes and backslashes inside are escaped. */
export function parseWarnings(header: string): readonly string[] {
  return [...header.matchAll(/\b299 \S+ "((?:[^"\\]|\\.)*)"/g)].map((match) => match[1]!.replace(/\\(.)/g, "$1"));
}
