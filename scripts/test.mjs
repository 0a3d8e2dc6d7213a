// npm test: every stage runs, even if an earlier one fails; the last line is `N passed, M failed`.
// `npm test -- unit transcripts` runs some of the stages.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { findOrInstallBrowser, noBrowser } from "./browser.mjs";
import { build } from "./build.mjs";
import { runChecks } from "./check.mjs";
import { ensureDependencies, root, runProgram } from "./ensure.mjs";
import { filesBelow } from "./freshness.mjs";

/** @typedef {{ passed: number, failed: number }} Outcome */

/** A program that fails without a failed test (it did not start, say) counts as one failure. @param {Outcome} outcome @param {number} status */
function orStatus(outcome, status) {
  return status !== 0 && outcome.failed === 0 ? { ...outcome, failed: 1 } : outcome;
}

/** Lets `run` write a JSON report and reads it; undefined if none came. @param {(file: string) => number} run */
function withReport(run) {
  const folder = mkdtempSync(join(tmpdir(), "kubarium-test-"));
  const file = join(folder, "report.json");
  const status = run(file);
  const report = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : undefined;
  rmSync(folder, { recursive: true, force: true });
  return { status, report };
}

/** @returns {Outcome} */
function unit() {
  const { status, report } = withReport((file) =>
    runProgram("vitest", ["run", "--reporter=default", "--reporter=json", `--outputFile.json=${file}`]),
  );
  if (!report) return { passed: 0, failed: 1 };
  // A file that could not even be loaded has no tests to count.
  const notLoaded = report.testResults.filter(
    (/** @type {{ status: string, assertionResults: unknown[] }} */ file) =>
      file.status === "failed" && file.assertionResults.length === 0,
  ).length;
  return orStatus({ passed: report.numPassedTests, failed: report.numFailedTests + notLoaded }, status);
}

/** @returns {Outcome} */
function transcripts() {
  const files = filesBelow(join(root, "src"))
    .filter((file) => /[\\/]testdata[\\/].*\.t$/.test(file))
    .map((file) => relative(root, file));
  if (files.length === 0) return { passed: 0, failed: 0 };
  const result = spawnSync(process.execPath, [join(root, "scripts/headless.mjs"), "lab", ...files], {
    cwd: root,
    env: { ...process.env, INIT_CWD: root },
    stdio: ["ignore", "pipe", "inherit"],
    encoding: "utf8",
    maxBuffer: 1 << 30,
  });
  process.stdout.write(result.stdout ?? "");
  const counts = (result.stdout ?? "").trimEnd().match(/(\d+) passed, (\d+) failed$/);
  if (!counts) return { passed: 0, failed: files.length };
  return orStatus({ passed: Number(counts[1]), failed: Number(counts[2]) }, result.status ?? 1);
}

/** A port that nobody listens on, so that two runs on one computer do not meet. @returns {Promise<number>} */
function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}

/** @returns {Promise<Outcome>} */
async function browser() {
  const executable = await findOrInstallBrowser();
  if (!executable) {
    console.log(noBrowser);
    return { passed: 0, failed: 1 };
  }
  console.log(`With ${executable}`);
  const port = await freePort();
  const { status, report } = withReport((file) =>
    runProgram("playwright", ["test", "--config=e2e/playwright.config.ts", "--reporter=list,json"], {
      CHROME_BIN: executable,
      E2E_PORT: `${port}`,
      PLAYWRIGHT_JSON_OUTPUT_NAME: file,
    }),
  );
  if (!report) return { passed: 0, failed: 1 };
  const { expected, flaky, unexpected } = report.stats;
  return orStatus({ passed: expected + flaky, failed: unexpected }, status);
}

/** @type {Record<string, () => Outcome | Promise<Outcome>>} */
const stages = {
  // The tidy test is one of the unit tests as well, and is counted there.
  check: () => runChecks(["lint", "types", "unused"]),
  unit,
  transcripts,
  build: () => (build() === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 }),
  browser,
};

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !(name in stages));
if (unknown.length > 0) {
  console.error(`No stage named ${unknown.join(", ")}. There are: ${Object.keys(stages).join(", ")}.`);
  process.exit(2);
}
ensureDependencies();

/** @type {string[]} */
const summary = [];
let passed = 0;
let failed = 0;
for (const name of wanted.length > 0 ? wanted : Object.keys(stages)) {
  console.log(`\n== ${name}`);
  const startedMs = Date.now();
  /** @type {Outcome} */
  let outcome;
  try {
    outcome = (await stages[name]?.()) ?? { passed: 0, failed: 1 };
  } catch (error) {
    console.error(error);
    outcome = { passed: 0, failed: 1 };
  }
  passed += outcome.passed;
  failed += outcome.failed;
  const seconds = ((Date.now() - startedMs) / 1000).toFixed(1);
  summary.push(`${name}: ${outcome.passed} passed, ${outcome.failed} failed (${seconds} s)`);
  console.log(summary.at(-1));
}
console.log(`\n${summary.join("\n")}\n`);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
