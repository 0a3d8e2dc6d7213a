/**
 * The last things of a kind that were made, by number. Copies of one program in one world work out the same from the
 * same within milliseconds: each asks here first, so that one thing is kept and not one per copy. A cache: whoever asks
 * checks that it is what it would have made itself, and nothing may depend on whether it is there.
 */
export class Twins<T> {
  private readonly items: (T | undefined)[];

  /** `size`: a power of two; of numbers that far apart the later one is kept. */
  constructor(size: number) {
    this.items = new Array<T | undefined>(size).fill(undefined);
  }

  at(number: number): T | undefined {
    return this.items[number & (this.items.length - 1)];
  }

  keep(number: number, item: T): T {
    this.items[number & (this.items.length - 1)] = item;
    return item;
  }

  /** For texts: the one that is kept, if it reads the same. */
  share(number: number, text: T): T {
    const known = this.at(number);
    return known !== undefined && known === text ? known : this.keep(number, text);
  }
}
