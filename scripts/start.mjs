// npm start: installs and builds what is missing, then serves the page. PORT=8080 npm start chooses the port;
// `npm start -- --strict-port` refuses to look for another one. API_PORT is where a real kubectl is answered (6443, or
// any free one where that is taken).
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { buildIfStale } from "./build.mjs";
import { bundled } from "./bundle.mjs";
import { ensureDependencies, root } from "./ensure.mjs";
import { serve } from "./serve.mjs";

ensureDependencies();
if (buildIfStale() !== 0) process.exit(1);

const port = Number(process.env.PORT ?? 4173);
const strictPort = process.argv.includes("--strict-port");
try {
  const { openBridge } = await import(pathToFileURL(await bundled("bridge", "src/bridge/server/bridge.ts")).href);
  let pagePort = port;
  /** @type {import("../src/bridge/server/bridge.ts").Bridge} */
  const bridge = await openBridge({ page: () => pagePort, apiPort: apiPort() });
  process.once("exit", () => bridge.front.kubeconfig.remove());
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.once(signal, () => process.exit(0));
  const served = await serve({ folder: join(root, "dist"), port, strictPort, bridge });
  pagePort = served.port;
  console.log(`\nKubarium is at ${served.address}  (Ctrl-C stops it)\n${bridge.line}`);
} catch (error) {
  console.error(`Cannot serve on port ${port}: ${error instanceof Error ? error.message : error}`);
  process.exit(1);
}

function apiPort() {
  const given = Number(process.env.API_PORT);
  return process.env.API_PORT !== undefined && Number.isInteger(given) && given >= 0 ? given : undefined;
}
