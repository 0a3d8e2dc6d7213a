import type { LinkView, MessageShape, PodView } from "../../../protocol/views.ts";

/** Words of the stage. */
export const text = {
  stage: "The stage: machines, components and pods",
  stageHelp: "Up and down arrows walk, Enter opens, B breaks.",
  roles: {
    laptop: { name: "you", what: "kubectl" },
    "load-balancer": { name: "load balancer", what: "spreads requests" },
    outside: { name: "outside", what: "clients of Services" },
    registry: { name: "registry", what: "container images" },
    "control-plane": { name: "control plane", what: "" },
    worker: { name: "worker", what: "" },
  },
  shortNames: {
    "kube-scheduler": "scheduler",
    "kube-controller-manager": "controller-manager",
    "cloud-controller-manager": "cloud-controller",
  } as Readonly<Record<string, string>>,
  tinyNames: {
    "kube-proxy": "proxy",
    containerd: "runtime",
    "container-runtime": "runtime",
    "cri-o": "runtime",
  } as Readonly<Record<string, string>>,
  pods: "Pods",
  noPods: "no pods",
  podCount: (count: number) => `${count} ${count === 1 ? "pod" : "pods"}`,
  waiting: (count: number) => `${count} ${count === 1 ? "pod waits" : "pods wait"} for a node`,
  waitingShort: (count: number) => `${count} Pending`,
  more: (count: number) => `+${count}`,
  cpu: "CPU",
  memory: "Memory",
  requested: (what: string, percent: number) => `${what} requested: ${percent} %`,
  cordoned: "cordoned",
  mend: "Mend",
  mendThis: (label: string) => `Mend: ${label}`,
  restartIn: (seconds: number) => `restart in ${seconds} s`,
  restarts: (count: number) => `${count} ${count === 1 ? "restart" : "restarts"}`,
  links: "Links",
  link: (from: string, to: string, state: string) => `Link ${from} to ${to}: ${state}`,
  messages: "Messages on their way, of the followed trace",
  message: (label: string, from: string, to: string) => `${label}, from ${from} to ${to}`,
  zoomIn: "Zoom in (+)",
  zoomOut: "Zoom out (-)",
  fit: "Show everything (0)",
  legend: "What the signs mean",
  legendMessages: "Messages",
  legendPods: "Pods",
  legendTrouble: "Trouble",
  legendBroken: "hatched: broken on purpose",
  legendConsequence: "amber: suffers from something broken elsewhere",
  legendFollowed: "blue, with a label: of the followed trace",
  starting: "The cluster is starting",
};

export const linkStates: Readonly<Record<LinkView["state"], string>> = {
  up: "up",
  cut: "cut",
  lossy: "loses messages",
  slow: "slow",
};

export const shapes: readonly (readonly [MessageShape, string])[] = [
  ["request", "request"],
  ["answer", "answer"],
  ["watch", "watch event"],
  ["raft", "Raft"],
  ["cri", "to the container runtime"],
  ["pod", "pod traffic"],
];

export const podStatesInOrder: readonly PodView["state"][] = [
  "waiting",
  "pulling",
  "starting",
  "running",
  "not ready",
  "crash loop",
  "terminating",
  "succeeded",
  "failed",
  "lost",
];
