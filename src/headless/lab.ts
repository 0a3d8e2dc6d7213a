import { readFileSync, writeFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { createHeadlessShell, runTranscript } from "./run-transcript.ts";
import { parseServeFlags, serveUntilInterrupted } from "./serve/serve.ts";

const breathe = () => new Promise<void>((resolve) => setImmediate(resolve));

async function main(args: readonly string[]): Promise<number> {
  if (args.some((arg) => arg.split("=")[0] === "--serve")) {
    const options = parseServeFlags(args);
    return typeof options === "string" ? usage(options) : serveUntilInterrupted(options);
  }
  const flags = new Set(args.filter((arg) => arg.startsWith("--")));
  const files = args.filter((arg) => !arg.startsWith("--"));
  const unknown = [...flags].find((flag) => !["--update", "--print", "--shell"].includes(flag));
  if (unknown !== undefined) return usage(`unknown flag: ${unknown}`);
  if (flags.has("--shell")) return interactive();
  if (files.length === 0) return usage("no transcript given");
  return runAll(files, flags.has("--update"), flags.has("--print"));
}

function usage(problem: string): number {
  console.error(
    `lab: ${problem}\nusage: npm run -s lab -- [--update] [--print] FILE.t ...   or   npm run -s lab -- --shell   or   npm run -s lab -- --serve PORT [--topology NAME|FILE] [--set KEY=VALUE] [--seed N] [--speed N] [--epoch TIME]`,
  );
  return 2;
}

async function runAll(files: readonly string[], update: boolean, print: boolean): Promise<number> {
  let passed = 0;
  let failed = 0;
  for (const file of files) {
    const text = textOf(file);
    if (text === null) {
      failed += 1;
      console.log(`${file}: no such transcript`);
      continue;
    }
    const startMs = performance.now();
    const result = await runTranscript(text, breathe);
    if (print) console.log(result.text);
    if (result.passed) passed += 1;
    else if (update) {
      writeFileSync(file, result.text);
      console.log(`updated ${file}`);
      passed += 1;
    } else {
      failed += 1;
      console.log(`--- ${file}\n+++ ${file} as it came out`);
      console.log(result.difference.join("\n"));
    }
    if (process.env.KUBARIUM_TIMES) console.log(`${file}: ${Math.round(performance.now() - startMs)} ms`);
  }
  console.log(`${passed} passed, ${failed} failed`);
  return failed > 0 ? 1 : 0;
}

function textOf(file: string): string | null {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return null;
  }
}

/** The same shell, in a terminal. */
async function interactive(): Promise<number> {
  const { run, shell } = createHeadlessShell(breathe);
  const write = (stream: "out" | "err", text: string) =>
    void (stream === "out" ? process.stdout : process.stderr).write(text);
  await run("lab topology basic");
  const terminal = createInterface({ input: process.stdin, output: process.stdout, terminal: process.stdin.isTTY });
  terminal.on("SIGINT", () => {
    shell.interrupt();
    process.stdout.write("^C\n");
    terminal.prompt();
  });
  terminal.setPrompt(`${shell.prompt()} `);
  terminal.prompt();
  for await (const line of terminal) {
    if (line.trim() === "exit" && shell.machine === null) break;
    if (line.trim() !== "") await run(line, write);
    terminal.setPrompt(`${shell.prompt()} `);
    terminal.prompt();
  }
  terminal.close();
  return 0;
}

process.exitCode = await main(process.argv.slice(2));
