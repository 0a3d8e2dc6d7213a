import { defineConfig } from "@playwright/test";
import { browserArguments, findBrowser } from "../scripts/browser.mjs";

const port = Number(process.env.E2E_PORT ?? 4273);
const executablePath = await findBrowser();

export default defineConfig({
  testDir: ".",
  outputDir: "../test-results",
  workers: 1,
  timeout: 60_000,
  forbidOnly: Boolean(process.env.CI),
  reporter: [["list"]],
  use: {
    baseURL: `http://127.0.0.1:${port}/`,
    viewport: { width: 1280, height: 720 },
    trace: "retain-on-failure",
    launchOptions: { args: browserArguments, ...(executablePath ? { executablePath } : {}) },
  },
  // The page as `npm start` serves it, Content-Security-Policy included.
  webServer: {
    command: "node ../scripts/start.mjs --strict-port",
    env: { PORT: `${port}`, API_PORT: "0" },
    url: `http://127.0.0.1:${port}/`,
    reuseExistingServer: false,
    timeout: 120_000,
  },
});
