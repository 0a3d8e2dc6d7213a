import type {
  ComponentView,
  InspectorView,
  LinkView,
  MachineView,
  PodView,
  Selection,
} from "../../../protocol/views.ts";

/** A small standing cluster for tests of the page. It follows no rules of Kubernetes: never shown by the product. */
export interface FakeCluster {
  readonly machines: readonly MachineView[];
  readonly components: readonly ComponentView[];
  readonly pods: readonly PodView[];
  readonly links: readonly LinkView[];
}

const machine = (id: string, role: MachineView["role"], ip: string, more: Partial<MachineView> = {}): MachineView => ({
  id,
  role,
  zone: "",
  ip,
  power: "on",
  node: role === "worker" || role === "control-plane" ? "Ready" : "",
  cordoned: false,
  taints: [],
  cpuMillicores: 4000,
  memoryBytes: 8 * 2 ** 30,
  cpuRequestedMillicores: 900,
  memoryRequestedBytes: 2 ** 30,
  faults: [],
  ...more,
});

const component = (name: string, on: string, doing: string, role = ""): ComponentView => ({
  id: `${name}@${on}`,
  name,
  machine: on,
  state: "running",
  tone: "good",
  sinceUs: 1_000_000,
  role,
  doing,
  restarts: 0,
  faults: [],
  consequence: "",
});

const link = (from: string, to: string, kind: LinkView["kind"]): LinkView => ({
  id: `${from}--${to}`,
  from,
  to,
  kind,
  state: "up",
  faults: [],
});

export function fakePod(name: string, on: string, more: Partial<PodView> = {}): PodView {
  return {
    id: `default/${name}`,
    namespace: "default",
    name,
    machine: on,
    state: "running",
    status: "Running",
    ready: "1/1",
    restarts: 0,
    progress: null,
    nextRestartAtUs: null,
    owner: name.split("-")[0] ?? "",
    system: false,
    faults: [],
    ...more,
  };
}

export function fakeCluster(topology: string): FakeCluster {
  const ha = topology === "ha";
  const planes = ha ? ["control-plane-1", "control-plane-2", "control-plane-3"] : ["control-plane-1"];
  const workers =
    topology === "single" ? [] : ["worker-1", "worker-2", "worker-3", ...(ha ? ["worker-4", "worker-5"] : [])];
  const door = ha ? "haproxy@lb-1" : "kube-apiserver@control-plane-1";
  const machines = [
    machine("laptop", "laptop", "192.168.1.10"),
    ...(ha ? [machine("lb-1", "load-balancer", "10.0.0.4")] : []),
    machine("outside", "outside", "203.0.113.7"),
    machine("registry", "registry", "198.51.100.1"),
    ...planes.map((id, index) => machine(id, "control-plane", `10.0.0.${5 + index}`, { cpuMillicores: 2000 })),
    ...workers.map((id, index) => machine(id, "worker", `10.0.0.${11 + index}`)),
  ];
  const components = [
    ...(ha ? [component("haproxy", "lb-1", "3 of 3 backends answer")] : []),
    ...planes.flatMap((id, index) => [
      component("kube-apiserver", id, "12 watches"),
      component("etcd", id, "index 1204 committed", index === 0 ? "leader, term 4" : "follower, term 4"),
      component("kube-scheduler", id, "nothing to do", index === 0 ? "leader" : "standby"),
      component("kube-controller-manager", id, "nothing to do", index === 0 ? "leader" : "standby"),
    ]),
    ...[...planes, ...workers].flatMap((id) => [
      component("kubelet", id, "6 pods"),
      component("kube-proxy", id, "24 rules"),
      component("containerd", id, "8 containers"),
    ]),
  ];
  const links = [
    link("laptop", door, "kubectl"),
    ...planes.flatMap((id, index) => [
      ...(ha ? [link(door, `kube-apiserver@${id}`, "api")] : []),
      link(`kube-apiserver@${id}`, `etcd@${id}`, "etcd"),
      link(`kube-scheduler@${id}`, `kube-apiserver@${id}`, "api"),
      link(`kube-controller-manager@${id}`, `kube-apiserver@${id}`, "api"),
      ...planes.slice(index + 1).map((other) => link(`etcd@${id}`, `etcd@${other}`, "raft")),
    ]),
    ...[...planes, ...workers].flatMap((id) => [
      link(`kubelet@${id}`, door, "api"),
      link(`kube-proxy@${id}`, door, "api"),
      link(`kubelet@${id}`, `containerd@${id}`, "cri"),
      link(`containerd@${id}`, "registry", "pod"),
    ]),
  ];
  const pods = workers.flatMap((id, index) => [
    fakePod(`coredns-668d6bf9bc-${index}abcd`, id, {
      namespace: "kube-system",
      id: `kube-system/coredns-${index}`,
      system: true,
      owner: "coredns",
    }),
    fakePod(`web-7d9c5b8f4-x7k2${index}`, id),
  ]);
  return { machines, components, pods, links };
}

export const podsOfEveryState: readonly PodView[] = [
  fakePod("api-5f6d8-aaaaa", "worker-1", { state: "pulling", status: "ContainerCreating", progress: 0.4 }),
  fakePod("api-5f6d8-bbbbb", "worker-1", { state: "starting", status: "ContainerCreating" }),
  fakePod("api-5f6d8-ccccc", "worker-2", { state: "not ready", status: "Running", ready: "0/1" }),
  fakePod("crash-5f6d8-ddddd", "worker-2", {
    state: "crash loop",
    status: "CrashLoopBackOff",
    nextRestartAtUs: 45_000_000,
    restarts: 3,
  }),
  fakePod("web-7d9c5b8f4-eeeee", "worker-2", { state: "terminating", status: "Terminating" }),
  fakePod("job-fffff", "worker-3", { state: "succeeded", status: "Completed" }),
  fakePod("job-ggggg", "worker-3", { state: "failed", status: "Error" }),
  fakePod("db-0", "worker-3", { state: "lost", status: "Unknown" }),
  fakePod("big-66c-hhhhh", "", { state: "waiting", status: "Pending", ready: "0/1" }),
  fakePod("big-66c-iiiii", "", { state: "waiting", status: "Pending", ready: "0/1" }),
];

export function fakeInspector(selection: Selection, cluster: FakeCluster): InspectorView {
  const id = selection.type === "object" ? selection.name : String(selection.id);
  const isEtcd = id.startsWith("etcd@");
  return {
    selection,
    title: id,
    what: "Keeps the whole state of the cluster; only the API server talks to it.",
    more: "A replicated log: a change is safe when a majority of the members has written it to disk.",
    state: "leader, term 4",
    tone: "good",
    sinceUs: 3_000_000,
    why: [
      { text: "kubectl apply -f web.yaml", atUs: 12_000_000, selection: null },
      {
        text: "POST deployments web was accepted",
        atUs: 12_010_000,
        selection: { type: "component", id: cluster.components[0]!.id },
      },
    ],
    sections: isEtcd ? fakeRaftSections() : fakeSections(),
    actions: [
      { fault: "stop", target: id, label: "Stop it", hint: "It stays down until you mend it.", parameters: [] },
      { fault: "crash", target: id, label: "Crash it", hint: "Its supervisor starts it again.", parameters: [] },
      { fault: "hang", target: id, label: "Hang it", hint: "It answers nobody; messages pile up.", parameters: [] },
      {
        fault: "slow",
        target: id,
        label: "Slow it down",
        hint: "Everything it does takes longer.",
        parameters: [{ name: "factor", label: "times slower", default: "10", unit: "x" }],
      },
    ],
    faults: cluster.components.find((one) => one.id === id)?.faults ?? [],
    commands: ["etcdctl endpoint status -w table", "kubectl get pods -n kube-system"],
  };
}

function fakeRaftSections(): InspectorView["sections"] {
  const members = ["control-plane-1", "control-plane-2", "control-plane-3"].map((name, index) => ({
    name,
    role: index === 0 ? "leader" : "follower",
    term: 4,
    firstIndex: 1,
    lastIndex: 1204 - index,
    commit: 1203 - index,
    applied: 1203 - index,
    alive: index < 2,
    entries: Array.from({ length: 6 }, (_, entry) => ({
      index: 1199 + entry - index,
      term: entry < 2 ? 3 : 4,
      what: entry % 2 ? "put pods/web-x" : "put leases/scheduler",
      committed: entry < 5,
    })),
  }));
  return [{ type: "raft", title: "The members' logs", members }];
}

function fakeSections(): InspectorView["sections"] {
  return [
    {
      type: "facts",
      title: "Now",
      facts: [
        { name: "requests", value: "12 a second" },
        { name: "queue", value: "0", tone: "good" },
      ],
    },
    {
      type: "pipeline",
      title: "The request in it",
      stages: [
        { name: "authentication", state: "passed", detail: "kubernetes-admin" },
        { name: "authorization", state: "passed", detail: "RBAC: cluster-admin" },
        { name: "admission", state: "here", detail: "LimitRanger" },
        { name: "validation", state: "ahead", detail: "" },
        { name: "etcd", state: "ahead", detail: "" },
      ],
    },
    {
      type: "decision",
      title: "Last decision",
      pod: "default/web-7d9",
      outcome: "worker-1 is the best of 2 that fit, out of 3.",
      open: true,
      plugins: [
        { name: "TaintToleration", weight: 3 },
        { name: "NodeResourcesFit", weight: 1 },
      ],
      nodes: [
        { node: "worker-1", verdict: "chosen", scores: [100, 92], sum: "392", refusedBy: "", reason: "" },
        { node: "worker-2", verdict: "fits", scores: [100, 71], sum: "371", refusedBy: "", reason: "" },
        {
          node: "control-plane-1",
          verdict: "refused",
          scores: [],
          sum: "",
          refusedBy: "TaintToleration",
          reason: "untolerated taint",
        },
      ],
      rest: "",
      preemption: null,
    },
    {
      type: "log",
      title: "Log",
      lines: [{ atUs: 12_000_000, text: "I1120 12:00:12.0 scheduled pod default/web-7d9" }],
    },
    { type: "code", title: "YAML", language: "yaml", text: "kind: Pod\nmetadata:\n  name: web" },
    {
      type: "tree",
      title: "Owners",
      nodes: [
        {
          label: "Deployment web",
          detail: "3/3",
          children: [{ label: "ReplicaSet web-7d9", detail: "3", children: [] }],
        },
      ],
    },
    {
      type: "envelope",
      title: "Envelope",
      layers: [
        { name: "TCP", facts: [{ name: "from", value: "10.0.0.2:40312" }], body: "" },
        { name: "HTTP", facts: [{ name: "method", value: "POST" }], body: '{"kind":"Deployment"}' },
      ],
    },
    {
      type: "table",
      title: "Watches",
      columns: ["who", "what"],
      rows: [
        { cells: ["kube-scheduler", "pods"], selection: { type: "component", id: "kube-scheduler@control-plane-1" } },
      ],
    },
  ];
}
