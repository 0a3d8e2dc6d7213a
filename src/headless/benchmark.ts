// What a benchmark is. Each lives beside its subject in a file `NAME.bench.ts` whose default export is one of these or
// a list of them; `npm run bench` finds the file by itself.

export interface Measurement {
  /** What was reached, in words for the table: "5,912,000 events/s". */
  readonly reached: string;
  /** Whether the goal is held. */
  readonly held: boolean;
  /** Further lines to print below the row. */
  readonly notes?: readonly string[];
}

export interface Benchmark {
  readonly name: string;
  /** The promise in words: ">= 4,000,000 events/s". */
  readonly goal: string;
  /** Long ones run only when they are named: `npm run bench -- swarm`. */
  readonly onlyByName?: boolean;
  run(environment: BenchmarkEnvironment): Measurement | Promise<Measurement>;
}

/** What a benchmark may ask of the machine it runs on; passed in, since code below src/sim reads no clock. */
export interface BenchmarkEnvironment {
  /** Wall time in milliseconds, with fractions. */
  nowMs(): number;
  /** Bytes in use after a garbage collection. */
  heapBytes(): number;
  /** The words after the benchmark's name on the command line. */
  readonly words: readonly string[];
}
