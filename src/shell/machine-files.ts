import { InMemoryFs } from "just-bash/browser";
import type { ConsoleDoor } from "./doors.ts";

/** What a person looks at; a store's thousands of records stay where they are. */
const SHOWN = ["/etc/", "/home/", "/root/", "/tmp/", "/var/lib/kubelet/", "/opt/"];

/** A machine's files for the length of one command: read when needed, and what was changed is written back. */
export class MachineFiles {
  readonly fs: InMemoryFs;
  private readonly console: ConsoleDoor;
  private readonly known: ReadonlySet<string>;
  private readonly touched = new Set<string>();

  private constructor(console: ConsoleDoor, paths: readonly string[]) {
    this.console = console;
    this.known = new Set(paths);
    const files: Record<string, () => Promise<string>> = {};
    for (const path of paths) files[path] = async () => (await console.readFile(path)) ?? "";
    const fs = new InMemoryFs(files);
    for (const folder of SHOWN) fs.mkdirSync(folder.slice(0, -1), { recursive: true });
    this.fs = this.watched(fs);
  }

  static async open(console: ConsoleDoor): Promise<MachineFiles> {
    const lists = await Promise.all(SHOWN.map((prefix) => console.listFiles(prefix)));
    return new MachineFiles(console, lists.flat());
  }

  /** Writes back what the command changed. */
  async close(): Promise<void> {
    const changed = new Set(this.touched);
    // A folder that came brings its files along.
    for (const path of this.fs.getAllPaths())
      if (!this.known.has(path) && [...this.touched].some((folder) => path.startsWith(`${folder}/`))) changed.add(path);
    for (const path of [...changed].sort()) {
      if (/^\/(dev|proc)\//.test(path)) continue;
      if (await this.fs.exists(path)) await this.writeBack(path);
      else if (this.known.has(path)) await this.console.removeFile(path);
    }
  }

  /** What only a program has touched, not changed, keeps what the machine's own programs know of it. */
  private async writeBack(path: string): Promise<void> {
    if (!(await this.fs.stat(path)).isFile) return;
    const text = await this.fs.readFile(path);
    if (this.known.has(path) && text === (await this.console.readFile(path))) return;
    await this.console.writeFile(path, text);
  }

  /** Remembers the paths that commands change. */
  private watched(fs: InMemoryFs): InMemoryFs {
    const touch = (path: string) => {
      this.touched.add(path);
      // A folder that goes takes its files along.
      for (const file of this.known) if (file.startsWith(`${path}/`)) this.touched.add(file);
    };
    return new Proxy(fs, {
      get(target, property) {
        const value: unknown = Reflect.get(target, property);
        if (typeof value !== "function") return value;
        const method = value.bind(target) as (...args: readonly unknown[]) => unknown;
        if (!["writeFile", "appendFile", "rm", "mv", "cp", "chmod"].includes(String(property))) return method;
        return (...args: readonly unknown[]) => {
          touch(String(args[0]));
          if (property === "mv" || property === "cp") touch(String(args[1]));
          return method(...args);
        };
      },
    });
  }
}
