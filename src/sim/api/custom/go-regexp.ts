/**
 * Go's regular expressions. They are searched as Go does it, in time by the length of the text: this engine's own
 * search goes back and tries again, which a pattern or a text can make last for ever.
 */
import { type Instruction, type LinearProgram, programOf } from "./go-regexp-program.ts";

export interface GoRegExp {
  /** How many instructions it has: what each character may cost. */
  readonly size: number;
  test(text: string): boolean;
  /** The leftmost match at or after a place, as Go prefers it: where it begins and ends. */
  find(text: string, from: number): readonly [number, number] | null;
}

/** Cache. Begun anew when there are too many. */
const known = new Map<string, GoRegExp | null>();
const KNOWN_MAX = 200;

/** Null: it is none. */
export function regularExpression(pattern: string): GoRegExp | null {
  const before = known.get(pattern);
  if (before !== undefined) return before;
  const program = programOf(pattern);
  const made: GoRegExp | null =
    typeof program === "string"
      ? null
      : {
          size: program.length,
          test: (text) => new Search(program, text, true).from(0) !== null,
          find: (text, from) => new Search(program, text, false).from(from),
        };
  if (known.size >= KNOWN_MAX) known.clear();
  known.set(pattern, made);
  return made;
}

/**
 * So many ways are gone, at all characters together. A search that takes more finds nothing: with a pattern of thousands
 * of instructions a text of megabytes would hold everything up.
 */
const WAYS_MAX = 20_000_000;

/** Ways that a search goes at the same time, the preferred first; `starts`: where each of them began. */
interface Ways {
  readonly places: number[];
  readonly starts: number[];
}

class Search {
  /** At which character an instruction was reached last: it is gone on from once. */
  private readonly reached: Int32Array;

  constructor(
    private readonly program: LinearProgram,
    private readonly text: string,
    private readonly anyWillDo: boolean,
  ) {
    this.reached = new Int32Array(program.length).fill(-1);
  }

  from(first: number): readonly [number, number] | null {
    let found: readonly [number, number] | null = null;
    let ways: Ways = { places: [], starts: [] };
    let at = first;
    this.enter(ways, 0, at, at);
    let left = WAYS_MAX;
    for (;;) {
      left -= ways.places.length;
      if (left < 0) return null;
      const code = at < this.text.length ? this.text.codePointAt(at)! : -1;
      const next = at + (code > 0xffff ? 2 : 1);
      const following: Ways = { places: [], starts: [] };
      for (const [index, place] of ways.places.entries()) {
        const step = this.program[place] as Instruction;
        const start = ways.starts[index]!;
        if (step.kind === "match") {
          found = [start, at];
          if (this.anyWillDo) return found;
          // Those that come after it are preferred less.
          break;
        }
        if (step.kind === "take" && code >= 0 && step.takes(code)) this.enter(following, place + 1, next, start);
      }
      if (code < 0) return found;
      if (found === null) this.enter(following, 0, next, next);
      else if (following.places.length === 0) return found;
      ways = following;
      at = next;
    }
  }

  /** Goes on to all that take a character, or match, without one. */
  private enter(ways: Ways, first: number, at: number, start: number): void {
    const stack = [first];
    while (stack.length > 0) {
      const place = stack.pop()!;
      if (this.reached[place] === at) continue;
      this.reached[place] = at;
      const step = this.program[place] as Instruction;
      switch (step.kind) {
        case "fork":
          stack.push(step.other, step.preferred);
          break;
        case "jump":
          stack.push(step.to);
          break;
        case "assert":
          if (step.holds(this.text, at)) stack.push(place + 1);
          break;
        default:
          ways.places.push(place);
          ways.starts.push(start);
      }
    }
  }
}
