/** A Corefile: server blocks with their plugins, read as CoreDNS reads it. */

export interface Directive {
  readonly name: string;
  readonly args: readonly string[];
  readonly block: readonly Directive[];
  readonly line: number;
}

export interface ServerBlock {
  /** `.:53` */
  readonly keys: readonly string[];
  readonly plugins: readonly Directive[];
}

export class CorefileError extends Error {}

/** Plugins that CoreDNS knows; those that the simulation does not act on are accepted and do nothing. */
const KNOWN: ReadonlySet<string> = new Set(
  (
    "acl any auto autopath azure bind bufsize cache cancel chaos clouddns debug dns64 dnssec dnstap erratic errors etcd " +
    "file forward geoip grpc header health hosts import k8s_external kubernetes loadbalance local log loop metadata " +
    "minimal multisocket nsid pprof prometheus quic ready reload rewrite root route53 secondary sign template timeouts " +
    "tls trace transfer tsig view whoami"
  ).split(" "),
);

interface Line {
  readonly words: readonly string[];
  readonly number: number;
}

export function parseCorefile(text: string, file = "Corefile"): ServerBlock[] {
  const lines: Line[] = text
    .split("\n")
    .map((line, index) => ({ words: wordsOf(line), number: index + 1 }))
    .filter(({ words }) => words.length > 0);
  const reader = { lines, at: 0, file };
  const blocks: ServerBlock[] = [];
  while (reader.at < lines.length) {
    const { words, number } = lines[reader.at]!;
    reader.at += 1;
    if (words.at(-1) !== "{")
      throw problem(file, number, `unexpected end of line after '${words.at(-1)}', expected '{'`);
    const plugins = readBlock(reader, number);
    for (const { name, line } of plugins) {
      if (!KNOWN.has(name)) throw problem(file, line, `Unknown directive '${name}'`);
    }
    blocks.push({ keys: words.slice(0, -1).map((key) => key.replace(/,$/, "")), plugins });
  }
  return blocks;
}

function readBlock(
  reader: { readonly lines: readonly Line[]; at: number; readonly file: string },
  from: number,
): Directive[] {
  const directives: Directive[] = [];
  for (;;) {
    const line = reader.lines[reader.at];
    if (line === undefined) throw problem(reader.file, from, "Unexpected EOF, expecting '}'");
    reader.at += 1;
    const [name = "", ...args] = line.words;
    if (name === "}") return directives;
    const opens = args.at(-1) === "{";
    directives.push({
      name,
      args: opens ? args.slice(0, -1) : args,
      block: opens ? readBlock(reader, line.number) : [],
      line: line.number,
    });
  }
}

function wordsOf(line: string): string[] {
  const words: string[] = [];
  for (const match of line.matchAll(/"((?:[^"\\]|\\.)*)"|(\S+)/g)) {
    if (match[2]?.startsWith("#")) break;
    words.push(match[1] ?? match[2] ?? "");
  }
  return words;
}

function problem(file: string, line: number, text: string): CorefileError {
  return new CorefileError(`${file}:${line} - Error during parsing: ${text}`);
}
