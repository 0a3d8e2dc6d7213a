// Writes src/sim/api/kinds.generated.ts, the rows of the kind catalogue, from the discovery documents of a cluster:
//   node scripts/generate-kinds.mjs FOLDER
// FOLDER holds `discovery.json` ({resources: [{group, version, resource, kind, namespaced, verbs, ...}]}) and
// `discovery-order.json` ({groups: [[group, [versions]]]}).
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const folder = process.argv[2];
if (!folder) {
  console.error("usage: node scripts/generate-kinds.mjs FOLDER");
  process.exit(2);
}
/** @param {string} name */
const read = (name) => JSON.parse(readFileSync(join(folder, name), "utf8"));
/** @type {{ resources: { group: string, version: string, resource: string, kind: string, namespaced: boolean, verbs: string[], singularName?: string, shortNames?: string[], categories?: string[], responseKind?: string[] }[] }} */
const { resources } = read("discovery.json");
/** @type {{ groups: [string, string[]][] }} */
const { groups } = read("discovery-order.json");

const letters = new Map(
  Object.entries({
    create: "c",
    delete: "d",
    deletecollection: "D",
    get: "g",
    list: "l",
    patch: "p",
    update: "u",
    watch: "w",
  }),
);
/** @param {string[]} verbs */
const verbLetters = (verbs) => verbs.map((verb) => letters.get(verb)).join("");
/** @param {{ group: string, version: string }} row */
const rank = ({ group, version }) => {
  const index = groups.findIndex(([name]) => name === group);
  return group === "" ? -1 : index * 10 + (groups[index]?.[1].indexOf(version) ?? 9);
};

const ordered = [...resources].sort((a, b) => rank(a) - rank(b) || (a.resource < b.resource ? -1 : 1));
/** @param {string[] | undefined} list */
const commas = (list) => (list && list.length > 0 ? list.join(",") : "-");
const kinds = ordered
  .filter(({ resource }) => !resource.includes("/"))
  .map((row) =>
    [
      `${row.group}/${row.version}`,
      row.resource,
      row.kind,
      row.namespaced ? "namespaced" : "cluster",
      row.singularName,
      commas(row.shortNames),
      commas(row.categories),
      verbLetters(row.verbs),
    ].join(" "),
  );
const subresources = ordered
  .filter(({ resource }) => resource.includes("/"))
  .map((row) => {
    const parts = [`${row.group}/${row.version}`, row.resource, row.kind, verbLetters(row.verbs)];
    if (row.responseKind) parts.push(row.responseKind.slice(0, 2).join("/"));
    return parts.join(" ");
  });

/** @param {string} name @param {string[]} rows */
const constant = (name, rows) =>
  `export const ${name}: readonly string[] = [\n${rows.map((row) => `  "${row}",\n`).join("")}];\n`;
writeFileSync(
  join(import.meta.dirname, "../src/sim/api/kinds.generated.ts"),
  `// Made by scripts/generate-kinds.mjs from Kubernetes 1.33's discovery documents. Do not edit.

// group/version resource Kind scope singular short-names categories verbs (c create, d delete, D deletecollection, ...)
${constant("RESOURCES", kinds)}
// group/version resource/subresource Kind verbs [group/version of the kind, where it is not the resource's]
${constant("SUBRESOURCES", subresources)}`,
);
