import type { InMemoryFs } from "just-bash/browser";
import { ClockedFs } from "./clocked-fs.ts";
import type { ConsoleDoor, FileChanges } from "./doors.ts";

/** Folders that a person looks at; a store's thousands of records stay where they are. */
const FOLDERS = [
  "/backup/",
  "/data/",
  "/etc/",
  "/etc/kubernetes/manifests/",
  "/home/",
  "/mnt/",
  "/opt/",
  "/root/",
  "/srv/",
  "/tmp/",
  "/var/backups/",
  "/var/lib/kubelet/",
];
/** etcd's data directory, and what is put beside it. */
const PREFIXES = [...FOLDERS.filter((folder) => !folder.startsWith("/etc/k")), "/var/lib/etcd"];

function foldersOf(paths: readonly string[]): ReadonlySet<string> {
  const folders = new Set<string>();
  for (const path of paths)
    for (let end = path.lastIndexOf("/"); end > 0; end = path.lastIndexOf("/", end - 1))
      folders.add(path.slice(0, end));
  return folders;
}

/** A machine's files for the length of one command: read when needed, and what was changed is written back. */
export class MachineFiles {
  readonly fs: InMemoryFs;
  private readonly raw: ClockedFs;
  private readonly console: ConsoleDoor;
  /** A machine's disk knows no times: its files are as old as its boot. */
  private sinceBoot = new Date(0);
  private known: ReadonlySet<string> = new Set();
  private touched = new Set<string>();
  /** Where a file's content came from, unchanged: what programs of the machine know of it comes along. */
  private origins = new Map<string, string>();

  private constructor(console: ConsoleDoor, wallUs: () => Promise<number>) {
    this.console = console;
    this.raw = new ClockedFs(wallUs);
    for (const folder of FOLDERS) this.raw.mkdirSync(folder.slice(0, -1), { recursive: true });
    this.fs = this.watched(this.raw);
  }

  static async open(console: ConsoleDoor, wallUs: () => Promise<number>): Promise<MachineFiles> {
    const files = new MachineFiles(console, wallUs);
    files.sinceBoot = new Date((await console.facts()).bootedWallUs / 1_000);
    for (const folder of foldersOf(FOLDERS)) await files.raw.stamp(folder, files.sinceBoot);
    await files.refresh();
    return files;
  }

  /** What was written here is on the machine's disk, and what came there is seen here. */
  async sync(): Promise<void> {
    await this.flush();
    await this.refresh();
  }

  private async refresh(): Promise<void> {
    const lists = await Promise.all(PREFIXES.map((prefix) => this.console.listFiles(prefix)));
    const paths = lists.flat();
    const there = new Set(paths);
    for (const path of this.known) if (!there.has(path)) await this.raw.rm(path, { force: true });
    const mtime = this.sinceBoot;
    for (const path of paths)
      this.raw.writeFileLazy(path, async () => (await this.console.readFile(path)) ?? "", { mtime });
    for (const folder of foldersOf(paths)) await this.raw.stamp(folder, mtime);
    this.known = there;
    this.origins = new Map(paths.map((path) => [path, path]));
    this.touched = new Set();
  }

  /** Writes back what the command changed. */
  async flush(): Promise<void> {
    const changed = new Set(this.touched);
    // A folder that came brings its files along.
    for (const path of this.raw.getAllPaths())
      if (!this.known.has(path) && [...this.touched].some((folder) => path.startsWith(`${folder}/`))) changed.add(path);
    const changes = { copies: [], removals: [], writes: [] } as {
      [kind in keyof FileChanges]: FileChanges[kind][number][];
    };
    for (const path of [...changed].sort()) {
      if (/^\/(dev|proc)\//.test(path)) continue;
      const stat = await this.raw.stat(path).catch(() => null);
      const origin = this.origins.get(path);
      if (stat === null && this.known.has(path)) changes.removals.push(path);
      else if (stat?.isFile !== true || origin === path) continue;
      else if (origin !== undefined) changes.copies.push({ from: origin, to: path });
      else await this.keepText(path, changes.writes);
    }
    this.touched = new Set();
    const { copies, removals, writes } = changes;
    if (copies.length + removals.length + writes.length > 0) await this.console.changeFiles(changes);
  }

  /** What a program has written just as it was, is not changed. */
  private async keepText(path: string, writes: FileChanges["writes"][number][]): Promise<void> {
    const text = await this.raw.readFile(path);
    if (this.known.has(path) && text === (await this.console.readFile(path))) return;
    writes.push({ path, text });
  }

  /** Remembers the paths that commands change. */
  private watched(fs: InMemoryFs): InMemoryFs {
    const observe: Readonly<Record<string, (from: string, to: string) => void>> = {
      writeFile: (path) => this.written(path),
      appendFile: (path) => this.written(path),
      rm: (path) => this.touch(path),
      chmod: (path) => this.touch(path),
      mv: (from, to) => this.carried(from, to, true),
      cp: (from, to) => this.carried(from, to, false),
    };
    return new Proxy(fs, {
      get(target, property) {
        const value: unknown = Reflect.get(target, property);
        if (typeof value !== "function") return value;
        const method = value.bind(target) as (...args: readonly unknown[]) => unknown;
        const seen = observe[String(property)];
        if (seen === undefined) return method;
        return (...args: readonly unknown[]) => {
          seen(fs.resolvePath("/", String(args[0])), fs.resolvePath("/", String(args[1])));
          return method(...args);
        };
      },
    });
  }

  private written(path: string): void {
    this.touch(path);
    this.origins.delete(path);
  }

  private touch(path: string): void {
    this.touched.add(path);
    // A folder that goes takes its files along.
    for (const file of this.known) if (file.startsWith(`${path}/`)) this.touched.add(file);
  }

  private carried(from: string, to: string, moves: boolean): void {
    if (moves) this.touch(from);
    this.touch(to);
    for (const path of this.raw.getAllPaths()) {
      if (path !== from && !path.startsWith(`${from}/`)) continue;
      const target = `${to}${path.slice(from.length)}`;
      const origin = this.origins.get(path);
      if (origin === undefined) this.origins.delete(target);
      else this.origins.set(target, origin);
      if (moves) this.origins.delete(path);
    }
  }
}
