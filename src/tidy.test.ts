// Holds the project's layers and bans. Every ban names what to use instead. The map of the layers is src/README.md.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import { fileURLToPath } from "node:url";
import { parseSync } from "rolldown/utils";
import { expect, test } from "vitest";

const src = dirname(fileURLToPath(import.meta.url));

interface Import {
  /** As written. */
  readonly from: string;
  /** Relative to src/ with forward slashes; undefined for packages. */
  readonly target: string | undefined;
  readonly typeOnly: boolean;
}

interface Source {
  /** Relative to src/ with forward slashes. */
  readonly path: string;
  readonly imports: readonly Import[];
  readonly program: unknown;
  readonly text: string;
  readonly isTest: boolean;
}

// ---------------------------------------------------------------------------------------------------------------------
// Layers

const packagesOfTheSim = new Set(["yaml"]);

/** The layer that a file belongs to; its own folder for those that have siblings. */
function layerOf(path: string): string {
  const sibling = path.match(/^(sim\/components|sim\/faults|ui\/features)\/[^/]+(?=\/)/);
  if (sibling) return sibling[0];
  const layer = path.match(
    /^(sim\/(kernel|api|machinery|components|faults|checkers|cluster)|ui\/(app|shared|features))(?=\/)/,
  );
  return layer ? layer[0] : path.split("/").length > 1 ? path.split("/")[0]! : path;
}

const everythingOfTheSim = ["sim/"];
const belowComponents = ["sim/kernel/", "sim/api/", "sim/machinery/"];

/** What each layer may import besides itself: prefixes of paths below src/. */
const mayImport: readonly (readonly [layer: RegExp, prefixes: readonly string[]])[] = [
  [/^sim\/kernel$/, []],
  [/^sim\/api$/, ["sim/kernel/"]],
  [/^sim\/machinery$/, ["sim/kernel/", "sim/api/"]],
  [/^sim\/components/, belowComponents],
  [/^sim\/faults/, [...belowComponents, "sim/faults/"]],
  [/^sim\/checkers$/, belowComponents],
  [/^sim\/cluster$/, everythingOfTheSim],
  [/^session$/, [...everythingOfTheSim, "protocol/"]],
  [/^protocol$/, []],
  // Quantities, patches, durations and labels are to kubectl what apimachinery is to the real one.
  [/^shell$/, ["sim/api/"]],
  [/^bridge$/, ["sim/kernel/", "sim/api/", "sim/cluster/", "session/", "shell/doors.ts", "protocol/"]],
  [/^worker$/, [...everythingOfTheSim, "session/", "shell/", "protocol/", "bridge/"]],
  [/^headless$/, [...everythingOfTheSim, "session/", "shell/", "protocol/", "bridge/", "lessons/"]],
  [/^ui\/shared$/, ["protocol/"]],
  [/^ui\/features/, ["ui/shared/", "protocol/"]],
  [/^ui\/app$/, ["ui/", "protocol/"]],
  [/^lessons$/, ["protocol/"]],
  [/^main\.tsx$/, ["ui/app/"]],
  [/^tidy\.test\.ts$/, []],
  // What is tested of the scripts.
  [/^spreads\.test\.ts$/, ["../scripts/"]],
];

/** Imports of types alone that cross the layers. A type costs nothing at run time and pulls no code along. */
function mayImportType(layer: string, target: string): boolean {
  if (layer === "session" && target === "shell/doors.ts") return true;
  if (layer === "protocol" && target.startsWith("sim/api/")) return true;
  // A checker looks into the states that it checks.
  if (layer === "sim/checkers" && target.startsWith("sim/components/")) return true;
  return target.endsWith(".bench.ts") || target === "headless/benchmark.ts";
}

const messagesOfAComponent = /^sim\/components\/[^/]+\/messages\.ts$/;

function layerProblem(source: Source, { from, target, typeOnly }: Import): string | undefined {
  const layer = layerOf(source.path);
  if (target === undefined) return packageProblem(source, layer, from);
  const targetLayer = layerOf(target);
  if (targetLayer === layer) return undefined;
  if (messagesOfAComponent.test(target) && layer.startsWith("sim/")) {
    if (layer === "sim/kernel" || layer === "sim/api") return "components stand above this layer";
    return layer.startsWith("sim/components/") && !typeOnly
      ? "components import each other's messages.ts only as types: write `import type`"
      : undefined;
  }
  if (typeOnly && mayImportType(layer, target)) return undefined;
  const rule = mayImport.find(([pattern]) => pattern.test(layer));
  if (!rule) return `src/${layer} is no layer of the design: give it a line in src/tidy.test.ts`;
  if (rule[1].some((prefix) => target.startsWith(prefix))) return undefined;
  if (layer.startsWith("sim/components/") && targetLayer.startsWith("sim/components/")) {
    return "components import each other's messages.ts only: speak to it by messages";
  }
  if (layer.startsWith("ui/features/") && targetLayer.startsWith("ui/features/")) {
    return "features do not import each other: share through ui/shared or the store";
  }
  if (layer === "shell")
    return "the shell reaches the cluster through the doors of shell/doors.ts (and sim/api's pure functions)";
  if (layer.startsWith("ui") || layer === "lessons") return "the page knows only src/protocol: ask the worker";
  const below = rule[1].join(", ") || "nothing but itself";
  return `${layer} may import ${below}`;
}

function packageProblem(source: Source, layer: string, from: string): string | undefined {
  if (source.isTest) return undefined;
  const name = from.startsWith("@") ? from.split("/").slice(0, 2).join("/") : from.split("/")[0]!;
  if (layer.startsWith("sim")) {
    return packagesOfTheSim.has(name) ? undefined : `src/sim uses only ${[...packagesOfTheSim].join(", ")}`;
  }
  const isOfThePage =
    /^(react|react-dom|@xyflow\/react|framer-motion|zustand|radix-ui|lucide-react|react-resizable-panels)$/;
  if (isOfThePage.test(name) && !layer.startsWith("ui") && layer !== "main.tsx")
    return "this package belongs to src/ui";
  if (from.startsWith("node:") && !/^(headless|bridge)$/.test(layer))
    return "Node's modules belong to src/headless and src/bridge";
  return undefined;
}

// ---------------------------------------------------------------------------------------------------------------------
// Bans below src/sim

const timer = "context.setTimer";
const flow = "a named phase and pending[requestId]: the queue holds data only";
const table = "integers or a small table: engines differ in the last bit";
const codeUnits = "code-unit order (a < b ? -1 : a > b ? 1 : 0)";

/** Global names. */
const bannedNames: Readonly<Record<string, string>> = {
  Date: "context.wallUs and the time functions of src/sim/api",
  setTimeout: timer,
  setInterval: timer,
  setImmediate: timer,
  queueMicrotask: timer,
  requestAnimationFrame: timer,
  performance: "context.now",
  Promise: flow,
  console: "context.log",
  Intl: "integers and plain text",
  structuredClone: "a new object that shares what did not change",
  WeakRef: "a plain reference: collection differs from run to run",
  FinalizationRegistry: "a plain reference: collection differs from run to run",
  crypto: "context.random",
  fetch: "context.request",
  globalThis: "what the step is given",
  window: "what the step is given",
  document: "what the step is given",
  process: "what the step is given",
};

/** Properties, by object ("Math.random") or on anything ("*.localeCompare"). */
const bannedProperties: Readonly<Record<string, string>> = {
  "Math.random": "context.random",
  "*.localeCompare": codeUnits,
  "*.toLocaleString": "String() or a format function of src/sim/api",
  "*.toLocaleUpperCase": "toUpperCase on ASCII text",
  "*.toLocaleLowerCase": "toLowerCase on ASCII text",
  "*.toLocaleDateString": "the time functions of src/sim/api",
  "*.toLocaleTimeString": "the time functions of src/sim/api",
  "Error.captureStackTrace": "a message of its own",
  ...Object.fromEntries(
    "acos acosh asin asinh atan atan2 atanh cbrt cos cosh exp expm1 hypot log log10 log1p log2 pow sin sinh tan tanh"
      .split(" ")
      .map((name) => [`Math.${name}`, table]),
  ),
};

interface AstNode {
  readonly type: string;
  readonly start: number;
  readonly [key: string]: unknown;
}

function isNode(value: unknown): value is AstNode {
  return typeof value === "object" && value !== null && typeof (value as AstNode).type === "string";
}

function nameOf(node: unknown): string | undefined {
  return isNode(node) && node.type === "Identifier" ? (node.name as string) : undefined;
}

/** Names that the file gives to something of its own (imports, variables, parameters) hide the global ones. */
function namesDeclaredIn(program: unknown): Set<string> {
  const names = new Set<string>();
  visit(program, (node) => {
    const declared =
      node.type === "VariableDeclarator" || node.type.endsWith("Declaration")
        ? node.id
        : /^Import\w*Specifier$/.test(node.type)
          ? node.local
          : undefined;
    const name = nameOf(declared);
    if (name) names.add(name);
    if (Array.isArray(node.params)) for (const parameter of node.params) addPatternNames(parameter, names);
    if (node.type === "VariableDeclarator") addPatternNames(node.id, names);
  });
  return names;
}

function addPatternNames(pattern: unknown, names: Set<string>): void {
  const name = nameOf(pattern);
  if (name) names.add(name);
  if (!isNode(pattern)) return;
  if (pattern.type === "ObjectPattern")
    for (const property of pattern.properties as AstNode[]) addPatternNames(property.value ?? property.argument, names);
  if (pattern.type === "ArrayPattern")
    for (const element of pattern.elements as unknown[]) addPatternNames(element, names);
  if (pattern.type === "AssignmentPattern") addPatternNames(pattern.left, names);
  if (pattern.type === "RestElement") addPatternNames(pattern.argument, names);
}

function visit(value: unknown, onNode: (node: AstNode, parent: AstNode | undefined, key: string) => void): void {
  const walk = (value: unknown, parent: AstNode | undefined, key: string): void => {
    if (Array.isArray(value)) for (const item of value) walk(item, parent, key);
    if (!isNode(value)) return;
    onNode(value, parent, key);
    for (const [childKey, child] of Object.entries(value)) {
      if (typeof child === "object" && child !== null) walk(child, value, childKey);
    }
  };
  walk(value, undefined, "");
}

/** `a.name`, `{ name: 1 }`, `name(): void` and `name:` in a type are names of their owner's own, not global ones. */
function isPropertyName(parent: AstNode | undefined, key: string): boolean {
  if (!parent) return false;
  if (key === "property") return !parent.computed;
  if (key === "key") return !parent.computed && !(parent.type === "Property" && parent.shorthand);
  return (
    key === "exported" ||
    key === "imported" ||
    key === "label" ||
    (key === "right" && parent.type === "TSQualifiedName")
  );
}

function bansBroken(source: Source): string[] {
  const problems: string[] = [];
  const declared = namesDeclaredIn(source.program);
  const report = (node: AstNode, what: string, instead: string) => {
    const line = source.text.slice(0, node.start).split("\n").length;
    problems.push(`src/${source.path}:${line} ${what} -> ${instead}`);
  };
  visit(source.program, (node, parent, key) => {
    const name = nameOf(node);
    if (name && !isPropertyName(parent, key) && !declared.has(name)) {
      const instead = Object.hasOwn(bannedNames, name) ? bannedNames[name] : undefined;
      const allowedInTests = name === "console" || name === "Promise";
      if (instead && !(source.isTest && allowedInTests)) report(node, name, instead);
    }
    if (node.type === "MemberExpression") {
      const property = node.computed
        ? isNode(node.property)
          ? node.property.value
          : undefined
        : nameOf(node.property);
      const object = nameOf(node.object);
      for (const candidate of [`${object}.${property}`, `*.${property}`]) {
        const instead = Object.hasOwn(bannedProperties, candidate) ? bannedProperties[candidate] : undefined;
        if (instead) report(node, candidate, instead);
      }
    }
    if ((node.async === true || node.type === "AwaitExpression") && !source.isTest) report(node, "async", flow);
    if (node.type === "BinaryExpression" && node.operator === "**") {
      const constant = [node.left, node.right].every((side) => isNode(side) && side.type === "Literal");
      if (!constant) report(node, "**", "multiplication or a table: engines differ in the last bit");
    }
    const pattern = node.type === "Literal" ? (node.regex as { pattern: string } | undefined)?.pattern : undefined;
    if (pattern && /\\p\{/i.test(pattern))
      report(node, "\\p{}", "explicit ranges: Unicode tables differ between engines");
  });
  return problems;
}

// ---------------------------------------------------------------------------------------------------------------------
// Reading the sources

function readSource(path: string, text: string): Source {
  const { program, module } = parseSync(path, text);
  const isTest = /\.(test|bench)\.tsx?$/.test(path);
  const found: { from: string; typeOnly: boolean }[] = [];
  for (const { moduleRequest, entries } of module.staticImports) {
    found.push({ from: moduleRequest.value, typeOnly: entries.length > 0 && entries.every(({ isType }) => isType) });
  }
  for (const { entries } of module.staticExports) {
    for (const { moduleRequest, isType } of entries) {
      if (moduleRequest) found.push({ from: moduleRequest.value, typeOnly: isType });
    }
  }
  visit(program, (node) => {
    if (node.type !== "ImportExpression" && node.type !== "TSImportType") return;
    const literal = (node.source ?? node.argument) as { value?: unknown } | undefined;
    if (typeof literal?.value === "string") found.push({ from: literal.value, typeOnly: node.type === "TSImportType" });
  });
  const imports = found.map(({ from, typeOnly }) => ({
    from,
    typeOnly,
    target: from.startsWith(".") ? posix.join(posix.dirname(path), from.replace(/\?.*$/, "")) : undefined,
  }));
  return { path, imports, program, text, isTest };
}

function readSources(): Source[] {
  const paths = readdirSync(src, { recursive: true, encoding: "utf8" }).map((path) => path.replaceAll("\\", "/"));
  return paths
    .filter((path) => /\.tsx?$/.test(path) && !path.endsWith(".d.ts") && !/(^|\/)(testdata|generated)\//.test(path))
    .sort()
    .map((path) => readSource(path, readFileSync(join(src, path), "utf8")));
}

const sources = readSources();
const ofTheSim = sources.filter(({ path }) => path.startsWith("sim/"));

function importProblems(problem: (source: Source, imported: Import) => string | undefined): string[] {
  return sources.flatMap((source) =>
    source.imports.flatMap((imported) => {
      const text = problem(source, imported);
      return text ? [`src/${source.path} imports ${imported.from}: ${text}`] : [];
    }),
  );
}

// ---------------------------------------------------------------------------------------------------------------------

test("imports point one way", () => {
  expect(importProblems(layerProblem)).toEqual([]);
});

test("imports name the file, with its extension", () => {
  const problems = importProblems((_, { target }) => {
    if (target === undefined) return undefined;
    if (!/\.\w+$/.test(target) || !existsSync(join(src, target)))
      return "no such file: write its name with .ts or .tsx";
    return undefined;
  });
  expect(problems).toEqual([]);
});

test("index.ts is a folder's door for others, never for the folder itself", () => {
  const problems = importProblems(({ path }, { target }) =>
    target && /(^|\/)index\.tsx?$/.test(target) && path.startsWith(`${posix.dirname(target)}/`)
      ? "import the file that has it"
      : undefined,
  );
  const stars = sources.flatMap(({ path, program }) => {
    const found: string[] = [];
    visit(program, (node) => {
      if (node.type === "ExportAllDeclaration") found.push(`src/${path}: export * -> name what the door lets out`);
    });
    return found;
  });
  expect([...problems, ...stars]).toEqual([]);
});

test("no file imports itself by way of others", () => {
  const values = new Map(
    sources.map(({ path, imports }) => [
      path,
      imports.filter(({ typeOnly }) => !typeOnly).flatMap(({ target }) => target ?? []),
    ]),
  );
  const state = new Map<string, "open" | "done">();
  const cycles: string[] = [];
  const trail: string[] = [];
  const walk = (path: string): void => {
    if (state.get(path) === "open") cycles.push([...trail.slice(trail.indexOf(path)), path].join(" -> "));
    if (state.has(path)) return;
    state.set(path, "open");
    trail.push(path);
    for (const next of values.get(path) ?? []) walk(next);
    trail.pop();
    state.set(path, "done");
  };
  for (const path of values.keys()) walk(path);
  expect(cycles).toEqual([]);
});

test("the world is pure: nothing below src/sim reads a clock, a random source or a locale", () => {
  expect(ofTheSim.flatMap(bansBroken)).toEqual([]);
});

test("the rules themselves notice what they forbid", () => {
  const broken = (text: string, path = "sim/components/kubelet/step.ts") => bansBroken(readSource(path, text)).length;
  expect(broken("export const a = Math.random();")).toBe(1);
  expect(broken("export const a = new Date();")).toBe(1);
  expect(broken("export async function f() { await 1; }")).toBe(2);
  expect(broken("export const a = (x: string) => x.localeCompare('b');")).toBe(1);
  expect(broken("export const a = (x: number) => x ** 2 + 2 ** 10 + Math.sqrt(x);")).toBe(1);
  expect(broken("export const a = { console: 1, Date: 2 }; export type T = { Promise: 1 }; // setTimeout")).toBe(0);
  expect(broken("export const a = (p: Promise<number>) => p;")).toBe(1);
  expect(broken("export const a = (process: { name: string }) => process.name;")).toBe(0);
  expect(broken("export async function f() { console.log(1); }", "sim/components/kubelet/step.test.ts")).toBe(0);
  expect(broken("export const a = Math.random();", "sim/components/kubelet/step.test.ts")).toBe(1);

  const refused = (path: string, text: string) => {
    const source = readSource(path, text);
    return source.imports.filter((imported) => layerProblem(source, imported) !== undefined).length;
  };
  expect(refused("sim/kernel/clock.ts", 'import { a } from "../api/names.ts";')).toBe(1);
  expect(refused("sim/api/names.ts", 'import { a } from "../kernel/assert.ts";')).toBe(0);
  expect(refused("sim/components/kubelet/step.ts", 'import { a } from "../etcd/raft/step.ts";')).toBe(1);
  expect(refused("sim/components/kubelet/step.ts", 'import type { A } from "../etcd/messages.ts";')).toBe(0);
  expect(refused("sim/components/kubelet/step.ts", 'import { type A } from "../etcd/messages.ts";')).toBe(0);
  expect(refused("sim/components/kubelet/step.ts", 'import { a } from "../etcd/messages.ts";')).toBe(1);
  expect(refused("sim/components/kubelet/pod-workers/step.ts", 'import { a } from "../status/report.ts";')).toBe(0);
  expect(refused("sim/machinery/informer.ts", 'import { useState } from "react";')).toBe(1);
  expect(refused("shell/kubectl/get/run.ts", 'import { a } from "../../../sim/kernel/clock.ts";')).toBe(1);
  expect(refused("shell/kubectl/get/run.ts", 'import { a } from "../../../sim/api/quantity.ts";')).toBe(0);
  expect(refused("ui/features/stage/Stage.tsx", 'import { a } from "../terminal/Terminal.tsx";')).toBe(1);
  expect(refused("ui/features/stage/Stage.tsx", 'import { a } from "../../../session/session.ts";')).toBe(1);
  expect(refused("ui/features/stage/Stage.tsx", 'import type { A } from "../../../protocol/views.ts";')).toBe(0);
  expect(refused("worker/worker.ts", 'const a = await import("../ui/app/App.tsx");')).toBe(1);
});
