import type { Compare, TxnOperation, TxnRequest } from "../messages.ts";
import { BAD_ARGUMENTS, type Command, CommandError, INVALID_INPUT } from "../programs/command.ts";
import { readStdin, type Steps } from "../programs/effects.ts";
import { parseFlags, UsageError } from "../programs/flags.ts";
import { type Client, call } from "./client.ts";
import { del, deleteRequest, get, put, putRequest, rangeRequest } from "./kv.ts";
import { printTxn } from "./print-kv.ts";

export const txn: Command<Client> = {
  name: "txn",
  short: "Txn processes all the requests in one transaction",
  usage: "txn [options] [flags]",
  flags: [{ name: "interactive", short: "i", usage: "Input transaction in interactive mode" }],
  *run(client, args, flags) {
    if (args.length !== 0) throw new CommandError("txn command does not accept argument", BAD_ARGUMENTS);
    const prompt = (text: string) => {
      if (flags.interactive === "true") client.sheet.terminal.out(`${text}\n`);
    };
    const lines = (yield* readStdin()).split("\n");
    // What comes after the last line's end is no line.
    lines.pop();
    prompt("compares:");
    const compare = readBlock(lines).map(compareOf);
    prompt("success requests (get, put, del):");
    const success = yield* operationsOf(readBlock(lines));
    prompt("failure requests (get, put, del):");
    const failure = yield* operationsOf(readBlock(lines));
    const request: TxnRequest = { op: "txn", compare, success, failure };
    printTxn(client.sheet, yield* call(client, request));
  },
};

/** Lines up to an empty one, which must be there. */
function readBlock(lines: string[]): string[] {
  const block: string[] = [];
  for (;;) {
    const line = lines.shift()?.trim();
    if (line === undefined) throw new CommandError("EOF", INVALID_INPUT);
    if (line === "") return block;
    block.push(line);
  }
}

const TARGETS: Readonly<Record<string, Compare["target"]>> = {
  ver: "VERSION",
  version: "VERSION",
  c: "CREATE",
  create: "CREATE",
  m: "MOD",
  mod: "MOD",
  val: "VALUE",
  value: "VALUE",
  lease: "LEASE",
};

const RESULTS: Readonly<Record<string, Compare["result"]>> = {
  "=": "EQUAL",
  "!=": "NOT_EQUAL",
  ">": "GREATER",
  "<": "LESS",
};

/** `mod("key") > "0"`. */
function compareOf(line: string): Compare {
  const invalid = (text: string) => new CommandError(text, INVALID_INPUT);
  const open = line.indexOf("(");
  if (open < 0) throw invalid(`malformed comparison: ${line}`);
  const name = line.slice(0, open);
  const match = /^\("((?:[^"\\]|\\.)*)"\)\s+(\S+)\s+"((?:[^"\\]|\\.)*)"/.exec(line.slice(open));
  if (match === null) throw invalid(`malformed comparison: ${line}; got ${name}("")  ""`);
  const [, key = "", sign = "", operand = ""] = match;
  const target = TARGETS[name];
  if (target === undefined) throw invalid(`malformed comparison: ${line} (unknown target ${name})`);
  const result = RESULTS[sign];
  if (result === undefined) throw invalid(`malformed comparison: ${line} (unknown result op)`);
  if (target === "VALUE") return { key: unquote(key), target, result, operand: unquote(operand) };
  const pattern = target === "LEASE" ? /^[0-9a-fA-F]+$/ : /^-?\d+$/;
  if (!pattern.test(operand))
    throw invalid(`invalid txn compare request: ${line} (strconv.ParseInt: parsing "${operand}": invalid syntax)`);
  return { key: unquote(key), target, result, operand: Number.parseInt(operand, target === "LEASE" ? 16 : 10) };
}

function unquote(text: string): string {
  return text.replace(/\\(.)/g, (_all, next: string) => (next === "n" ? "\n" : next === "t" ? "\t" : next));
}

function* operationsOf(lines: readonly string[]): Steps<TxnOperation[]> {
  const operations: TxnOperation[] = [];
  for (const line of lines) operations.push(yield* operationOf(line));
  return operations;
}

/** `put key "some value"`, `get key --prefix`, `del key`: with the flags of those commands. */
function* operationOf(line: string): Steps<TxnOperation> {
  const [name = "", ...words] = wordsOf(line);
  if (words.length === 0) throw new CommandError(`invalid txn compare request: ${line}`, INVALID_INPUT);
  const command = [get, put, del].find((each) => each.name === name);
  try {
    if (command === undefined) throw new UsageError("");
    const { args, flags } = parseFlags(words, command.flags ?? []);
    if (command === get) return rangeRequest(args, flags);
    return command === put ? yield* putRequest(args, flags, nothing()) : deleteRequest(args, flags);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    throw new CommandError(`invalid txn request: ${line}`, INVALID_INPUT);
  }
}

// biome-ignore lint/correctness/useYield: it gives nothing, at once.
function* nothing(): Steps<string> {
  return "";
}

/** Words as a shell would cut them: with quotes of either kind. */
function wordsOf(line: string): string[] {
  const words = line.match(/(?:"(?:[^"\\]|\\.)*"|'[^']*'|[^\s"'])+/g) ?? [];
  return words.map((word) =>
    word.replace(/"((?:[^"\\]|\\.)*)"|'([^']*)'/g, (_all, double?: string, single?: string) =>
      double === undefined ? (single ?? "") : unquote(double),
    ),
  );
}
