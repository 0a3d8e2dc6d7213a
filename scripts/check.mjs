// npm run check: everything that can be said about the code without running the product.
// `npm run check -- types` runs one of them. All run, even if an earlier one fails.
import { ensureDependencies, runProgram } from "./ensure.mjs";

/** @type {Record<string, () => boolean>} */
export const checks = {
  lint: () => runProgram("biome", ["check", "--error-on-warnings", "."]) === 0,
  types: () => [".", "src/sim"].map((project) => runProgram("tsc", ["-p", project])).every((status) => status === 0),
  tidy: () => runProgram("vitest", ["run", "--reporter=dot", "src/tidy.test.ts"]) === 0,
  unused: () => runProgram("knip", ["--no-progress", "--no-config-hints"]) === 0,
};

/** Runs the named checks and answers how many held. @param {string[]} names */
export function runChecks(names) {
  let passed = 0;
  let failed = 0;
  for (const name of names) {
    const holds = checks[name]?.() ?? false;
    console.log(`check ${name}: ${holds ? "ok" : "FAILED"}`);
    if (holds) passed += 1;
    else failed += 1;
  }
  return { passed, failed };
}

if (process.argv[1]?.endsWith("check.mjs")) {
  const names = process.argv.slice(2);
  const unknown = names.filter((name) => !(name in checks));
  if (unknown.length > 0) {
    console.error(`No check named ${unknown.join(", ")}. There are: ${Object.keys(checks).join(", ")}.`);
    process.exit(2);
  }
  ensureDependencies();
  process.exit(runChecks(names.length > 0 ? names : Object.keys(checks)).failed > 0 ? 1 : 0);
}
