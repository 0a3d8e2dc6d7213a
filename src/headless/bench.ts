// npm run bench [NAME [words ...]]: runs the benchmarks whose name contains NAME, and prints each with its goal.
import type { Benchmark, BenchmarkEnvironment } from "./benchmark.ts";

const modules = import.meta.glob<{ default: Benchmark | Benchmark[] }>("../**/*.bench.ts");

async function allBenchmarks(): Promise<Benchmark[]> {
  const paths = Object.keys(modules).sort();
  const loaded = await Promise.all(paths.map(async (path) => (await modules[path]!()).default));
  return loaded.flat();
}

const [wanted, ...words] = process.argv.slice(2);
const environment: BenchmarkEnvironment = {
  nowMs: () => performance.now(),
  heapBytes: () => {
    (globalThis as { gc?: () => void }).gc?.();
    return process.memoryUsage().heapUsed;
  },
  words,
};

const benchmarks = (await allBenchmarks()).filter(({ name, onlyByName }) =>
  wanted === undefined ? !onlyByName : name.includes(wanted),
);
if (benchmarks.length === 0) {
  const names = (await allBenchmarks()).map(({ name }) => name);
  console.error(`No benchmark's name contains "${wanted}". There are: ${names.join(", ")}.`);
  process.exit(2);
}

let short = 0;
for (const benchmark of benchmarks) {
  try {
    const { reached, held, notes = [] } = await benchmark.run(environment);
    if (!held) short += 1;
    console.log(`${held ? "held " : "SHORT"}  ${benchmark.name}: ${reached}  (goal ${benchmark.goal})`);
    for (const note of notes) console.log(`       ${note}`);
  } catch (error) {
    short += 1;
    console.log(`ERROR  ${benchmark.name}  (goal ${benchmark.goal})\n${error instanceof Error ? error.stack : error}`);
  }
}
console.log(`${benchmarks.length - short} held, ${short} short`);
