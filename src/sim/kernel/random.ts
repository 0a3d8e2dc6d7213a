/**
 * sfc32 by Chris Doty-Humphrey: four 32-bit words of plain state, so a stream lives inside the world and is copied with
 * it (a library's generator object could not be).
 */
export interface RandomState {
  a: number;
  b: number;
  c: number;
  counter: number;
}

/** A stream of its own for `name`, split off the world's seed. */
export function createRandom(seed: number, name: string): RandomState {
  let hash = 0x811c9dc5 ^ (seed >>> 0);
  for (let index = 0; index < name.length; index += 1) {
    hash = Math.imul(hash ^ name.charCodeAt(index), 0x01000193);
  }
  const state = { a: hash | 0, b: seed | 0, c: (Math.floor(seed / 0x100000000) ^ 0x9e3779b9) | 0, counter: 1 };
  // The first outputs of close seeds resemble each other.
  for (let round = 0; round < 12; round += 1) nextWord(state);
  return state;
}

function nextWord(state: RandomState): number {
  const sum = (state.a + state.b + state.counter) | 0;
  state.counter = (state.counter + 1) | 0;
  state.a = state.b ^ (state.b >>> 9);
  state.b = (state.c + (state.c << 3)) | 0;
  state.c = (state.c << 21) | (state.c >>> 11) | 0;
  state.c = (state.c + sum) | 0;
  return sum >>> 0;
}

/** In [0, 1), 32 bits fine. */
export function nextFloat(state: RandomState): number {
  return nextWord(state) / 0x100000000;
}

/** Integer in [0, bound), bound up to 2^32. */
export function nextInt(state: RandomState, bound: number): number {
  return Math.floor((nextWord(state) / 0x100000000) * bound);
}
