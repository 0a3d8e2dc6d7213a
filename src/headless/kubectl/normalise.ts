/** What differs between two runs of the same command for no fault of kubectl's, made equal. */
import type { Outcome } from "./twins.ts";

const REPLACED: readonly (readonly [RegExp, string])[] = [
  [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g, "UID"],
  [/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, "TIME"],
  [/\b(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d \w{3} \d{4} \d\d:\d\d:\d\d \+0000/g, "TIME"],
  [/\b10\.(244|96|97|98|99|1\d\d)\.\d+\.\d+\b/g, "ADDRESS"],
  [/(resourceVersion"?: ?"?)\d+/g, "$1N"],
  [/-[0-9a-f]{7,10}-[bcdfghjklmnpqrstvwxz2456789]{5}\b/g, "-HASH-POD"],
  [/\bkube-api-access-[a-z0-9]{5}\b/g, "kube-api-access-xxxxx"],
  [/\b(containerd:\/\/|sha256:)[0-9a-f]{64}/g, "$1HEX"],
  [/\b(nodePort"?: )\d{5}\b/g, "$1PORT"],
  [/:(3[0-2]\d{3})\/TCP/g, ":PORT/TCP"],
  [/\b(LIVE|MERGED)-\d+/g, "$1-NUMBER"],
  [/\b\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)? \+0000/g, "TIME"],
  [/\bkubectl\.1\.\d\d\b/g, "kubectl"],
  [/\/tmp\/kubectl-edit-\d+/g, "/tmp/kubectl-edit-NUMBER"],
  [/\bexec "\d+-\d+"/g, 'exec "ID"'],
  [/\bworker-\d\/10\.\d+\.\d+\.\d+/g, "NODE"],
  [/ to worker-\d\b/g, " to NODE"],
  [/(NodeName: +)worker-\d/g, "$1NODE"],
  [/\b(web-)[bcdfghjklmnpqrstvwxz2456789]{5}\b/g, "$1SLICE"],
  [/\b\d+ms\b/g, "AGE"],
  [/(?<![\w.:/=-])(\d+y)?(\d+d)?(\d+h)?(\d+m)?\d+(s|m|h|d|y)\b(?! of)/g, "AGE"],
];

export function normalise(outcome: Outcome, namespace: string, folder: string): Outcome {
  const plain = (text: string): string => {
    let shown = text.replaceAll(folder, "FOLDER").replaceAll(namespace, "NAMESPACE");
    for (const [pattern, instead] of REPLACED) shown = shown.replace(pattern, instead);
    return shown
      .split("\n")
      .map((line) =>
        /AGE|Age |ADDRESS|TIME|POD|PORT|UID|SLICE|^ *-+( +-+)+ *$/.test(line) ? line.replace(/ {2,}|\t/g, "  ") : line,
      )
      .join("\n");
  };
  return { stdout: plain(outcome.stdout), stderr: plain(outcome.stderr), code: outcome.code };
}
