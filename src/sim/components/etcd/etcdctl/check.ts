import { BAD_FEATURE, CommandError, type Command as CommandOf, INVALID_INPUT } from "../programs/command.ts";
import { putUnderLoad, type Steps } from "../programs/effects.ts";
import type { FlagValues } from "../programs/flags.ts";
import type { LoadReport } from "../programs/load.ts";
import { addressOf, type Client, call, callEndpoint } from "./client.ts";
import { rangeOf } from "./kv.ts";
import { line } from "./print-kv.ts";

type Command = CommandOf<Client>;

interface Workload {
  readonly perSecond: number;
  readonly clients: number;
}

const WORKLOADS: Readonly<Record<string, Workload>> = {
  s: { perSecond: 150, clients: 50 },
  m: { perSecond: 1_000, clients: 200 },
  l: { perSecond: 8_000, clients: 500 },
  xl: { perSecond: 15_000, clients: 1_000 },
};

const LONG_NAMES: Readonly<Record<string, string>> = { small: "s", medium: "m", large: "l", xLarge: "xl" };

const SECONDS = 60;
const KEY_BYTES = 256;
const VALUE_BYTES = 1_024;

const perf: Command = {
  name: "perf",
  short: "Check the performance of the etcd cluster",
  usage: "check perf [options] [flags]",
  flags: [
    { name: "auto-compact", usage: "Compact storage with last revision after test is finished." },
    { name: "auto-defrag", usage: "Defragment storage after test is finished." },
    {
      name: "load",
      value: "text",
      default: "s",
      usage: "The performance check's workload model. Accepted workloads: s(small), m(medium), l(large), xl(xLarge)",
    },
    {
      name: "prefix",
      value: "text",
      default: "/etcdctl-check-perf/",
      usage: "The prefix for writing the performance check's keys.",
    },
  ],
  *run(client, _args, flags) {
    const { load = "s", prefix = "" } = flags;
    const workload = WORKLOADS[LONG_NAMES[load] ?? load];
    if (workload === undefined) throw new CommandError(`unknown load option ${load}`, BAD_FEATURE);
    const keys = rangeOf([prefix], { prefix: "true" });
    const { kvs } = yield* call(client, { op: "range", ...keys, limit: 1 });
    if (kvs.length > 0) {
      throw new CommandError(
        `prefix ${JSON.stringify(prefix)} has keys. Delete with etcdctl del --prefix ${prefix} first`,
        INVALID_INPUT,
      );
    }
    const report = yield* putUnderLoad({
      addresses: client.endpoints.map(addressOf),
      certificate: client.certificate ?? null,
      keyPrefix: prefix,
      keyBytes: KEY_BYTES,
      valueBytes: VALUE_BYTES,
      seconds: SECONDS,
      ...workload,
    });
    line(client.sheet, fullBar());
    const { header } = yield* call(client, { op: "deleteRange", ...keys });
    yield* tidyUp(client, flags, header.revision);
    return printVerdict(client, report, workload) ? 0 : 1;
  },
};

const BAR_WIDTH = 80;

/** The progress bar, when all is done. */
function fullBar(): string {
  const [before, after] = [` ${SECONDS} / ${SECONDS} B`, "! 100.00% 1m0s"];
  return `${before}${"o".repeat(BAR_WIDTH - before.length - after.length)}${after}`;
}

function* tidyUp(client: Client, flags: FlagValues, revision: number): Steps<void> {
  if (flags["auto-compact"] === "true") {
    line(client.sheet, `Compacting with revision ${revision}`);
    yield* call(client, { op: "compact", revision, physical: true });
    line(client.sheet, `Compacted with revision ${revision}`);
  }
  if (flags["auto-defrag"] !== "true") return;
  for (const endpoint of client.endpoints) {
    line(client.sheet, `Defragmenting ${JSON.stringify(endpoint)}`);
    yield* callEndpoint(client, endpoint, { op: "defragment" });
    line(client.sheet, `Defragmented ${JSON.stringify(endpoint)}`);
  }
}

function printVerdict({ sheet }: Client, report: LoadReport, { perSecond }: Workload): boolean {
  const { slowest, deviation, errors } = report;
  if (errors.length > 0) line(sheet, "FAIL: too many errors");
  for (const [text, count] of errors) line(sheet, `FAIL: ERROR(${text}) -> ${count}`);
  const throughput = Math.trunc(report.perSecond) + 1;
  const isFast = report.perSecond / perSecond > 0.9;
  line(
    sheet,
    isFast ? `PASS: Throughput is ${throughput} writes/s` : `FAIL: Throughput too low: ${throughput} writes/s`,
  );
  const isSlow = slowest > 0.5;
  line(
    sheet,
    isSlow
      ? `Slowest request took too long: ${slowest.toFixed(6)}s`
      : `PASS: Slowest request took ${slowest.toFixed(6)}s`,
  );
  const isUneven = deviation > 0.1;
  line(sheet, isUneven ? `Stddev too high: ${deviation.toFixed(6)}s` : `PASS: Stddev is ${deviation.toFixed(6)}s`);
  const isGood = errors.length === 0 && isFast && !isSlow && !isUneven;
  line(sheet, isGood ? "PASS" : "FAIL");
  return isGood;
}

export const check: Command = {
  name: "check",
  short: "commands for checking properties of the etcd cluster",
  usage: "check <subcommand> [flags]",
  subcommands: [perf],
};
