import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { makeLab } from "../testing/run.ts";

interface Captured {
  readonly files: Readonly<Record<string, string>>;
  readonly cases: readonly { readonly folder: string; readonly stdout: string; readonly stderr: string }[];
}

const captured = JSON.parse(readFileSync(new URL("testdata/captured.json", import.meta.url), "utf8")) as Captured;

function prepared(files: Readonly<Record<string, string>> = captured.files) {
  const lab = makeLab();
  for (const [path, text] of Object.entries(files)) lab.files.set(path, text);
  return lab;
}

describe("kubectl kustomize prints what the real one printed", () => {
  it.each(captured.cases)("$folder", async ({ folder, stdout, stderr }) => {
    expect(await prepared().run(`kustomize ${folder}`)).toEqual({ stdout, stderr, code: 0 });
  });
});

describe("a kustomization that cannot be built", () => {
  it.each([
    ["unknown field", "foo: bar", 'invalid Kustomization: json: unknown field "foo"'],
    ["a field that is not built here", "helmCharts: []", "invalid Kustomization: helmCharts is not built here"],
    ["elsewhere", "resources: [https://example.com/x]", "there is no way out"],
    ["a file that is not there", "resources: [nope.yaml]", "nope.yaml: no such file or directory"],
    ["itself", "resources: [../a]", "cycle detected"],
    [
      "a patch for nothing",
      "patches: [{patch: '{apiVersion: v1, kind: Pod, metadata: {name: x}}'}]",
      "failed to find unique target for patch",
    ],
    [
      "merging into nothing",
      "configMapGenerator: [{name: x, behavior: merge, literals: [a=b]}]",
      "does not exist; cannot merge or replace",
    ],
  ])("%s", async (_name, text, problem) => {
    const { stderr, code } = await prepared({ "a/kustomization.yaml": text, "a/b.txt": "" }).run("kustomize a");
    expect([code, stderr]).toEqual([1, expect.stringContaining(problem)]);
  });

  it("patches delete, labels reach templates, names are followed", async () => {
    const { stdout } = await prepared({
      "a/kustomization.yaml": `resources: [all.yaml]
nameSuffix: -x
labels: [{pairs: {l: v}, includeSelectors: true}]
patches: [{patch: '{apiVersion: v1, kind: Service, metadata: {name: s}, $patch: delete}'}]`,
      "a/all.yaml": `apiVersion: v1
kind: Service
metadata: {name: s}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: c}
---
apiVersion: batch/v1
kind: CronJob
metadata: {name: j}
spec: {jobTemplate: {spec: {template: {spec: {volumes: [{name: v, persistentVolumeClaim: {claimName: c}}]}}}}}`,
    }).run("kustomize a");
    expect(stdout).not.toContain("kind: Service");
    expect(stdout).toContain("claimName: c-x");
    expect(stdout.match(/l: v/g)).toHaveLength(4);
  });
});
