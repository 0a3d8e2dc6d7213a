// npm start: installs and builds what is missing, then serves the page. PORT=8080 npm start chooses the port;
// `npm start -- --strict-port` refuses to look for another one.
import { join } from "node:path";
import { buildIfStale } from "./build.mjs";
import { ensureDependencies, root } from "./ensure.mjs";
import { serve } from "./serve.mjs";

ensureDependencies();
if (buildIfStale() !== 0) process.exit(1);

const port = Number(process.env.PORT ?? 4173);
const strictPort = process.argv.includes("--strict-port");
try {
  const { address } = await serve({ folder: join(root, "dist"), port, strictPort });
  console.log(`\nKubarium is at ${address}  (Ctrl-C stops it)`);
} catch (error) {
  console.error(`Cannot serve on port ${port}: ${error instanceof Error ? error.message : error}`);
  process.exit(1);
}
