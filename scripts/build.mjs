// npm run build: the page, into dist/. `buildIfStale` is what `npm start` and the browser tests use.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { ensureDependencies, root, runProgram } from "./ensure.mjs";
import { filesBelow, fingerprint, readIfThere } from "./freshness.mjs";

const stampFile = join(root, "dist/.built-from.local");

function sourcesOfThePage() {
  const notInThePage =
    /\.(test|bench)\.tsx?$|[\\/]testdata[\\/]|\.md$|[\\/]src[\\/](headless|bridge[\\/](front|server))[\\/]/;
  const single = ["index.html", "vite.config.ts", "tsconfig.json", "package-lock.json"].map((name) => join(root, name));
  const below = ["src", "public"].flatMap((folder) => filesBelow(join(root, folder)));
  return fingerprint([...single, ...below.filter((file) => !notInThePage.test(file))]);
}

/** Builds the page; answers vite's exit status. */
export function build() {
  const sources = sourcesOfThePage();
  const status = runProgram("vite", ["build"]);
  if (status === 0) writeFileSync(stampFile, sources);
  return status;
}

/** Builds the page unless dist/ already holds what the sources say. */
export function buildIfStale() {
  return readIfThere(stampFile) === sourcesOfThePage() ? 0 : build();
}

if (process.argv[1] && import.meta.url.endsWith("/build.mjs") && process.argv[1].endsWith("build.mjs")) {
  ensureDependencies();
  process.exit(build());
}
