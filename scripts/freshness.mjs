// Is what was built still what the sources say? Answered by the sources' sizes and dates, in milliseconds.
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

/** One line per file, with its size and date; a missing file has a line of its own kind. @param {string[]} files */
export function fingerprint(files) {
  return files
    .map((file) => {
      const stat = statSync(file, { throwIfNoEntry: false });
      return stat ? `${file} ${stat.size} ${stat.mtimeMs}` : `${file} missing`;
    })
    .join("\n");
}

/** All files below a folder, sorted. @param {string} folder @returns {string[]} */
export function filesBelow(folder) {
  return readdirSync(folder, { withFileTypes: true })
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      return entry.isDirectory() ? filesBelow(path) : [path];
    })
    .sort();
}

/** A text file, or undefined if there is none. @param {string} file */
export function readIfThere(file) {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}
