import { execFile } from "node:child_process";
import { existsSync, readdirSync, realpathSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";

/** kubectl programs of this machine by minor version (`1.33`): those on the PATH, and their siblings of other versions. */
export function installedKubectls(): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const folder of (process.env.PATH ?? "").split(delimiter)) {
    const file = join(folder, "kubectl");
    if (!existsSync(file)) continue;
    for (const each of new Set([folder, dirname(realpathSync(file))])) {
      for (const name of readdirSync(each)) {
        const version = /^kubectl\.(1\.\d+)$/.exec(name)?.[1];
        if (version !== undefined && !found.has(version)) found.set(version, join(each, name));
      }
    }
    if (found.size === 0) found.set("", file);
  }
  return found;
}

/** The one for a 1.33 cluster, or any; undefined: there is none. */
export function installedKubectl(): string | undefined {
  const found = installedKubectls();
  return found.get("1.33") ?? [...found.values()].at(-1);
}

export interface Ran {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a kubectl against a cluster; `input`: its standard input. Never rejects. */
export function runKubectl(
  program: string,
  kubeconfig: string,
  args: readonly string[],
  { input = "", timeoutMs = 30_000 }: { readonly input?: string; readonly timeoutMs?: number } = {},
): Promise<Ran> {
  return new Promise((resolve) => {
    const own = ["--kubeconfig", kubeconfig, "--cache-dir", join(dirname(kubeconfig), "cache")];
    // What follows `--` is the container's.
    const child = execFile(
      program,
      [...own, ...args],
      { timeout: timeoutMs, maxBuffer: 2 ** 26 },
      (error, stdout, stderr) => {
        const code = (error as { readonly code?: unknown } | null)?.code;
        resolve({ status: error === null ? 0 : typeof code === "number" ? code : 1, stdout, stderr });
      },
    );
    child.stdin?.on("error", () => {});
    child.stdin?.end(input);
  });
}
