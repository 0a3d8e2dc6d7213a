import { beforeAll, describe, expect, it } from "vitest";
import { createHeadlessShell, type HeadlessShell } from "./run-transcript.ts";

const breathe = () => new Promise<void>((resolve) => setImmediate(resolve));

let shell: HeadlessShell;
const run = (line: string) => shell.run(`${line}\n`);
const out = async (line: string) => (await run(line)).stdout;
const nowUs = () => shell.host.session.nowUs;
const SILENT = { stdout: "", stderr: "", exitCode: 0 };
const refused = (text: string, exitCode = 1) => ({ stdout: "", stderr: `lab: ${text}\n`, exitCode });

beforeAll(async () => {
  shell = createHeadlessShell(breathe);
  expect(await run("lab now")).toEqual(refused("no cluster has been started; type: lab topology basic"));
  expect(await run("lab topology basic --seed=4 --set nodeMonitorGracePeriod=40s")).toEqual(SILENT);
}, 60_000);

describe("lab", () => {
  it("says what it does not know", async () => {
    expect(await run("lab frob")).toEqual(refused('unknown command "frob"; "lab help" lists them.'));
    expect(await run("lab topology nope")).toMatchObject({ exitCode: 1 });
    expect(await run("lab topology basic --seed x")).toEqual(refused('"x" is no seed; give a whole number.'));
    expect((await run("lab topology basic --set colour=red")).stderr).toContain('There is no setting "colour"');
    expect((await run("lab topology basic --set etcdMembers=four")).stderr).toContain("etcdMembers");
    expect((await run("lab wait soon")).stderr).toBe('lab: "soon" is no duration; write 30s, 500ms or 2m10s.\n');
    expect((await run("lab rewind to nowhere")).exitCode).toBe(1);
    expect((await run("lab switch nowhere")).exitCode).toBe(1);
    expect((await run("lab fail frob etcd@control-plane-1")).exitCode).toBe(1);
    expect((await run("lab fail crash etcd@nowhere")).exitCode).toBe(1);
    expect((await run("lab heal crash nobody")).exitCode).toBe(1);
    expect((await run("lab load nothing")).stderr).toBe("lab: nothing: No such file or directory\n");
    expect((await run("echo hostile > f; lab load f")).stderr).toBe(
      "lab: This is no saved session: it is not valid JSON.\n",
    );
    expect(await out("lab now")).toMatch(/^\S+s {3}2026-11-20T\S+Z$/m);
  });

  it("lets exactly as much time pass as it is told, and none where it shall not", async () => {
    const before = nowUs();
    expect(await run("lab wait 1m2.5s")).toEqual(SILENT);
    expect(nowUs() - before).toBe(62_500_000);
    await run("lab mark here; lab hash; lab now; lab status; lab faults; lab check; lab branches; lab fail; lab help");
    expect(nowUs() - before).toBe(62_500_000);
    expect(await out("lab check")).toBe("");
  });

  it("tries until at once, and then every second", async () => {
    const before = nowUs();
    expect(await run("lab until 10s true")).toEqual(SILENT);
    expect(nowUs()).toBe(before);
    expect(await run("lab until 3500ms 'echo no; echo why >&2; false'")).toEqual({
      stdout: "no\n",
      stderr: "why\n",
      exitCode: 1,
    });
    expect(nowUs() - before).toBe(3_500_000);
    await run("echo 0 > n");
    expect(await run("lab until 60s 'echo $(($(cat n) + 1)) > n; test $(cat n) -ge 5'")).toEqual(SILENT);
    expect(nowUs() - before).toBe(7_500_000);
    expect((await run("lab until soon true")).exitCode).toBe(1);
  });

  it("breaks, shows and mends", async () => {
    expect(await out("lab faults")).toBe("Nothing is broken.\n");
    expect(await run("lab fail stop kube-scheduler@control-plane-1")).toEqual(SILENT);
    expect(await run("lab fail stop kube-scheduler@control-plane-1")).toMatchObject({ exitCode: 1 });
    await run("lab wait 5s");
    expect(await out("lab faults")).toMatch(/stop +kube-scheduler@control-plane-1 +5s ago/);
    expect(await out("lab status | grep kube-scheduler")).toMatch(/control-plane-1 +stopped +5s/);
    expect(await run("lab heal stop kube-scheduler@control-plane-1")).toEqual(SILENT);
    await run("lab fail power-off worker-1; lab wait 1s");
    expect(await out("lab status | grep -c 'no power'")).toBe("3\n");
    expect(await run("lab heal")).toEqual(SILENT);
    expect(await out("lab faults")).toBe("Nothing is broken.\n");
  });

  it("names, lists and changes branches, and goes back in time", async () => {
    expect(await out("lab branch")).toBe("main\n");
    await run("lab mark start");
    const start = await out("lab hash");
    await run("kubectl create configmap one; lab wait 5s");
    const end = await out("lab hash");
    expect(await run("lab rewind to start")).toEqual(SILENT);
    expect(await out("lab hash")).toBe(start);
    await run("lab branch other; kubectl create configmap two");
    expect(await out("kubectl get configmaps -o name | grep -c 'one\\|two'")).toBe("1\n");
    expect(await run("lab branch main")).toMatchObject({ exitCode: 1 });
    expect(await out("lab branches")).toMatch(/^\* +other +main/m);
    expect(await run("lab switch main")).toEqual(SILENT);
    expect(await out("lab hash")).toBe(end);
    const at = nowUs();
    await run("lab rewind 2s");
    expect(at - nowUs()).toBe(2_000_000);
    await run("lab rewind to 1m");
    expect(nowUs()).toBe(60_000_000);
  });

  it("saves and loads, and makes a link", async () => {
    await run("kubectl create configmap kept; lab wait 3s; lab save session");
    const hash = await out("lab hash");
    expect(await out("lab share")).toMatch(/^#s=[A-Za-z0-9_-]+\n$/);
    await run("lab wait 3s; lab load session");
    expect(await out("lab hash")).toBe(hash);
    expect(await out("kubectl get cm kept -o name")).toBe("configmap/kept\n");
  });

  it("shows what an input caused", async () => {
    await run("kubectl create configmap traced");
    expect(await out("lab trace last")).toContain("kube-apiserver@control-plane-1");
    expect(await out("lab trace --as mermaid | head -1")).toBe("sequenceDiagram\n");
    expect(JSON.parse(await out("lab trace --as=json")).length).toBeGreaterThan(2);
    expect((await run("lab trace 99999999")).exitCode).toBe(1);
    expect((await run("lab trace --as prose")).exitCode).toBe(1);
  });
});
