import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { Benchmark } from "./benchmark.ts";

const goalKilobytes = 250;

function gzipBytes(file: string): number {
  return gzipSync(readFileSync(file)).length;
}

/** What a browser fetches before the diagram is drawn: the scripts that index.html names, and the world's worker. */
function firstScripts(dist: string): string[] {
  const html = readFileSync(join(dist, "index.html"), "utf8");
  const named = [...html.matchAll(/(?:src|href)="\.?\/?([^"]+\.js)"/g)].map((match) => match[1]!);
  const workers = readdirSync(join(dist, "assets"))
    .filter((name) => /^session\.worker-.*\.js$/.test(name))
    .map((name) => `assets/${name}`);
  return [...named, ...workers];
}

const firstLoad: Benchmark = {
  name: "first load",
  goal: `<= ${goalKilobytes} KB of gzipped JavaScript before the cluster runs (npm run build first)`,
  run() {
    const dist = join(process.env.KUBARIUM_ROOT ?? ".", "dist");
    const scripts = firstScripts(dist).map((name) => ({ name, bytes: gzipBytes(join(dist, name)) }));
    const totalBytes = scripts.reduce((sum, { bytes }) => sum + bytes, 0);
    return {
      reached: `${(totalBytes / 1000).toFixed(1)} KB`,
      held: totalBytes <= goalKilobytes * 1000,
      notes: scripts.map(({ name, bytes }) => `${name} ${(bytes / 1000).toFixed(1)} KB`),
    };
  },
};

export default firstLoad;
