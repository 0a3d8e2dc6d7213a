import { describe, expect, it } from "vitest";
import { complete } from "./completion.ts";
import { at } from "./json.ts";
import { cluster } from "./testing/objects.ts";
import { makeLab } from "./testing/run.ts";
import { lastApplied } from "./verbs/create/generate.ts";

describe("when the server does not answer", () => {
  it.each([
    [
      "refused",
      "dial tcp 10.0.0.5:6443: connect: connection refused",
      "The connection to the server 10.0.0.5:6443 was refused - did you specify the right host or port?\n",
    ],
    [
      "timedOut",
      "dial tcp 10.0.0.5:6443: i/o timeout",
      "Unable to connect to the server: dial tcp 10.0.0.5:6443: i/o timeout\n",
    ],
    ["tls", "net/http: TLS handshake timeout", "Unable to connect to the server: net/http: TLS handshake timeout\n"],
  ] as const)("%s is told apart", async (failure, text, stderr) => {
    const lab = makeLab(cluster);
    await lab.run("get nodes");
    lab.api.fault = () => ({ failure, text });
    expect(await lab.run("get pods")).toEqual({ stdout: "", stderr, code: 1 });
  });

  it("who never reached it hears of every look for its kinds", async () => {
    const lab = makeLab();
    lab.api.fault = () => ({ failure: "refused", text: "dial tcp 10.0.0.5:6443: connect: connection refused" });
    const look = (index: number) =>
      `E1120 09:30:00.00${index * 13}00    4242 memcache.go:265] "Unhandled Error" err="couldn't get current server API group list: Get \\"https://10.0.0.5:6443/api?timeout=32s\\": dial tcp 10.0.0.5:6443: connect: connection refused"`;
    const end = "The connection to the server 10.0.0.5:6443 was refused - did you specify the right host or port?";
    const lines = (await lab.run("get pods")).stderr.trimEnd().split("\n");
    expect([lines.length, lines[1], lines[5]]).toEqual([6, look(1), end]);
    expect((await lab.run("explain pods")).stderr.trimEnd().split("\n")).toHaveLength(3);
  });

  it("what would be validated is not sent", async () => {
    const lab = makeLab();
    lab.files.set("a.yaml", "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}");
    lab.api.fault = () => ({ failure: "refused", text: "dial tcp 10.0.0.5:6443: connect: connection refused" });
    expect((await lab.run("apply -f a.yaml")).stderr).toBe(
      'error: error validating "a.yaml": error validating data: failed to download openapi: Get "https://10.0.0.5:6443/openapi/v2?timeout=32s": dial tcp 10.0.0.5:6443: connect: connection refused; if you choose to ignore these errors, turn validation off with --validate=false\n',
    );
  });

  it("version still says what the client is", async () => {
    const lab = makeLab();
    lab.api.fault = () => ({ failure: "refused", text: "" });
    const { stdout, code } = await lab.run("version");
    expect(stdout).toBe("Client Version: v1.33.1\nKustomize Version: v5.6.0\n");
    expect(code).toBe(1);
  });
});

describe("what the server refuses", () => {
  it.each([
    [
      403,
      { reason: "Forbidden", message: "pods is forbidden: no" },
      "Error from server (Forbidden): pods is forbidden: no\n",
    ],
    [
      401,
      { reason: "Unauthorized", message: "Unauthorized" },
      "error: You must be logged in to the server (Unauthorized)\n",
    ],
    [500, { message: "etcdserver: request timed out" }, "Error from server: etcdserver: request timed out\n"],
    [
      422,
      {
        reason: "Invalid",
        details: {
          name: "p",
          kind: "Pod",
          causes: [
            { field: "spec.a", message: "Required value" },
            { field: "spec.b", message: "Too long" },
          ],
        },
      },
      'The Pod "p" is invalid: \n* spec.a: Required value\n* spec.b: Too long\n',
    ],
  ])("%i is worded", async (status, body, stderr) => {
    const lab = makeLab(cluster);
    const answer = {
      status,
      headers: {},
      body: JSON.stringify({ kind: "Status", apiVersion: "v1", status: "Failure", ...body }),
    };
    lab.api.fault = ({ path }) => (path.includes("/pods") ? answer : null);
    expect(await lab.run("get pods")).toEqual({ stdout: "", stderr, code: 1 });
  });

  it("warnings of the server go to stderr, each once", async () => {
    const lab = makeLab(cluster);
    const answer = {
      status: 200,
      headers: { warning: '299 - "v1 Endpoints is \\"old\\"", 299 - "second"' },
      body: '{"kind":"List","items":[]}',
    };
    lab.api.fault = ({ path }) => (path.includes("/endpoints") ? answer : null);
    const { stderr } = await lab.run("get ep -o name");
    expect(stderr).toBe('Warning: v1 Endpoints is "old"\nWarning: second\n');
  });
});

describe("apply", () => {
  const manifest = (color: string) =>
    `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ap\ndata:\n  color: ${color}\n  size: big\n`;

  it("creates, leaves alone, changes, and removes what is no longer said", async () => {
    const lab = makeLab();
    expect((await lab.run("apply -f -", manifest("red"))).stdout).toBe("configmap/ap created\n");
    expect((await lab.run("apply -f -", manifest("red"))).stdout).toBe("configmap/ap unchanged\n");
    expect((await lab.run("apply -f -", manifest("blue"))).stdout).toBe("configmap/ap configured\n");
    await lab.run("apply -f -", manifest("blue").replace("  size: big\n", ""));
    const live = lab.api.object("ConfigMap", "ap");
    expect(at(live, "data")).toEqual({ color: "blue" });
    expect(at(live, "metadata", "annotations", lastApplied)).toBe(
      '{"apiVersion":"v1","data":{"color":"blue"},"kind":"ConfigMap","metadata":{"annotations":{},"name":"ap","namespace":"default"}}\n',
    );
  });

  it("an alias bomb and a deep nest are refused in words", async () => {
    const lab = makeLab();
    const bomb = [
      "a: &a [x,x,x,x,x,x,x,x,x]",
      ..."bcdefghi"
        .split("")
        .map((letter, index) => `${letter}: &${letter} [${Array(9).fill(`*${"abcdefgh"[index]}`).join(",")}]`),
    ].join("\n");
    expect((await lab.run("apply -f -", bomb)).stderr).toBe(
      "error: error parsing STDIN: error converting YAML to JSON: yaml: document contains excessive aliasing\n",
    );
    const deep = `a: ${"[".repeat(5_000)}${"]".repeat(5_000)}`;
    const { stderr, code } = await lab.run("apply -f -", deep);
    expect(stderr).toContain("yaml: exceeded max depth of 10000");
    expect(code).toBe(1);
  });
});

describe("exec", () => {
  it("passes what the command prints and its exit code", async () => {
    const lab = makeLab(cluster);
    lab.api.onExec = (command, stdin) => ({ stdout: `${command.join(" ")}:${stdin}`, stderr: "oh\n", exitCode: 3 });
    expect(await lab.run("exec -i deploy/web -- cat -n", "hello")).toEqual({
      stdout: "cat -n:hello",
      stderr: "oh\ncommand terminated with exit code 3\n",
      code: 3,
    });
  });
});

describe("completion", () => {
  it.each([
    [["ro"], ["rollout"]],
    [["rollout", "un"], ["undo"]],
    [
      ["get", "pod"],
      ["poddisruptionbudgets", "pods", "podtemplates"],
    ],
    [
      ["get", "pods", "web-"],
      ["web-7c5d8bf9f7-abcde", "web-7c5d8bf9f7-fghij"],
    ],
    [["logs", "web-7c5d8bf9f7-abcde", "-c", ""], ["nginx"]],
    [["get", "pods", "-n", "kube"], ["kube-system"]],
    [
      ["get", "pods", "--show"],
      ["--show-kind", "--show-labels", "--show-managed-fields"],
    ],
    [["describe", "deploy/w"], ["deploy/web"]],
    [
      ["drain", ""],
      ["worker-1", "worker-2"],
    ],
  ])("%j", async (words, expected) => {
    const lab = makeLab(cluster);
    expect(await complete(words, words.length - 1, lab.api)).toEqual(expected);
  });

  it("is silent while the server is away", async () => {
    const lab = makeLab(cluster);
    lab.api.fault = () => ({ failure: "refused", text: "" });
    expect(await complete(["get", "pods", ""], 2, lab.api)).toEqual([]);
  });
});

describe("config", () => {
  it("set-context keeps the namespace for the commands that follow", async () => {
    const lab = makeLab(cluster);
    expect((await lab.run("config set-context --current --namespace=kube-system")).stdout).toBe(
      'Context "kubernetes-admin@kubernetes" modified.\n',
    );
    expect((await lab.run("get pods")).stderr).toBe("No resources found in kube-system namespace.\n");
  });
});
