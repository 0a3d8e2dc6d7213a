// Writes src/sim/api/time-zones.generated.ts, the time zones of the tz database from 2015 on:
//   node scripts/generate-time-zones.mjs /usr/share/zoneinfo
// A row is `rule|changes|names`. The rule is `standard[,summer,begin,end]` with offsets in minutes east of UTC and
// changes as `month.week.weekday.minute` of the local time before them. `changes` are those that the rule does not
// explain: `offset[,at:offset ...]`, the offset before the first one, and minutes since 1970 in base 36.
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const FIRST = Date.UTC(2015, 0, 1) / 1000;
const LAST = Date.UTC(2041, 0, 1) / 1000;
const folder = process.argv[2];
if (!folder) {
  console.error("usage: node scripts/generate-time-zones.mjs FOLDER");
  process.exit(2);
}

/** @param {string} path @returns {string[]} */
function zoneNames(path = "") {
  return readdirSync(join(/** @type {string} */ (folder), path)).flatMap((name) => {
    const below = path === "" ? name : `${path}/${name}`;
    const full = join(/** @type {string} */ (folder), below);
    if (/^(posix|right|localtime|posixrules|Factory)$/.test(name)) return [];
    if (statSync(full).isDirectory()) return zoneNames(below);
    return readFileSync(full).subarray(0, 4).toString() === "TZif" ? [below] : [];
  });
}

/** @param {Buffer} bytes */
function readZone(bytes) {
  /** @param {number} at */
  const header = (at) => {
    /** @param {number} field */
    const count = (field) => bytes.readUInt32BE(at + 20 + field * 4);
    return { utc: count(0), walls: count(1), leaps: count(2), times: count(3), types: count(4), letters: count(5) };
  };
  /** @param {ReturnType<typeof header>} of @param {number} width */
  const size = (of, width) =>
    of.times * (width + 1) + of.types * 6 + of.letters + of.leaps * (width + 4) + of.walls + of.utc;
  const second = 44 + size(header(0), 4);
  const counts = header(second);
  const times = second + 44;
  const indexes = times + counts.times * 8;
  const types = indexes + counts.times;
  /** @param {number} index */
  const offset = (index) => bytes.readInt32BE(types + index * 6);
  const changes = [];
  for (let i = 0; i < counts.times; i++) {
    changes.push({ at: Number(bytes.readBigInt64BE(times + i * 8)), offset: offset(bytes.readUInt8(indexes + i)) });
  }
  const footer = bytes
    .subarray(times + size(counts, 8))
    .toString()
    .trim();
  return { changes, first: offset(0), footer };
}

/** @param {string} text */
function minutesOf(text) {
  const [, sign, hours, minutes = "0"] = /^([+-]?)(\d+)(?::(\d+))?$/.exec(text) ?? [];
  return (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
}

/** @typedef {{ month: number, week: number, weekday: number, minute: number }} Change */

/** @param {string} text @returns {Change} */
function changeOf(text) {
  const match = /^M(\d+)\.(\d+)\.(\d+)(?:\/(.+))?$/.exec(text);
  if (match === null) throw new Error(`cannot read ${text}`);
  const [, month, week, weekday, time = "2"] = match;
  return { month: Number(month), week: Number(week), weekday: Number(weekday), minute: minutesOf(time) };
}

/** @param {string} footer */
function ruleOf(footer) {
  const name = "(?:[A-Za-z]+|<[^>]+>)";
  const match = new RegExp(`^${name}([-+\\d:]+)(?:${name}([-+\\d:]*),(.+),(.+))?$`).exec(footer);
  if (match === null) throw new Error(`cannot read ${footer}`);
  const [, west = "", summerWest = "", begin, end] = match;
  const standard = -minutesOf(west);
  if (begin === undefined || end === undefined) return { standard, summer: null, text: `${standard}` };
  const summer = {
    offset: summerWest === "" ? standard + 60 : -minutesOf(summerWest),
    begin: changeOf(begin),
    end: changeOf(end),
  };
  /** @param {Change} change */
  const text = ({ month, week, weekday, minute }) => `${month}.${week}.${weekday}.${minute}`;
  return { standard, summer, text: `${standard},${summer.offset},${text(summer.begin)},${text(summer.end)}` };
}

/** @param {ReturnType<typeof ruleOf>} rule @param {number} at */
function offsetByRule({ standard, summer }, at) {
  if (summer === null) return standard * 60;
  const year = new Date((at + standard * 60) * 1000).getUTCFullYear();
  /** @param {Change} change @param {number} offset */
  const time = ({ month, week, weekday, minute }, offset) => {
    const first = new Date(Date.UTC(year, month - 1, 1)).getUTCDay();
    let day = 1 + ((weekday - first + 7) % 7) + (week - 1) * 7;
    if (day > new Date(Date.UTC(year, month, 0)).getUTCDate()) day -= 7;
    return Date.UTC(year, month - 1, day) / 1000 + (minute - offset) * 60;
  };
  const begin = time(summer.begin, standard);
  const end = time(summer.end, summer.offset);
  const isSummer = begin < end ? at >= begin && at < end : at >= begin || at < end;
  return (isSummer ? summer.offset : standard) * 60;
}

/** @type {Map<string, string[]>} */
const zones = new Map();
for (const name of zoneNames().sort()) {
  const { changes, first, footer } = readZone(readFileSync(join(folder, name)));
  const rule = ruleOf(footer);
  const before = changes.filter(({ at }) => at <= FIRST).at(-1)?.offset ?? first;
  const later = changes.filter(({ at }) => at > FIRST && at < LAST);
  const odd = [{ at: FIRST, offset: before }, ...later].findLastIndex(({ at, offset }, index, all) => {
    const until = all[index + 1]?.at ?? Math.max(at + 1, changes.at(-1)?.at ?? 0);
    for (let time = at; time < until; time += 20 * 86_400) if (offsetByRule(rule, time) !== offset) return true;
    return offsetByRule(rule, until - 1) !== offset;
  });
  const kept = odd < 0 ? [] : later.slice(0, odd + 1);
  const text =
    odd < 0 ? "" : [before / 60, ...kept.map(({ at, offset }) => `${(at / 60).toString(36)}:${offset / 60}`)].join();
  const key = `${rule.text}|${text}`;
  zones.set(key, [...(zones.get(key) ?? []), name]);
}
const rows = [...zones].map(([key, names]) => `  "${key}|${names.join(" ")}",`);
writeFileSync(
  join(import.meta.dirname, "../src/sim/api/time-zones.generated.ts"),
  `/** Made by scripts/generate-time-zones.mjs, which says what a row is. */\nexport const ZONES: readonly string[] = [\n${rows.join("\n")}\n];\n`,
);
