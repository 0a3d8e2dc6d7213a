import { fileURLToPath } from "node:url";
import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";
import { bridgePlugin } from "./src/bridge/server/vite-plugin.ts";

/** just-bash asks for node:zlib (its gzip command). A browser has none, so the page's builds get a stub. */
function zlibStub(): Plugin {
  const stub = fileURLToPath(new URL("./src/worker/no-zlib.ts", import.meta.url));
  return {
    name: "kubarium:zlib-stub",
    enforce: "pre",
    resolveId(id) {
      return id === "node:zlib" && this.environment.config.consumer === "client" ? stub : null;
    },
  };
}

export default defineConfig({
  plugins: [zlibStub(), react(), tailwindcss(), bridgePlugin()],
  // Relative, so that the built page also runs from a sub-path of a static host.
  base: "./",
  build: {
    // The page's policy allows no fonts from data: addresses.
    assetsInlineLimit: (file) => (file.endsWith(".woff2") ? false : undefined),
    target: "es2023",
    chunkSizeWarningLimit: 1500,
  },
  worker: { format: "es", plugins: () => [zlibStub()] },
  // Pages of other ports of this computer may not read this one, in which is what opens the bridge.
  server: { host: "127.0.0.1", cors: false },
  test: {
    // A test of the page names its own environment in its first line: // @vitest-environment happy-dom
    environment: "node",
    setupFiles: ["scripts/test-setup.mjs"],
    include: ["src/**/*.test.{ts,tsx}"],
    testTimeout: 30_000,
  },
});
