import { beforeAll, describe, expect, it } from "vitest";
import { drive } from "../session/drive.ts";
import { createHeadlessShell, type HeadlessShell } from "./run-transcript.ts";

const breathe = () => new Promise<void>((resolve) => setImmediate(resolve));

let shell: HeadlessShell;
const run = (line: string) => shell.run(`${line}\n`);
const out = async (line: string) => (await run(line)).stdout;

beforeAll(async () => {
  shell = createHeadlessShell(breathe);
  expect(await run("lab topology basic --seed 3")).toEqual({ stdout: "", stderr: "", exitCode: 0 });
}, 60_000);

describe("the person's shell", () => {
  it("keeps variables and the folder from line to line", async () => {
    await run("NAME=web; mkdir -p work; cd work");
    expect(await out('echo "$NAME"; pwd')).toBe("web\n/home/you/work\n");
    expect(shell.shell.prompt()).toBe("you@laptop:~/work$");
    await run("cd");
    expect(shell.shell.prompt()).toBe("you@laptop:~$");
  });

  it("knows heredocs, pipes, substitution and redirection", async () => {
    await run("cat > a.yaml <<EOF\nkind: $NAME\nEOF");
    expect(await out("cat a.yaml")).toBe("kind: web\n");
    expect(await out("kubectl get nodes --no-headers | wc -l")).toBe("4\n");
    expect(await out('echo "there are $(kubectl get nodes --no-headers | wc -l) nodes"')).toBe("there are 4 nodes\n");
    await run("kubectl get nodes -o name > nodes; kubectl get nope 2> errors");
    expect(await out("head -1 nodes; cat errors")).toBe(
      'node/control-plane-1\nerror: the server doesn\'t have a resource type "nope"\n',
    );
  });

  it("applies manifests from files, folders and the standard input", async () => {
    await run(
      "mkdir -p m; for n in one two; do printf 'apiVersion: v1\\nkind: ConfigMap\\nmetadata: {name: %s}\\n' $n > m/$n.yaml; done",
    );
    expect(await out("kubectl apply -f m")).toBe("configmap/one created\nconfigmap/two created\n");
    expect(await out("cat m/one.yaml | kubectl apply -f -")).toBe("configmap/one unchanged\n");
  });

  it("says that a command is not known", async () => {
    expect(await run("frobnicate")).toEqual({
      stdout: "",
      stderr: "bash: frobnicate: command not found\n",
      exitCode: 127,
    });
  });

  it("takes long lines, and refuses one of five megabytes without harm", async () => {
    const text = "a".repeat(900_000);
    expect(await out(`echo ${text} | wc -c`)).toBe(`${text.length + 1}\n`);
    const { stderr, exitCode } = await run(`echo ${text.repeat(6)}`);
    expect([exitCode, stderr.slice(0, 18)]).toEqual([2, "bash: syntax error"]);
    expect(await out("echo on")).toBe("on\n");
  });

  it("reads the world's clock and lets it pass", async () => {
    const before = Number(await out("date +%s"));
    await run("sleep 90");
    expect(Number(await out("date +%s")) - before).toBe(90);
    const { nowUs } = shell.host.session;
    await run("sleep 0.5");
    expect(shell.host.session.nowUs - nowUs).toBe(500_000);
  });

  it("draws the same random numbers in every run, a new one each time", async () => {
    const lines = "echo $RANDOM; for i in 1 2 3; do echo $RANDOM; done; echo '$RANDOM'";
    const other = createHeadlessShell(breathe);
    const [mine, theirs] = [createHeadlessShell(breathe), other];
    const first = (await mine.run(lines)).stdout;
    expect((await theirs.run(lines)).stdout).toBe(first);
    const numbers = first.split("\n").slice(0, 4);
    expect(new Set(numbers).size).toBe(4);
    expect(first).toContain("$RANDOM\n");
  });

  it("has the administrator's kubeconfig, until the person writes one", async () => {
    expect(await out("cat ~/.kube/config")).toContain("server: https://10.0.0.11:6443");
    expect(await out("grep -c current-context ~/.kube/config")).toBe("1\n");
    await run("echo mine > ~/.kube/config");
    expect(await out("cat ~/.kube/config")).toBe("mine\n");
    await run("rm ~/.kube/config");
    expect(await out("ssh control-plane-1 cat /etc/kubernetes/admin.conf")).toContain("server: https://10.0.0.11:6443");
  });

  it("ends a command by timeout, on the world's clock", async () => {
    const { nowUs } = shell.host.session;
    expect((await run("timeout 20s kubectl get pods -w")).exitCode).toBe(124);
    expect(shell.host.session.nowUs - nowUs).toBe(20_000_000);
    expect((await run("timeout 20s kubectl get nodes -o name | head -1")).stdout).toBe("node/control-plane-1\n");
  });
});

describe("ssh", () => {
  it("runs a command as root on the machine", async () => {
    expect(await out("ssh worker-1 hostname; ssh worker-1 'echo $USER; pwd'")).toBe("worker-1\nroot\n/root\n");
    expect(await out("ssh worker-1 'crictl ps | grep -c Running'")).toMatch(/^[1-9]\n$/);
    expect(await out("ssh -t root@worker-1 sudo systemctl is-active kubelet")).toBe("active\n");
  });

  it("stays there until exit", async () => {
    await run("ssh worker-1");
    expect(shell.shell.prompt()).toBe("root@worker-1:~#");
    expect(await out("cat /etc/hostname")).toBe("worker-1\n");
    expect(await run("exit")).toEqual({
      stdout: "logout\n",
      stderr: "Connection to worker-1 closed.\n",
      exitCode: 0,
    });
    expect(shell.shell.prompt()).toBe("you@laptop:~$");
  });

  it("writes what a command changed to the machine's disk, and nothing else", async () => {
    const inputs = () => shell.host.session.branch.inputs.length;
    await run("ssh worker-1 'mkdir -p /tmp/a && echo one > /tmp/a/x && cp -r /tmp/a /tmp/b; echo no > /dev/null'");
    expect(await out("ssh worker-1 'cat /tmp/b/x; ls /tmp'")).toBe("one\na\nb\n");
    await run("echo two | ssh worker-1 'cat >> /tmp/a/x'");
    expect(await out("ssh worker-1 cat /tmp/a/x")).toBe("one\ntwo\n");
    await run("ssh worker-1 rm -r /tmp/a");
    expect(await out("ssh worker-1 ls /tmp")).toBe("b\n");
    const before = inputs();
    await run("ssh worker-1 'cat /etc/hostname > /dev/null; chmod 600 /etc/kubernetes/kubelet.conf'");
    expect(inputs()).toBe(before);
  });

  it("moves a static pod's manifest away and back", async () => {
    const scheduler = "kubectl get pods -n kube-system -o name | grep -c scheduler";
    await run("ssh control-plane-1 mv /etc/kubernetes/manifests/kube-scheduler.yaml /tmp/; lab wait 40s");
    expect(await out(scheduler)).toBe("0\n");
    await run("ssh control-plane-1 mv /tmp/kube-scheduler.yaml /etc/kubernetes/manifests/; lab wait 40s");
    expect(await out(scheduler)).toBe("1\n");
  });

  it("does not reach what is not there", async () => {
    expect(await run("ssh nowhere ls")).toEqual({
      stdout: "",
      stderr: "ssh: Could not resolve hostname nowhere: Name or service not known\n",
      exitCode: 255,
    });
    await run("lab fail power-off worker-3");
    expect(await run("ssh worker-3 ls")).toEqual({
      stdout: "",
      stderr: "ssh: connect to host worker-3 port 22: No route to host\n",
      exitCode: 255,
    });
    await run("lab heal");
  });
});

describe("Ctrl-C and time travel", () => {
  const interruptSoon = async (line: string, act: () => void) => {
    let turns = 0;
    let acted = false;
    const own = async () => {
      await breathe();
      turns += 1;
      if (turns <= 3 || acted || shell.host.session.waiting === 0) return;
      acted = true;
      act();
    };
    let stdout = "";
    let stderr = "";
    const program = shell.shell.run(line, null, (stream, text) => {
      if (stream === "out") stdout += text;
      else stderr += text;
    });
    const exitCode = await drive(shell.host, program, own);
    return { exitCode, stdout, stderr };
  };

  it.each([
    "kubectl get nodes -w",
    "sleep 10000",
    "lab wait 2h",
    "lab until 20h false",
    "while true; do sleep 100; done",
  ])("Ctrl-C ends %s", async (line) => {
    const result = await interruptSoon(line, () => shell.shell.interrupt());
    expect(result.exitCode).toBe(130);
    expect((await run("echo on")).stdout).toBe("on\n");
  });

  it("shows a lone command's output as it is made", async () => {
    const seen: string[] = [];
    const { exitCode } = await shell.run("timeout 5 kubectl get nodes", (_stream, text) => seen.push(text));
    expect(exitCode).toBe(0);
    const parts: string[] = [];
    await interruptSoon("kubectl get nodes -w", () => {
      shell.shell.interrupt();
    }).then(({ stdout }) => parts.push(stdout));
    expect(parts[0]).toContain("control-plane-1");
  });

  it("a rewind ends the line that runs, loops and all, and says so", async () => {
    const branches = shell.host.session.branches.size;
    const result = await interruptSoon("while true; do kubectl get nodes > /dev/null; sleep 1; done", () => {
      const { session } = shell.host;
      session.rewindTo(session.nowUs - 5_000_000, false);
    });
    expect(result).toEqual({ exitCode: 130, stdout: "", stderr: "Time was moved; the command was cut off.\n" });
    expect(shell.host.session.branches.size).toBe(branches);
  });
});

it("kubectl edit opens the editor that the page has", async () => {
  const { run, shell } = createHeadlessShell(() => new Promise((resolve) => setImmediate(resolve)));
  await run("lab topology single");
  await run("kubectl create configmap colours --from-literal=sky=grey");
  const shown: string[] = [];
  shell.editor = async (path, text) => {
    shown.push(path);
    return text.replace("grey", "blue");
  };
  expect((await run("kubectl edit configmap colours")).stdout).toBe("configmap/colours edited\n");
  expect(shown[0]).toMatch(/^\/tmp\/kubectl-edit-\d+\.yaml$/);
  expect((await run("kubectl get configmap colours -o jsonpath='{.data.sky}'")).stdout).toBe("blue");
  shell.editor = async (_path, text) => text;
  expect((await run("kubectl edit configmap colours")).stderr).toBe("Edit cancelled, no changes made.\n");
});
