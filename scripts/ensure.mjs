// Every command of this project calls `ensureDependencies` first, so that it works in a fresh clone.
// Only Node's own modules may be imported here: nothing else is installed yet.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("..", import.meta.url)).replace(/[\\/]$/, "");

/** What an npm lock file says of each package folder. @typedef {Record<string, { version?: string, optional?: boolean }>} Locked */

/** @param {string} file @returns {Locked | undefined} */
function readLock(file) {
  if (!existsSync(file)) return undefined;
  try {
    return JSON.parse(readFileSync(file, "utf8")).packages;
  } catch {
    return undefined;
  }
}

/** Versions are compared, not dates: a clone's files carry the date of the clone. */
function installedAsLocked() {
  const wanted = readLock(join(root, "package-lock.json"));
  const installed = readLock(join(root, "node_modules/.package-lock.json"));
  if (!wanted || !installed) return false;
  return Object.entries(wanted).every(
    ([folder, { version, optional }]) => folder === "" || optional || installed[folder]?.version === version,
  );
}

/** Installs exactly what package-lock.json names if anything of it is missing. Ends the process when that fails. */
export function ensureDependencies() {
  if (installedAsLocked()) return;
  console.error("Installing dependencies from package-lock.json (once) ...");
  const result = spawnSync("npm", ["ci", "--no-fund", "--no-audit", "--loglevel=error"], {
    cwd: root,
    stdio: ["ignore", 2, 2],
    shell: process.platform === "win32",
  });
  if (result.status === 0) return;
  console.error("`npm ci` failed: see above. A network connection to the npm registry is needed the first time.");
  process.exit(1);
}

/** The path of an installed program such as `biome`. @param {string} name */
export function program(name) {
  return join(root, "node_modules/.bin", process.platform === "win32" ? `${name}.cmd` : name);
}

/**
 * Runs an installed program in the project's folder with its output shown; answers its exit status.
 * @param {string} name @param {string[]} args @param {NodeJS.ProcessEnv} [env]
 */
export function runProgram(name, args, env = {}) {
  const result = spawnSync(program(name), args, {
    cwd: root,
    stdio: "inherit",
    env: { ...process.env, ...env },
    shell: process.platform === "win32",
  });
  return result.status ?? 1;
}
