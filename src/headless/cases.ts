// npm run -s cases -- FILE ...: puts files of recorded cases to the product's own functions.
// One line for each failure and for each reason to skip; the last line is `N passed, M failed, K skipped`.
import { readCaseFile } from "./cases/read-case-file.ts";
import { runCases } from "./cases/run-cases.ts";

const files = process.argv.slice(2);
if (files.length === 0) {
  console.error("usage: npm run -s cases -- FILE ...");
  process.exit(2);
}

let passed = 0;
let failed = 0;
let skipped = 0;
for (const file of files) {
  const reasons = new Map<string, number>();
  for (const { suite, name, outcome } of runCases(readCaseFile(file))) {
    if (outcome.result === "pass") passed += 1;
    else if (outcome.result === "fail") {
      failed += 1;
      console.log(`FAIL ${suite}: ${name}: ${outcome.difference}`);
    } else {
      skipped += 1;
      const reason = `${suite}: ${outcome.reason}`;
      reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
    }
  }
  for (const [reason, count] of reasons) console.log(`SKIP ${reason} (${count})`);
}
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
process.exitCode = failed === 0 ? 0 : 1;
