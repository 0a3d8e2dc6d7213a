/**
 * What course texts run of Perl: `perl -Mbignum=bpi -wle 'print bpi(2000)'` and scripts of prints and an end. Null: more
 * than that is asked.
 */
export interface PerlResult {
  readonly out: string;
  readonly err: string;
  readonly status: number;
}

const MOST_DIGITS = 10_000;
const GUARD_DIGITS = 10;

export function runPerl(argv: readonly string[]): PerlResult | null {
  const script = readArguments(argv);
  if (script === null) return null;
  let out = "";
  for (const statement of script.text.split(";").map((part) => part.trim())) {
    if (statement === "") continue;
    const end = /^(?:exit\s*\(?\s*(\d*)\s*\)?|die\s+(.+))$/.exec(statement);
    if (end !== null) {
      if (end[2] === undefined) return { out, err: "", status: Number(end[1] ?? 0) & 255 };
      const reason = literal(end[2]);
      if (reason === null) return null;
      return { out, err: reason.endsWith("\n") ? reason : `${reason} at -e line 1.\n`, status: 255 };
    }
    const printed = /^print\s*\(?(.+?)\)?$/.exec(statement)?.[1];
    const text = printed === undefined ? null : value(printed);
    if (text === null) return null;
    out += script.lines ? `${text}\n` : text;
  }
  return { out, err: "", status: 0 };
}

/** `-l` ends what is printed with a new line, `-e` is followed by the script. */
function readArguments(argv: readonly string[]): { readonly text: string; readonly lines: boolean } | null {
  let text: string | null = null;
  let lines = false;
  for (let index = 1; index < argv.length; index++) {
    const flag = argv[index] as string;
    if (flag.startsWith("-M")) continue;
    if (!/^-[wlneE]+$/.test(flag) || flag.includes("n")) return null;
    lines ||= flag.includes("l");
    if (/[eE]$/.test(flag)) text = argv[++index] ?? "";
  }
  return text === null ? null : { text, lines };
}

function value(expression: string): string | null {
  const digits = /^bpi\s*\(\s*(\d+)\s*\)?$/.exec(expression.trim());
  return digits === null ? literal(expression.trim()) : piDigits(Math.min(MOST_DIGITS, Number(digits[1])));
}

function literal(text: string): string | null {
  const match = /^(?:"([^"$@]*)"|'([^']*)'|(\d+))$/.exec(text);
  if (match === null) return null;
  return match[1]?.replaceAll("\\n", "\n").replaceAll("\\t", "\t") ?? match[2] ?? match[3] ?? "";
}

/** π rounded to so many digits, the 3 included; by Machin's formula in whole numbers. */
export function piDigits(digits: number): string {
  const places = Math.max(1, digits) - 1;
  const unit = powerOfTen(places + GUARD_DIGITS);
  const pi = 16n * inverseTangent(5n, unit) - 4n * inverseTangent(239n, unit);
  const guard = powerOfTen(GUARD_DIGITS);
  const text = String((pi + guard / 2n) / guard);
  return places === 0 ? text : `${text.slice(0, 1)}.${text.slice(1)}`;
}

/** `unit` times the arc tangent of 1/x. */
function inverseTangent(x: bigint, unit: bigint): bigint {
  let power = unit / x;
  let sum = power;
  for (let n = 3n, sign = -1n; power !== 0n; n += 2n, sign = -sign) {
    power /= x * x;
    sum += (sign * power) / n;
  }
  return sum;
}

function powerOfTen(exponent: number): bigint {
  return BigInt(`1${"0".repeat(exponent)}`);
}
