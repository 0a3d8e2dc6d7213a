import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { topologyByName } from "../../sim/cluster/topology.ts";
import { type ServedCluster, serveCluster } from "../serve/serve.ts";
import { normalise } from "./normalise.ts";
import { parseScript, type Step } from "./script.ts";
import { createTwins, findRealKubectl, type Twin } from "./twins.ts";

const real = findRealKubectl();
const file = process.env.KUBECTL_COMMANDS ?? join(import.meta.dirname, "testdata/commands.txt");

async function perform(step: Extract<Step, { type: "command" }>, twin: Twin) {
  const own = (word: string): string => word.replaceAll("$NS", twin.namespace);
  const stdin = step.stdinFile === null ? "" : readFileSync(join(twin.folder, step.stdinFile), "utf8");
  return normalise(await twin.run(step.args.map(own), own(stdin), step.env), twin.namespace, twin.folder);
}

/** What the lines before set off: the two are asked at nearly the same moment, and nearly is not the same. */
const REST_US = 3_000_000;

function comeToRest({ host: { session } }: ServedCluster): void {
  session.advance(session.nowUs + REST_US);
}

describe.skipIf(real === null)("the page's kubectl prints what the real one prints", () => {
  it("for every command line", { timeout: 300_000 }, async () => {
    // The cluster's clocks run fast: they begin so early that nothing is younger than the real one's clock.
    const topology = { ...topologyByName("basic")!, epoch: "2020-01-01T00:00:00Z" };
    const cluster = await serveCluster({ port: 0, topology, seed: 3, speed: 20 });
    const twins = createTwins(cluster, real!);
    const differences: string[] = [];
    const { stdout } = await twins.real.run(["version", "--client"]);
    const minor = Number(/v1\.(\d+)\./.exec(stdout)?.[1]);
    let compared = 0;
    try {
      for (const { namespace, run } of [twins.page, twins.real]) await run(["create", "namespace", namespace]);
      for (const step of parseScript(readFileSync(file, "utf8"))) {
        if (step.type === "file") {
          for (const { folder, namespace } of [twins.page, twins.real]) {
            mkdirSync(dirname(join(folder, step.name)), { recursive: true });
            writeFileSync(join(folder, step.name), step.text.replaceAll("$NS", namespace));
          }
          continue;
        }
        if (step.sinceMinor > minor) continue;
        comeToRest(cluster);
        const printed = await Promise.all([perform(step, twins.page), perform(step, twins.real)]);
        const [mine, wanted] = step.unordered ? [sorted(printed[0]), sorted(printed[1])] : printed;
        compared += 1;
        const shown = step.loose ? { ...mine, stdout: wanted.stdout, stderr: wanted.stderr } : mine;
        if (JSON.stringify(shown) !== JSON.stringify(wanted)) differences.push(difference(step.line, shown, wanted));
      }
    } finally {
      twins.close();
      await cluster.close();
    }
    if (process.env.KUBECTL_DIFFERENCES) writeFileSync(process.env.KUBECTL_DIFFERENCES, differences.join("\n"));
    expect(differences.join("\n")).toBe("");
    expect(compared).toBeGreaterThan(0);
  });
});

interface Shown {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number;
}

function sorted(shown: Shown): Shown {
  return { ...shown, stdout: shown.stdout.split("\n").sort().join("\n") };
}

function difference(line: string, mine: Shown, wanted: Shown): string {
  const parts = [`$ ${line}`];
  for (const stream of ["stdout", "stderr"] as const) {
    if (mine[stream] === wanted[stream]) continue;
    const [a, b] = [mine[stream].split("\n"), wanted[stream].split("\n")];
    parts.push(`  ${stream}:`, ...a.filter((one) => !b.includes(one)).map((one) => `  - ${one}`));
    parts.push(...b.filter((one) => !a.includes(one)).map((one) => `  + ${one}`));
    if (a.every((one) => b.includes(one)) && b.every((one) => a.includes(one))) parts.push("  (in another order)");
  }
  if (mine.code !== wanted.code) parts.push(`  exit code: - ${mine.code} + ${wanted.code}`);
  return `${parts.join("\n")}\n`;
}
