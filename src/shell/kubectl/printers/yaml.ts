/** YAML as sigs.k8s.io/yaml writes it: keys in natural order, lists not indented, long text folded at column 80. */
import { isObject, type Json, type JsonObject } from "../json.ts";
import { analyze, resolvesToText, type ScalarFacts } from "./yaml-scalar.ts";

const bestWidth = 80;

export function toYaml(value: Json): string {
  const writer = new Writer();
  writer.node(value, -2, "top");
  return `${writer.text()}\n`;
}

type Place = "top" | "value" | "item";

class Writer {
  readonly #parts: string[] = [];
  #column = 0;

  text(): string {
    return this.#parts.join("");
  }

  /** `indent`: the column of what contains the node. */
  node(value: Json, indent: number, place: Place): void {
    if (Array.isArray(value)) this.#list(value, indent, place);
    else if (isObject(value)) this.#map(value, indent, place);
    else {
      if (place !== "top") this.#put(" ");
      if (typeof value === "string") this.#string(value, Math.max(0, indent + 2), false);
      else this.#put(plainScalar(value as null | boolean | number));
    }
  }

  #map(map: JsonObject, indent: number, place: Place): void {
    const keys = Object.keys(map).filter((key) => map[key] !== undefined);
    if (keys.length === 0) {
      this.#put(place === "top" ? "{}" : " {}");
      return;
    }
    const inner = indent + 2;
    keys.sort(compareNaturally).forEach((key, index) => {
      if (index === 0 && place === "item") this.#put(" ");
      else if (index > 0 || place === "value") this.#line(inner);
      this.#string(key, inner + 2, true);
      this.#put(":");
      this.node(map[key]!, inner, "value");
    });
  }

  #list(list: readonly Json[], indent: number, place: Place): void {
    if (list.length === 0) {
      this.#put(place === "top" ? "[]" : " []");
      return;
    }
    const inner = place === "value" ? indent : indent + 2;
    list.forEach((item, index) => {
      if (index === 0 && place === "item") this.#put(" ");
      else if (index > 0 || place === "value") this.#line(inner);
      this.#put("-");
      this.node(item, inner, "item");
    });
  }

  #string(text: string, indent: number, isKey: boolean): void {
    const facts = analyze(text);
    if (text.includes("\n") && facts.block && !isKey) this.#literal(text, indent);
    else if (text.includes("\n")) this.#double(text, indent, !isKey);
    else if (!resolvesToText(text)) this.#double(text, indent, !isKey);
    else this.#plainOrSingle(text, facts, indent, !isKey);
  }

  #plainOrSingle(text: string, facts: ScalarFacts, indent: number, folds: boolean): void {
    if (facts.plain) this.#folded(text, indent, folds, false);
    else if (facts.single) {
      this.#put("'");
      this.#folded(text, indent, folds, true);
      this.#put("'");
    } else this.#double(text, indent, folds);
  }

  #folded(text: string, indent: number, folds: boolean, quoted: boolean): void {
    let spaces = false;
    for (let index = 0; index < text.length; ) {
      const letter = String.fromCodePoint(text.codePointAt(index)!);
      const inside = !quoted || (index > 0 && index < text.length - 1);
      if (letter === " " && folds && !spaces && this.#column > bestWidth && inside && text[index + 1] !== " ") {
        this.#line(indent);
      } else this.#put(quoted && letter === "'" ? "''" : letter);
      spaces = letter === " ";
      index += letter.length;
    }
  }

  #double(text: string, indent: number, folds: boolean): void {
    this.#put('"');
    let spaces = false;
    for (let index = 0; index < text.length; ) {
      const letter = String.fromCodePoint(text.codePointAt(index)!);
      const inside = index > 0 && index < text.length - 1;
      if (letter === " " && folds && !spaces && this.#column > bestWidth && inside) {
        this.#line(indent);
        if (text[index + 1] === " ") this.#put("\\");
      } else this.#put(escapeLetter(letter));
      spaces = letter === " ";
      index += letter.length;
    }
    this.#put('"');
  }

  #literal(text: string, indent: number): void {
    const hint = /^[ \n]/.test(text) ? "2" : "";
    const chomp = !text.endsWith("\n") ? "-" : text === "\n" || text.endsWith("\n\n") ? "+" : "";
    this.#put(`|${hint}${chomp}`);
    const lines = (text.endsWith("\n") ? text.slice(0, -1) : text).split("\n");
    for (const line of lines) {
      if (line === "") this.#parts.push("\n");
      else {
        this.#line(indent);
        this.#put(line);
      }
    }
  }

  #put(text: string): void {
    this.#parts.push(text);
    this.#column += text.length;
  }

  #line(indent: number): void {
    this.#parts.push(`\n${" ".repeat(indent)}`);
    this.#column = indent;
  }
}

function plainScalar(value: null | boolean | number): string {
  if (typeof value !== "number") return String(value);
  if (Number.isInteger(value)) return String(value);
  return String(value).replace(/e([+-])(\d)$/, "e$10$2");
}

const shortEscapes: Readonly<Record<string, string>> = {
  "\0": "\\0",
  "\u0007": "\\a",
  "\b": "\\b",
  "\t": "\\t",
  "\n": "\\n",
  "\v": "\\v",
  "\f": "\\f",
  "\r": "\\r",
  "\u001b": "\\e",
  '"': '\\"',
  "\\": "\\\\",
  "\u0085": "\\N",
  "\u00a0": "\\_",
  "\u2028": "\\L",
  "\u2029": "\\P",
};

function escapeLetter(letter: string): string {
  const short = shortEscapes[letter];
  if (short !== undefined && letter !== "\u00a0") return short;
  const code = letter.codePointAt(0)!;
  const printable =
    (code >= 0x20 && code <= 0x7e) || (code >= 0xa0 && code !== 0xfeff && !(code >= 0xd800 && code < 0xe000));
  if (printable) return letter;
  const hex = code.toString(16).toUpperCase();
  if (code <= 0xff) return `\\x${hex.padStart(2, "0")}`;
  return code <= 0xffff ? `\\u${hex.padStart(4, "0")}` : `\\U${hex.padStart(8, "0")}`;
}

const isLetter = (letter: string): boolean => /\p{L}/u.test(letter);
const isDigit = (letter: string): boolean => letter >= "0" && letter <= "9";

/** Numbers inside keys count as numbers; letters come after other characters. */
export function compareNaturally(a: string, b: string): number {
  const left = [...a];
  const right = [...b];
  let digits = false;
  for (let index = 0; index < left.length && index < right.length; index += 1) {
    const [x, y] = [left[index]!, right[index]!];
    if (x === y) {
      digits = isDigit(x);
      continue;
    }
    if (isLetter(x) && isLetter(y)) return x < y ? -1 : 1;
    if (isLetter(x) || isLetter(y)) return (digits ? isLetter(x) : isLetter(y)) ? -1 : 1;
    return compareNumbers(left, right, index);
  }
  return left.length - right.length;
}

function compareNumbers(left: readonly string[], right: readonly string[], index: number): number {
  let lead = 0;
  if (left[index] === "0" || right[index] === "0") {
    for (let before = index - 1; before >= 0 && isDigit(left[before]!); before -= 1) if (left[before] !== "0") lead = 1;
  }
  const read = (letters: readonly string[]): { readonly value: number; readonly length: number } => {
    let value = lead;
    let end = index;
    for (; end < letters.length && isDigit(letters[end]!); end += 1) value = value * 10 + Number(letters[end]);
    return { value, length: end };
  };
  const [x, y] = [read(left), read(right)];
  if (x.value !== y.value) return x.value - y.value;
  if (x.length !== y.length) return x.length - y.length;
  return left[index]! < right[index]! ? -1 : 1;
}
