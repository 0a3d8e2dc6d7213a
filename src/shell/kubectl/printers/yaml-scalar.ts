/** What a text may be written as in YAML 1.1, and whether a bare one would be read back as something else. */

export interface ScalarFacts {
  readonly plain: boolean;
  readonly single: boolean;
  readonly block: boolean;
}

const leadingIndicators = new Set("#,[]{}&*!|>'\"%@`");

export function analyze(text: string): ScalarFacts {
  if (text === "") return { plain: true, single: true, block: false };
  const breaks = text.includes("\n");
  const special = !isPrintable(text) || / \n/.test(text);
  const edge = /^[ \n]|[ \n]$/.test(text);
  const breakThenSpace = /\n /.test(text);
  return {
    plain: !special && !edge && !breakThenSpace && !breaks && !hasIndicators(text),
    single: !special && !breakThenSpace,
    block: !special && !text.endsWith(" "),
  };
}

function hasIndicators(text: string): boolean {
  if (text.startsWith("---") || text.startsWith("...")) return true;
  const first = text[0]!;
  if (leadingIndicators.has(first)) return true;
  if (/^[-?:]([ \n]|$)/.test(text)) return true;
  return /:([ \n]|$)/.test(text) || / #/.test(text);
}

function isPrintable(text: string): boolean {
  for (const letter of text) {
    const code = letter.codePointAt(0)!;
    const fine =
      code === 0x0a ||
      (code >= 0x20 && code <= 0x7e) ||
      (code >= 0xa0 && code <= 0xd7ff) ||
      (code >= 0xe000 && code <= 0xfffd && code !== 0xfeff);
    if (!fine) return false;
  }
  return true;
}

const words = new Set(
  [
    "y Y yes Yes YES true True TRUE on On ON",
    "n N no No NO false False FALSE off Off OFF",
    "~ null Null NULL << = .nan .NaN .NAN .inf .Inf .INF +.inf +.Inf +.INF -.inf -.Inf -.INF",
  ].flatMap((line) => line.split(" ")),
);
words.delete("=");

const float = /^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$/;
const integer = /^[-+]?(0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO]?[0-7]+|[0-9]+)$/;
const timestamp =
  /^\d{4}-\d{1,2}-\d{1,2}([Tt]\d{1,2}:\d{1,2}:\d{1,2}(\.\d+)?(Z|[+-]\d{2}:\d{2})| \d{1,2}:\d{1,2}:\d{1,2}(\.\d+)?)?$/;
const sexagesimal = /^[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?$/;

/** False where a bare text would be read as a number, a boolean, null or a time. */
export function resolvesToText(text: string): boolean {
  if (text === "" || words.has(text)) return false;
  if (!/^[-+.\d]/.test(text)) return true;
  const digits = text.replaceAll("_", "");
  return !integer.test(digits) && !float.test(digits) && !timestamp.test(text) && !sexagesimal.test(text);
}
