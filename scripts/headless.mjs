// Runs a program of src/headless in Node: node scripts/headless.mjs lab FILE.t
import { setMaxListeners } from "node:events";
import { existsSync } from "node:fs";
import { join, relative } from "node:path";
import { pathToFileURL } from "node:url";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { bundled } from "./bundle.mjs";
import { ensureDependencies, root } from "./ensure.mjs";

const [name, ...rest] = process.argv.slice(2);
if (!name || !/^[a-z-]+$/.test(name) || !existsSync(join(root, "src/headless", `${name}.ts`))) {
  console.error(`There is no src/headless/${name}.ts (from ${relative(process.cwd(), root) || "."}).`);
  process.exit(2);
}
ensureDependencies();
const file = await bundled(name, `src/headless/${name}.ts`);

// npm changes into the project's folder; file names on the command line are meant from where the person is.
if (process.env.INIT_CWD && existsSync(process.env.INIT_CWD)) process.chdir(process.env.INIT_CWD);
process.env.KUBARIUM_ROOT = root;
process.argv = [process.argv[0] ?? "node", file, ...rest];
process.setSourceMapsEnabled(true);
// A command has as many requests under way as it likes, and each listens for Ctrl-C: that is no leak.
setMaxListeners(1_000);
if (name === "bench") {
  // Contexts that are made after the flag is set have the function; this one was made before.
  setFlagsFromString("--expose-gc");
  globalThis.gc = runInNewContext("gc");
}
await import(pathToFileURL(file).href);
