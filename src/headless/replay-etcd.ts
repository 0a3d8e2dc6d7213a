// npm run -s replay-etcd -- FILE ...: plays recordings of a real etcd against the store and compares every answer.
import { readFileSync } from "node:fs";
import { type Recording, replay } from "../sim/components/etcd/replay.ts";

const files = process.argv.slice(2);
if (files.length === 0) {
  console.error("Usage: npm run -s replay-etcd -- FILE ...");
  process.exit(2);
}

let passed = 0;
let failed = 0;
for (const file of files) {
  for (const { sequence, step, operation, difference } of replay(JSON.parse(readFileSync(file, "utf8")) as Recording)) {
    if (difference === null) {
      passed += 1;
      continue;
    }
    failed += 1;
    console.log(
      `${sequence} step ${step} (${operation})\n  expected ${difference.expected}\n  got      ${difference.got}`,
    );
  }
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
