// Writes src/shell/kubectl/generated/help.ts, the help texts of every command, from a real kubectl:
//   node scripts/generate-kubectl-help.mjs /path/to/kubectl
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

const kubectl = process.argv[2];
if (!kubectl) {
  console.error("usage: node scripts/generate-kubectl-help.mjs KUBECTL");
  process.exit(2);
}
const home = "/home/of-the-person";

/** @param {string[]} words */
const ask = (words) =>
  execFileSync(kubectl, words, { encoding: "utf8", env: { HOME: home, KUBECONFIG: "/dev/null" } }).replaceAll(
    home,
    "$HOME",
  );

/** @type {Record<string, string>} */
const texts = { options: ask(["options"]) };
for (const shell of ["bash", "fish", "powershell", "zsh"]) texts[`completion ${shell}`] = ask(["completion", shell]);

/** @param {string[]} path */
function visit(path) {
  const text = ask([...path, "--help"]);
  texts[path.join(" ")] = text;
  // Lists of commands: an indented name and what it does, before the options.
  const head = text.slice(0, text.search(/^(Options|Usage):$/m)).replace(/^Examples:\n(?: {2}.*\n|\n(?= {2}))*/m, "");
  for (const [, name] of head.matchAll(/^ {2}([a-z][a-z-]*) {2,}\S/gm)) {
    if (name && !["help"].includes(name)) visit([...path, name]);
  }
}
visit([]);

const lines = Object.keys(texts)
  .sort()
  .map((path) => `  ${JSON.stringify(path)}: ${JSON.stringify(texts[path])},`);
writeFileSync(
  join(import.meta.dirname, "../src/shell/kubectl/generated/help.ts"),
  `// Written by scripts/generate-kubectl-help.mjs from kubectl v1.33. Do not edit.
// Copyright The Kubernetes Authors, Apache License 2.0.
export const helpTexts: Readonly<Record<string, string>> = {
${lines.join("\n")}
};
`,
);
console.log(`${lines.length} texts`);
