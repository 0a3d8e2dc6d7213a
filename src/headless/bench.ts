// npm run bench [NAME [words ...]]: runs the benchmarks whose name contains NAME, and prints each with its goal.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import type { Benchmark, BenchmarkEnvironment } from "./benchmark.ts";

const modules = import.meta.glob<{ default: Benchmark | Benchmark[] }>("../**/*.bench.ts");

async function allBenchmarks(): Promise<Benchmark[]> {
  const paths = Object.keys(modules).sort();
  const loaded = await Promise.all(paths.map(async (path) => (await modules[path]!()).default));
  return loaded.flat();
}

const environment = (words: readonly string[]): BenchmarkEnvironment => ({
  nowMs: () => performance.now(),
  heapBytes: () => {
    const { gc } = globalThis as { gc?: () => void };
    if (gc === undefined) throw new Error("Bytes in use are known after a garbage collection only.");
    gc();
    return process.memoryUsage().heapUsed;
  },
  words,
});

/** Runs it here and prints what came out. Gives whether it held. */
async function runHere(benchmark: Benchmark, words: readonly string[]): Promise<boolean> {
  try {
    const { reached, held, notes = [] } = await benchmark.run(environment(words));
    console.log(`${held ? "held " : "SHORT"}  ${benchmark.name}: ${reached}  (goal ${benchmark.goal})`);
    for (const note of notes) console.log(`       ${note}`);
    return held;
  } catch (error) {
    console.log(`ERROR  ${benchmark.name}  (goal ${benchmark.goal})\n${error instanceof Error ? error.stack : error}`);
    return false;
  }
}

/** Runs it in a process of its own, so that neither compiled code nor garbage of another benchmark counts for it. */
function runAlone(benchmark: Benchmark, words: readonly string[]): boolean {
  const program = join(process.env.KUBARIUM_ROOT ?? ".", "scripts/headless.mjs");
  const { stdout, status } = spawnSync(process.execPath, [program, "bench", `=${benchmark.name}`, ...words], {
    stdio: ["ignore", "pipe", "inherit"],
    encoding: "utf8",
  });
  process.stdout.write(stdout);
  if (status === null) console.log(`ERROR  ${benchmark.name}: its process ended before it did`);
  return status === 0;
}

const [wanted, ...words] = process.argv.slice(2);
/** `=NAME` is the very name. */
const chosen = ({ name, onlyByName }: Benchmark): boolean => {
  if (wanted === undefined) return !onlyByName;
  return wanted.startsWith("=") ? name === wanted.slice(1) : name.includes(wanted);
};
const benchmarks = (await allBenchmarks()).filter(chosen);
if (benchmarks.length === 0) {
  const names = (await allBenchmarks()).map(({ name }) => name);
  console.error(`No benchmark's name contains "${wanted}". There are: ${names.join(", ")}.`);
  process.exit(2);
}

if (wanted?.startsWith("=")) {
  process.exitCode = (await runHere(benchmarks[0]!, words)) ? 0 : 1;
} else {
  const held = benchmarks.filter((benchmark) => runAlone(benchmark, words)).length;
  console.log(`${held} held, ${benchmarks.length - held} short`);
}
