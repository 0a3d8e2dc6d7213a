import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build, type InlineConfig, type Plugin } from "vite";
import type { BusyStep } from "../src/headless/busy-transcript.ts";
import { expect, test } from "./page.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const ENTRY = "virtual:busy-transcript";

/** Not part of the product: a program that runs the busy transcript wherever it is loaded. */
function entry(): Plugin {
  return {
    name: "kubarium:busy-transcript",
    resolveId: (id) => (id === ENTRY ? `\0${ENTRY}` : null),
    load: (id) =>
      id === `\0${ENTRY}`
        ? `import { runBusyTranscript } from ${JSON.stringify(join(root, "src/headless/busy-transcript.ts"))};
           const { port1, port2 } = new MessageChannel();
           const breathe = () => new Promise((resolve) => { port1.onmessage = () => resolve(); port2.postMessage(null); });
           globalThis.busyTranscript = runBusyTranscript(breathe).then(({ steps }) => { port1.close(); return steps; });`
        : null,
  };
}

async function bundle(outDir: string, config: InlineConfig): Promise<void> {
  await build({
    ...config,
    root,
    configFile: join(root, "vite.config.ts"),
    logLevel: "error",
    plugins: [entry()],
    build: {
      ...config.build,
      outDir,
      emptyOutDir: true,
      copyPublicDir: false,
      rolldownOptions: { input: { run: ENTRY }, output: { format: "es", entryFileNames: "[name].mjs" } },
    },
  });
}

test("the same transcript makes the same world in this browser and in Node", async ({ page, baseURL }) => {
  test.setTimeout(180_000);
  const folder = await mkdtemp(join(tmpdir(), "kubarium-determinism-"));
  try {
    await bundle(join(folder, "node"), { ssr: { noExternal: true }, build: { ssr: true, target: "node20" } });
    await bundle(join(folder, "page"), {});

    await page.route("**/determinism/**", (route) => {
      const path = new URL(route.request().url()).pathname.replace("/determinism/", "");
      if (path !== "") return route.fulfill({ path: join(folder, "page", path), contentType: "text/javascript" });
      return route.fulfill({
        contentType: "text/html",
        body: `<!doctype html><title>Determinism</title><link rel="icon" href="data:,"><script type="module" src="/determinism/run.mjs"></script>`,
      });
    });
    await page.goto(`${baseURL}determinism/`);
    await page.waitForFunction(() => "busyTranscript" in globalThis);
    const inPage = await page.evaluate(
      () => (globalThis as unknown as { busyTranscript: Promise<readonly BusyStep[]> }).busyTranscript,
    );

    await import(pathToFileURL(join(folder, "node/run.mjs")).href);
    const inNode = await (globalThis as unknown as { busyTranscript: Promise<readonly BusyStep[]> }).busyTranscript;

    expect(inNode.length).toBeGreaterThan(10);
    expect(inPage).toEqual(inNode);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
