/** Two kubectls on one server: the page's and the real one, each in a namespace of its own. */
import { spawn, spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join, resolve } from "node:path";
import type { FilesDoor, ProgramContext } from "../../shell/doors.ts";
import { kubectl } from "../../shell/kubectl/index.ts";
import type { ServedCluster } from "../serve/serve.ts";
import { createHttpsDoor } from "./https-door.ts";

export interface Outcome {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number;
}

/** One of the two: where it keeps files, which namespace is its own, and how it runs words. */
export interface Twin {
  readonly namespace: string;
  readonly folder: string;
  run(args: readonly string[], stdin?: string, env?: Readonly<Record<string, string>>): Promise<Outcome>;
}

/** `$KUBECTL`, or the newest of 1.33 down to 1.30 on this machine's path, or whatever `kubectl` is there. */
export function findRealKubectl(): string | null {
  if (process.env.KUBECTL) return process.env.KUBECTL;
  const folders = (process.env.PATH ?? "").split(delimiter).filter((folder) => folder !== "");
  const places = [...folders, "/usr/lib/google-cloud-sdk/bin"];
  for (const version of ["1.33", "1.32", "1.31", "1.30"]) {
    const found = places.map((folder) => join(folder, `kubectl.${version}`)).find((file) => existsSync(file));
    if (found) return found;
  }
  return places.map((folder) => join(folder, "kubectl")).find((file) => existsSync(file)) ?? null;
}

const TIMEOUT_MS = 30_000;

export function createTwins(cluster: ServedCluster, real: string) {
  const base = mkdtempSync(join(tmpdir(), "kubarium-twins-"));
  const twin = (namespace: string) => {
    const folder = join(base, namespace);
    mkdirSync(join(folder, "home"), { recursive: true });
    const kubeconfig = join(folder, "home", "config");
    writeFileSync(
      kubeconfig,
      cluster.kubeconfig.text.replace(
        "    user: kubernetes-admin\n",
        `    user: kubernetes-admin\n    namespace: ${namespace}\n`,
      ),
    );
    const env = { HOME: join(folder, "home"), PWD: folder, KUBECONFIG: kubeconfig, PATH: process.env.PATH ?? "" };
    return { namespace, folder, env };
  };
  const door = createHttpsDoor(cluster);
  const left = twin("twin-page");
  const right = twin("twin-real");
  return {
    page: {
      ...left,
      run: (args, stdin = "", env = {}) =>
        runPage(door, { ...left, env: { ...left.env, ...env } }, args, stdin, cluster),
    } satisfies Twin as Twin,
    real: {
      ...right,
      run: (args, stdin = "", env = {}) => runReal(real, { ...right, env: { ...right.env, ...env } }, args, stdin),
    } satisfies Twin as Twin,
    close(): void {
      door.close();
      rmSync(base, { recursive: true, force: true });
    },
  };
}

interface Place {
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
}

function filesBelow(folder: string): FilesDoor {
  const full = (path: string): string => resolve(folder, path);
  return {
    read: async (path) => readFileSync(full(path), "utf8"),
    write: async (path, text) => {
      mkdirSync(join(full(path), ".."), { recursive: true });
      writeFileSync(full(path), text);
    },
    list: async (path) => {
      const found = statSync(full(path), { throwIfNoEntry: false });
      return found?.isDirectory() ? readdirSync(full(path)) : null;
    },
  };
}

async function runPage(
  api: ProgramContext["api"],
  { folder, env }: Place,
  args: readonly string[],
  stdin: string,
  cluster: ServedCluster,
): Promise<Outcome> {
  let stdout = "";
  let stderr = "";
  const wallUs = async (): Promise<number> => cluster.host.session.world.state.epochWallUs + cluster.host.session.nowUs;
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  const code = await kubectl({
    args,
    env,
    stdin,
    files: filesBelow(folder),
    directory: folder,
    sync: async () => {},
    out: {
      write: (text) => {
        stdout += text;
      },
    },
    err: {
      write: (text) => {
        stderr += text;
      },
    },
    signal,
    api,
    session: {
      run: async () => ({ stdout: "", stderr: "", exitCode: 0 }),
      sleep: (milliseconds, given) => sleepUnless(milliseconds, AbortSignal.any([given, signal])),
      wallUs,
      command: async () => {},
    },
    console: () => null,
    machine: null,
    columns: null,
    edit: (editor, path, text) => editWith(editor, path, text, folder),
  });
  return { stdout, stderr, code };
}

async function editWith(editor: string, path: string, text: string, folder: string) {
  writeFileSync(path, text);
  const { status } = spawnSync("sh", ["-c", `${editor} ${path}`], { cwd: folder });
  const after = readFileSync(path, "utf8");
  rmSync(path);
  return status === 0 ? { text: after } : { problem: `exit status ${status}` };
}

function sleepUnless(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((done) => {
    const timer = setTimeout(done, milliseconds);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      done();
    });
  });
}

function runReal(real: string, { folder, env }: Place, args: readonly string[], stdin: string): Promise<Outcome> {
  return new Promise((done, fail) => {
    const child = spawn(real, [...args], { cwd: folder, env, timeout: TIMEOUT_MS });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
    });
    child.on("error", fail);
    child.on("close", (code) => done({ stdout, stderr, code: code ?? 124 }));
    child.stdin.on("error", () => {});
    child.stdin.end(stdin);
  });
}
