// Bundles programs that run in Node: by vite, and so by the same rules as the page; while no source has changed the
// kept bundle is used at once.
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./ensure.mjs";
import { filesBelow, fingerprint, readIfThere } from "./freshness.mjs";
import { withHarmlessSpreads } from "./spreads.mjs";

const cache = join(root, "node_modules/.cache/kubarium");
const keepUnusedBundlesMs = 3_600_000;

/**
 * What a bundle was made of: its own files' sizes and dates, and the names of all files, since an entry may import by
 * pattern (`import.meta.glob`) and a new file may match.
 * @param {string[]} files
 */
function stateOf(files) {
  return `${fingerprint(files)}\n${filesBelow(join(root, "src")).join("\n")}`;
}

/** The kept bundle of an entry, if it still is what the sources say. @param {string} name */
function keptBundle(name) {
  const text = readIfThere(join(cache, `${name}.json`));
  if (text === undefined) return undefined;
  /** @type {{ folder: string, files: string[], fingerprint: string }} */
  const kept = JSON.parse(text);
  const file = join(cache, kept.folder, "entry.mjs");
  return existsSync(file) && stateOf(kept.files) === kept.fingerprint ? file : undefined;
}

/**
 * Bundles a source into a new folder, then points NAME.json at it in one step: two runs that bundle at the
 * same time do not disturb each other, nor a third one that is still loading parts of the old bundle.
 * @param {string} name @param {string} source below the project's folder
 */
async function bundle(name, source) {
  const startedMs = Date.now();
  const { build } = await import("vite");
  const folder = `${name}-${process.pid}-${startedMs}`;
  /** @type {Set<string>} */
  const sources = new Set(
    ["package-lock.json", "vite.config.ts", "scripts/bundle.mjs", "scripts/spreads.mjs"].map((file) =>
      join(root, file),
    ),
  );
  await build({
    configFile: false,
    root,
    logLevel: "error",
    plugins: [
      {
        name: "kubarium:note-sources",
        moduleParsed({ id }) {
          const file = id.split("?")[0] ?? id;
          if (file.startsWith(join(root, "src"))) sources.add(file);
        },
      },
      {
        name: "kubarium:spreads",
        // At the very end: before, the bundler would take `...null` away again.
        enforce: "post",
        generateBundle(_options, bundle) {
          for (const chunk of Object.values(bundle))
            if (chunk.type === "chunk") chunk.code = withHarmlessSpreads(chunk.code, chunk.fileName);
        },
      },
    ],
    // Packages go into the bundle too, so that CommonJS ones look the same here as in the page.
    ssr: { noExternal: true, external: ["vite"] },
    build: {
      ssr: true,
      outDir: join(cache, folder),
      emptyOutDir: false,
      copyPublicDir: false,
      target: "node20",
      minify: false,
      sourcemap: true,
      rolldownOptions: {
        input: { entry: join(root, source) },
        output: { format: "es", entryFileNames: "[name].mjs", chunkFileNames: "[name]-[hash].mjs" },
      },
    },
  });
  // A source that changed while it was being bundled is newer than this and so makes the next run bundle again.
  const files = [...sources].sort();
  const changedMeanwhile = files.some((file) => (statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0) > startedMs);
  const manifest = { folder, files, fingerprint: changedMeanwhile ? "changed meanwhile" : stateOf(files) };
  const temporary = join(cache, `${folder}.json.new`);
  writeFileSync(temporary, JSON.stringify(manifest));
  renameSync(temporary, join(cache, `${name}.json`));
  removeOldBundles(folder);
  return join(cache, folder, "entry.mjs");
}

/** @param {string} current */
function removeOldBundles(current) {
  const inUse = new Set([current]);
  for (const file of readdirSync(cache).filter((file) => file.endsWith(".json"))) {
    inUse.add(JSON.parse(readIfThere(join(cache, file)) ?? "{}").folder);
  }
  for (const folder of readdirSync(cache)) {
    const path = join(cache, folder);
    const stat = statSync(path, { throwIfNoEntry: false });
    if (!stat?.isDirectory() || inUse.has(folder) || Date.now() - stat.mtimeMs < keepUnusedBundlesMs) continue;
    rmSync(path, { recursive: true, force: true });
  }
}

/**
 * The bundle of a source, made anew if it is not what the sources say.
 * @param {string} name of the bundle @param {string} source below the project's folder
 * @returns {Promise<string>} a file to import
 */
export async function bundled(name, source) {
  mkdirSync(cache, { recursive: true });
  return keptBundle(name) ?? (await bundle(name, source));
}
