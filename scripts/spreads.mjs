// Node 20's V8 gives every object that `{ ...plain, more }` makes a hidden class of its own: making it takes six times
// as long, the class takes more memory than the object, and whoever reads it finds no two alike. A literal that begins
// with anything else than a spread of a plain object is free of that, and `...null` adds nothing. Later engines, and so
// the page, do not need it.
import { parseSync } from "rolldown/utils";

/** Puts `...null, ` in front where an object literal begins with a spread and goes on. @param {string} code @param {string} name */
export function withHarmlessSpreads(code, name) {
  if (!/\{\s*\.\.\./.test(code)) return code;
  const { program, errors } = parseSync(name, code);
  if (errors.length > 0) throw new Error(`${name} cannot be read: ${errors[0]?.message}`);
  /** @type {number[]} */
  const places = [];
  findSpreads(program, places);
  let result = "";
  let from = 0;
  for (const place of places.sort((a, b) => a - b)) {
    result += `${code.slice(from, place)}...null, `;
    from = place;
  }
  return result + code.slice(from);
}

/** @param {any} node @param {number[]} places */
function findSpreads(node, places) {
  if (Array.isArray(node)) {
    for (const each of node) findSpreads(each, places);
    return;
  }
  if (typeof node !== "object" || node === null) return;
  if (node.type === "ObjectExpression" && node.properties.length > 1 && node.properties[0].type === "SpreadElement")
    places.push(node.properties[0].start);
  for (const key in node) findSpreads(node[key], places);
}
