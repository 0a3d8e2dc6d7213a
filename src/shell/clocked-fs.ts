import { InMemoryFs } from "just-bash/browser";

/** A "now" of the computer's that a tool has read a moment ago. */
const NOW_MS = 5_000;

/** Files whose times are the world's: what is written now is as old as the world's clock says. */
export class ClockedFs extends InMemoryFs {
  private readonly wallUs: () => Promise<number>;

  constructor(wallUs: () => Promise<number>, files: Readonly<Record<string, string>> = {}) {
    super(files);
    this.wallUs = wallUs;
  }

  override async writeFile(...args: Parameters<InMemoryFs["writeFile"]>): Promise<void> {
    await super.writeFile(...args);
    await this.stamp(args[0]);
  }

  override async appendFile(...args: Parameters<InMemoryFs["appendFile"]>): Promise<void> {
    await super.appendFile(...args);
    await this.stamp(args[0]);
  }

  override async mkdir(...args: Parameters<InMemoryFs["mkdir"]>): Promise<void> {
    await super.mkdir(...args);
    await this.stamp(args[0]);
  }

  override async cp(...args: Parameters<InMemoryFs["cp"]>): Promise<void> {
    await super.cp(...args);
    const [from, to] = args;
    await this.stamp(to);
    for (const path of this.getAllPaths()) {
      if (path.startsWith(`${from}/`)) await this.stamp(`${to}${path.slice(from.length)}`);
    }
  }

  override async utimes(path: string, accessed: Date, modified: Date): Promise<void> {
    const isNow = Math.abs(modified.getTime() - Date.now()) < NOW_MS;
    await super.utimes(path, accessed, isNow ? await this.now() : modified);
  }

  /** `path` was changed at `at`; without: now. */
  async stamp(path: string, at?: Date): Promise<void> {
    const time = at ?? (await this.now());
    if (await this.exists(path)) await super.utimes(path, time, time);
  }

  /** Before there is a world, the computer's. */
  private async now(): Promise<Date> {
    const wallUs = await this.wallUs().catch(() => null);
    return wallUs === null ? new Date() : new Date(wallUs / 1_000);
  }
}
