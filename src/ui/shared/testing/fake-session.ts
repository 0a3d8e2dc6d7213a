import type { SessionCommands, SessionStart, ShellCommands } from "../../../protocol/commands.ts";
import type { ViewUpdate } from "../../../protocol/updates.ts";
import type {
  ComponentView,
  FaultMark,
  MessageView,
  Selection,
  TimelineMark,
  TimeView,
} from "../../../protocol/views.ts";
import type { Connection } from "../session.ts";
import { type FakeCluster, fakeCluster, fakeInspector, podsOfEveryState } from "./fake-cluster.ts";

/** A stand-in for the session in tests of the page and under `?fake` of the development server. */
export class FakeSession implements SessionCommands {
  readonly calls: string[] = [];
  private listener: (update: ViewUpdate) => void = () => {};
  private cluster: FakeCluster = fakeCluster("basic");
  private topology = "basic";
  private faults: FaultMark[] = [];
  private selection: Selection | null = null;
  private messages: MessageView[] = [];
  private nextMessage = 1;
  private marks: TimelineMark[] = [{ id: "m1", atUs: 12_000_000, kind: "input", label: "kubectl apply -f web.yaml" }];
  private time: TimeView = {
    nowUs: 42_000_000,
    wallUs: 1_760_000_000_000_000,
    playing: true,
    speed: 1,
    following: true,
    pace: "slow: deployments web is on its way",
    rate: 0.004,
    followedTrace: 7,
    startUs: 0,
    readyUs: 9_000_000,
    marks: [],
    branches: [{ id: "main", name: "main", parent: null, forkedAtUs: 0, endUs: 42_000_000, current: true }],
    skips: [],
    busy: "",
  };
  private timer: ReturnType<typeof setInterval> | undefined;

  async open(start: SessionStart): Promise<void> {
    this.calls.push(`open ${start.type}`);
    if (start.type === "new") this.topology = start.topology;
    this.cluster = fakeCluster(this.topology);
    this.cluster = {
      ...this.cluster,
      pods: [...this.cluster.pods, ...(this.topology === "single" ? [] : podsOfEveryState)],
    };
    this.faults = [];
    this.messages = [];
    this.sendAll(true);
    this.timer ??= setInterval(() => this.tick(33), 33);
  }

  close(): void {
    clearInterval(this.timer);
  }

  /** Lets real milliseconds pass. */
  tick(ms: number): void {
    if (!this.time.playing) return;
    const nowUs = Math.round(this.time.nowUs + ms * 1000 * this.time.rate);
    const arrived = this.messages.filter((message) => message.arrivesAtUs < nowUs);
    this.messages = this.messages.filter((message) => message.arrivesAtUs >= nowUs);
    const sent: MessageView[] = [];
    while (this.messages.length + sent.length < 6) sent.push(this.makeMessage(nowUs));
    this.messages.push(...sent);
    this.time = { ...this.time, nowUs };
    this.listener({ reset: false, time: this.view(), messages: { remove: arrived.map(({ id }) => id), upsert: sent } });
  }

  private makeMessage(nowUs: number): MessageView {
    const id = this.nextMessage++;
    const links = this.cluster.links;
    const link = links[(id * 7) % links.length]!;
    const back = id % 2 === 0;
    const shapes = {
      api: "request",
      kubectl: "request",
      etcd: "request",
      raft: "raft",
      cri: "cri",
      pod: "pod",
    } as const;
    const followed = id % 3 === 0;
    return {
      id,
      from: back ? link.to : link.from,
      to: back ? link.from : link.to,
      shape: back && link.kind === "api" ? (id % 4 ? "answer" : "watch") : shapes[link.kind],
      label: followed ? "POST deployments web" : "GET leases",
      sentAtUs: nowUs,
      arrivesAtUs: nowUs + 4000 + (id % 5) * 1500,
      trace: followed ? 7 : id,
      followed,
      lost: link.state === "cut",
    };
  }

  async subscribe(listener: (update: ViewUpdate) => void): Promise<void> {
    this.listener = listener;
  }
  async show(views: readonly string[]): Promise<void> {
    this.calls.push(`show ${views.join(" ")}`);
  }
  async select(selection: Selection | null): Promise<void> {
    this.selection = selection;
    this.sendInspector();
  }
  async play(): Promise<void> {
    this.setTime({ playing: true });
  }
  async pause(): Promise<void> {
    this.setTime({ playing: false });
  }
  async setSpeed(speed: number): Promise<void> {
    this.setTime({ speed, following: false, rate: speed });
  }
  async setFollowing(following: boolean): Promise<void> {
    this.setTime({ following });
  }
  async followTrace(trace: number | null): Promise<void> {
    this.setTime({ followedTrace: trace });
  }
  async step(what: string): Promise<void> {
    this.calls.push(`step ${what}`);
    this.setTime({ playing: false, nowUs: this.time.nowUs + 1000 });
  }
  async rewindTo(atUs: number): Promise<void> {
    this.setTime({ nowUs: atUs });
  }
  async skipTo(atUs: number): Promise<void> {
    this.setTime({ nowUs: atUs });
  }
  async switchBranch(id: string): Promise<void> {
    this.calls.push(`switch ${id}`);
  }
  async mark(name: string): Promise<void> {
    this.marks = [...this.marks, { id: `mark ${name}`, atUs: this.time.nowUs, kind: "mark", label: name }];
    this.setTime({});
  }

  async breakIt(fault: string, target: string): Promise<string | null> {
    this.calls.push(`break ${fault} ${target}`);
    const mark = { id: `${fault} ${target}`, fault, target, label: fault, sinceUs: this.time.nowUs };
    this.faults = [...this.faults, mark];
    this.marks = [...this.marks, { id: mark.id, atUs: mark.sinceUs, kind: "fault", label: mark.id }];
    this.applyFaults();
    return null;
  }
  async mend(faultId: string): Promise<string | null> {
    this.calls.push(`mend ${faultId}`);
    this.faults = this.faults.filter(({ id }) => id !== faultId);
    this.applyFaults();
    return null;
  }
  async mendEverything(): Promise<void> {
    this.faults = [];
    this.applyFaults();
  }
  async undoBreak(): Promise<string | null> {
    if (this.faults.length === 0) return "Nothing is broken.";
    this.faults = this.faults.slice(0, -1);
    this.applyFaults();
    return null;
  }

  private applyFaults(): void {
    const of = (id: string) => this.faults.filter(({ target }) => target === id);
    const plain = fakeCluster(this.topology);
    const states: Record<string, ComponentView["state"]> = {
      stop: "stopped",
      crash: "crashed",
      hang: "hung",
      slow: "slow",
    };
    const dark = (id: string) => of(id).some(({ fault }) => fault === "power-off");
    this.cluster = {
      ...this.cluster,
      machines: plain.machines.map((machine) =>
        dark(machine.id) ? { ...machine, power: "off", node: "NotReady", faults: of(machine.id) } : machine,
      ),
      components: plain.components.map((component) => {
        const faults = of(component.id);
        if (dark(component.machine)) return { ...component, state: "no power", tone: "off", doing: "" };
        if (faults[0])
          return { ...component, faults, state: states[faults[0].fault] ?? "running", tone: "bad", doing: "" };
        const quorumLost = this.faults.some(({ target }) => target.startsWith("etcd@"));
        return quorumLost && component.name === "kube-apiserver"
          ? { ...component, tone: "warning", consequence: "etcd does not answer" }
          : component;
      }),
      links: plain.links.map((link) => {
        const faults = of(link.id);
        return faults[0] ? { ...link, faults, state: faults[0].fault === "delay" ? "slow" : "cut" } : link;
      }),
    };
    this.sendAll(false);
    this.sendInspector();
  }

  async save(): Promise<string> {
    return "saved";
  }
  async resumable(): Promise<{ topology: string; atUs: number; inputs: number } | null> {
    return null;
  }
  async connectBridge(): Promise<void> {}

  async connectShell(): Promise<void> {}

  private view(): TimeView {
    return { ...this.time, marks: this.marks };
  }
  private setTime(change: Partial<TimeView>): void {
    this.time = { ...this.time, ...change };
    this.listener({ reset: false, time: this.view() });
  }
  private sendInspector(): void {
    const value = this.selection ? fakeInspector(this.selection, this.cluster) : null;
    this.listener({ reset: false, inspector: { value } });
  }
  private sendAll(reset: boolean): void {
    const { machines, components, pods, links } = this.cluster;
    const all = <T>(upsert: readonly T[]) => ({ remove: [], upsert });
    this.listener({
      reset,
      time: this.view(),
      caption: {
        text: "kube-scheduler chose worker-1 for pod web-7d9c5b8f4-x7k20: it scored highest of 3 nodes.",
        tone: "busy",
      },
      stage: {
        head: { topology: this.topology, seed: 1, ready: true, faults: this.faults },
        machines: all(machines),
        components: all(components),
        pods: all(pods),
        links: all(links),
      },
      events: all([
        {
          id: "e1",
          lastSeenUs: 12_100_000,
          type: "Normal",
          reason: "Scheduled",
          object: "Pod/web-7d9c5b8f4-x7k20",
          message: "Successfully assigned default/web-7d9c5b8f4-x7k20 to worker-1",
          count: 1,
          source: "default-scheduler",
        },
        {
          id: "e2",
          lastSeenUs: 15_100_000,
          type: "Warning",
          reason: "BackOff",
          object: "Pod/crash-5f6d8-ddddd",
          message: "Back-off restarting failed container",
          count: 4,
          source: "kubelet, worker-2",
        },
      ]),
      trace: {
        traces: [
          {
            id: 7,
            label: "kubectl apply -f - (deployments web)",
            atUs: 12_000_000,
            spans: 64,
            done: false,
            origin: "input",
          },
        ],
        selected: {
          id: 7,
          rows: [
            {
              span: 1,
              depth: 0,
              atUs: 12_000_000,
              component: "laptop",
              text: "kubectl apply -f -",
              decisions: [],
              tone: "busy",
            },
            {
              span: 2,
              depth: 1,
              atUs: 12_001_200,
              component: "kube-apiserver@control-plane-1",
              text: "POST deployments web",
              decisions: [{ stage: "authorization", text: "RBAC: allowed by cluster-admin" }],
              tone: "good",
            },
            {
              span: 3,
              depth: 2,
              atUs: 12_002_800,
              component: "etcd@control-plane-1",
              text: "put /registry/deployments/default/web",
              decisions: [],
              tone: "good",
            },
          ],
        },
      },
    });
  }
}

export class FakeShell implements ShellCommands {
  readonly lines: string[] = [];
  async connect(): Promise<void> {}
  async run(line: string, _columns: number, onOutput: (stream: "out" | "err", text: string) => void) {
    this.lines.push(line);
    if (line === "flood") for (let index = 0; index < 6000; index++) onOutput("out", `line ${index}\n`);
    else if (line.startsWith("kubectl get"))
      onOutput(
        "out",
        "NAME                  READY   STATUS    RESTARTS   AGE\nweb-7d9c5b8f4-x7k20   1/1     Running   0          30s\n",
      );
    else if (line === "wait") await new Promise((resolve) => setTimeout(resolve, 1500));
    else if (line) onOutput("err", `bash: ${line.split(" ")[0]}: command not found\n`);
    return { exitCode: line.startsWith("kubectl") ? 0 : 127 };
  }
  async interrupt(): Promise<void> {}
  async complete(line: string, cursor: number) {
    const from = line.lastIndexOf(" ", cursor - 1) + 1;
    const words = ["kubectl", "get", "pods", "deployments", "describe"];
    return { from, candidates: words.filter((word) => word.startsWith(line.slice(from, cursor))) };
  }
  async prompt(): Promise<string> {
    return "you@laptop:~$ ";
  }
  async apply(text: string) {
    return text.includes("bad")
      ? {
          exitCode: 1,
          stdout: "",
          stderr:
            "error: error parsing STDIN: error converting YAML to JSON: yaml: line 3: mapping values are not allowed in this context\n",
        }
      : { exitCode: 0, stdout: "deployment.apps/web created\nservice/web created\n", stderr: "" };
  }
  async readFile(): Promise<string | null> {
    return null;
  }
  async writeFile(): Promise<void> {}
  async onEdit(): Promise<void> {}
}

export function fakeConnection(): Connection & { readonly session: FakeSession; readonly fakeShell: FakeShell } {
  const shell = new FakeShell();
  return { session: new FakeSession(), fakeShell: shell, shell: async () => shell, killShell() {} };
}
