// Finds a browser for the tests of the page, or installs one.
import { spawnSync } from "node:child_process";
import { accessSync, constants, existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { runProgram } from "./ensure.mjs";

export const browserArguments = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** @param {string} name */
function onPath(name) {
  for (const folder of (process.env.PATH ?? "").split(delimiter)) {
    const file = join(folder, name);
    try {
      accessSync(file, constants.X_OK);
      return file;
    } catch {
      // Not in this folder.
    }
  }
  return undefined;
}

/** The program to start: CHROME_BIN, Playwright's own, then what is on PATH. Undefined if there is none. */
export async function findBrowser() {
  if (process.env.CHROME_BIN) return process.env.CHROME_BIN;
  const { chromium } = await import("@playwright/test");
  const own = chromium.executablePath();
  if (own && existsSync(own)) return own;
  for (const name of ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"]) {
    const file = onPath(name);
    if (file) return file;
  }
  return undefined;
}

/** As `findBrowser`, but installs one if there is none. Undefined when that fails too. */
export async function findOrInstallBrowser() {
  const found = await findBrowser();
  if (found) return found;
  console.log("No browser found. Trying: npx playwright install chromium");
  if (runProgram("playwright", ["install", "chromium"]) === 0) {
    const own = await findBrowser();
    if (own) return own;
  }
  if (process.getuid?.() === 0 && onPath("apt-get")) {
    console.log("Trying: apt-get install -y chromium");
    const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
    spawnSync("apt-get", ["update", "-qq"], { stdio: ["ignore", "ignore", "inherit"], env });
    spawnSync("apt-get", ["install", "-y", "-qq", "chromium"], { stdio: ["ignore", "ignore", "inherit"], env });
  }
  return findBrowser();
}

export const noBrowser =
  "The page's tests need Chromium: run `npx playwright install chromium`, or `sudo apt-get install -y chromium`, or set CHROME_BIN to one.";
