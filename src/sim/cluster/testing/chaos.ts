import type { ApiObject } from "../../api/object.ts";
import { deepFreeze } from "../../api/object.ts";
import { CHECKERS } from "../../checkers/list.ts";
import { newestStore, objectsUnder } from "../../checkers/objects.ts";
import type { ConsoleInput } from "../../components/console/messages.ts";
import type { TargetKind } from "../../faults/fault.ts";
import { breakTarget, faultsFor, healEverything, healFault } from "../../faults/faults.ts";
import { createRandom, nextInt, type RandomState } from "../../kernel/random.ts";
import type { World } from "../../kernel/world.ts";
import { type ApiRequest, createRequest, deleteRequest, patchRequest } from "../../machinery/requests.ts";
import { DEPLOYMENTS, JOBS, NODES, PODS, SERVICES, STATEFUL_SETS } from "../../machinery/resources.ts";
import { createCluster } from "../cluster.ts";
import { CLUSTER_CODE } from "../code.ts";
import { LAPTOP, layOut, REGISTRY } from "../layout.ts";
import type { Topology } from "../topology.ts";

const SECOND_US = 1_000_000;
const BOOT_LIMIT_US = 60 * SECOND_US;
const RECOVERY_LIMIT_US = 600 * SECOND_US;
const RECOVERY_LOOK_US = 5 * SECOND_US;

export interface ChaosResult {
  /** What was done, a line each, with its virtual time: how to repeat it by hand. */
  readonly story: readonly string[];
  /** How long after the last repair all was well again. */
  readonly recoveredAfterUs: number;
}

/** A promise was broken. The message has the story, `world` what came of it. */
export class ChaosError extends Error {
  readonly world: World;
  constructor(message: string, world: World) {
    super(message);
    this.name = "ChaosError";
    this.world = world;
  }
}

/**
 * A cluster under random faults, repairs and changes of its workload for `seconds`; then everything is mended. All of it
 * follows from the seed. Throws a ChaosError, with the story, when a checker complains at any step or when the cluster is not whole
 * again within ten virtual minutes.
 */
export function runChaos(topology: Topology, seed: number, seconds: number): ChaosResult {
  const world = createCluster(CLUSTER_CODE, topology, seed);
  const random = createRandom(seed, "chaos");
  const story: string[] = [];
  const note = (text: string) => story.push(`${(world.nowUs / SECOND_US).toFixed(3)} s: ${text}`);
  const fail = (problem: string): never => {
    throw new ChaosError([`${topology.name}, seed ${seed}: ${problem}`, ...story].join("\n"), world);
  };
  const advance = (us: number) => {
    try {
      world.advance(world.nowUs + us);
    } catch (error) {
      fail(error instanceof Error ? error.message : String(error));
    }
    const violations = CHECKERS.flatMap((checker) => checker.check(world));
    if (violations.length > 0) fail(violations.join(" "));
  };
  while (unwell(world, topology) !== null) {
    if (world.nowUs > BOOT_LIMIT_US) fail(`did not boot: ${unwell(world, topology)}`);
    advance(SECOND_US);
  }
  const endUs = world.nowUs + seconds * SECOND_US;
  let exchange = 1;
  while (world.nowUs < endUs) {
    const dice = nextInt(random, 10);
    if (dice < 4) note(breakSomething(world, random));
    else if (dice < 6) note(healSomething(world, random));
    else {
      const { what, ask } = changeSomething(random, topology);
      note(what);
      send(world, topology, exchange, ask);
      exchange += 1;
    }
    advance(nextInt(random, 8 * SECOND_US));
  }
  note("everything is mended");
  healEverything(world);
  const healedAtUs = world.nowUs;
  for (;;) {
    advance(RECOVERY_LOOK_US);
    for (const node of cordonedNodes(world)) {
      send(world, topology, exchange, uncordon(node));
      exchange += 1;
    }
    const problem = unwell(world, topology);
    if (problem === null) return { story, recoveredAfterUs: world.nowUs - healedAtUs };
    if (world.nowUs > healedAtUs + RECOVERY_LIMIT_US) fail(`not whole after ten minutes: ${problem}`);
  }
}

// ---------------------------------------------------------------------------------------------------------------------
// What is done

const KINDS: readonly TargetKind[] = ["component", "component", "machine", "link", "container", "registry"];
/** A fault whose effect is for good, so that nothing would recover. */
const FOR_GOOD: readonly string[] = ["disk-wipe"];

function breakSomething(world: World, random: RandomState): string {
  const kind = KINDS[nextInt(random, KINDS.length)] as TargetKind;
  const target = pick(random, targetsOf(world, kind));
  const faults = faultsFor(kind).filter((fault) => !FOR_GOOD.includes(fault.name));
  if (target === undefined) return `nothing to break of kind ${kind}`;
  const fault = pick(random, faults);
  const parameters: Record<string, string> =
    fault?.name === "partition" && nextInt(random, 2) === 0 ? { oneway: "yes" } : {};
  const error = breakTarget(world, fault?.name ?? "", target, parameters);
  const options = Object.entries(parameters).map(([key, value]) => ` ${key}=${value}`);
  return `lab fail ${fault?.name} ${target}${options.join("")}${error === null ? "" : ` (${error})`}`;
}

function targetsOf(world: World, kind: TargetKind): string[] {
  const machines = [...world.state.machines.values()].map(({ info }) => info);
  const nodes = machines.filter(({ role }) => role !== "laptop" && role !== "registry").map(({ name }) => name);
  switch (kind) {
    case "component":
      return [...world.state.names.keys()].filter((name) => COMPONENTS.test(name)).sort();
    case "machine":
      return nodes;
    case "link":
      return nodes.flatMap((from) =>
        [...nodes, REGISTRY.name, "*"].filter((to) => to !== from).map((to) => `${from}:${to}`),
      );
    case "container":
      return podNames(world).map((name) => `pod/${name}`);
    case "registry":
      return ["registry"];
  }
}

const COMPONENTS =
  /^(etcd|kube-apiserver|kube-controller-manager|kube-scheduler|kubelet|containerd|kube-proxy|load-balancer)@/;

function podNames(world: World): string[] {
  const store = newestStore(world);
  const pods = store === null ? [] : objectsUnder(store, "/registry/pods/");
  return pods.map((pod) => pod.metadata?.name ?? "");
}

function healSomething(world: World, random: RandomState): string {
  const id = pick(random, [...world.state.faults.keys()]);
  if (id === undefined) return "nothing to mend";
  const error = healFault(world, id);
  return `lab heal ${id}${error === null ? "" : ` (${error})`}`;
}

interface Change {
  readonly what: string;
  readonly ask: ApiRequest;
}

function changeSomething(random: RandomState, topology: Topology): Change {
  const name = `web-${nextInt(random, 3)}`;
  const replicas = nextInt(random, 6);
  const node =
    pick(
      random,
      topology.machines.filter(({ role }) => role === "worker"),
    )?.name ?? "control-plane-1";
  const tag = pick(random, ["1.25", "1.26", "1.27"]);
  const scale = (count: number): ApiRequest =>
    patchRequest(DEPLOYMENTS, "default", name, "merge", { spec: { replicas: count } });
  const set = `db-${nextInt(random, 2)}`;
  const job = `job-${nextInt(random, 3)}`;
  const changes: readonly (() => Change)[] = [
    () => ({ what: `kubectl create statefulset ${set}`, ask: createRequest(STATEFUL_SETS, statefulSet(set, random)) }),
    () => ({
      what: `kubectl scale statefulset ${set} --replicas=${replicas}`,
      ask: patchRequest(STATEFUL_SETS, "default", set, "merge", { spec: { replicas } }),
    }),
    () => ({
      what: `kubectl set image statefulset ${set} web=nginx:${tag}`,
      ask: patchRequest(STATEFUL_SETS, "default", set, "strategic", {
        spec: { template: { spec: { containers: [{ name: "web", image: `nginx:${tag}` }] } } },
      }),
    }),
    () => ({ what: `kubectl create job ${job}`, ask: createRequest(JOBS, workJob(job, random)) }),
    () => ({
      what: `kubectl delete job ${job}`,
      ask: deleteRequest(JOBS, "default", job, { propagationPolicy: "Background" }),
    }),
    () => ({ what: `kubectl create deployment ${name}`, ask: createRequest(DEPLOYMENTS, deployment(name, replicas)) }),
    () => ({ what: `kubectl create deployment ${name}`, ask: createRequest(DEPLOYMENTS, deployment(name, 3)) }),
    () => ({ what: `kubectl expose deployment ${name}`, ask: createRequest(SERVICES, service(name)) }),
    () => ({ what: `kubectl scale deployment ${name} --replicas=${replicas}`, ask: scale(replicas) }),
    () => ({
      what: `kubectl set image deployment ${name} web=nginx:${tag}`,
      ask: patchRequest(DEPLOYMENTS, "default", name, "strategic", {
        spec: { template: { spec: { containers: [{ name: "web", image: `nginx:${tag}` }] } } },
      }),
    }),
    () => ({ what: `kubectl delete deployment ${name}`, ask: deleteRequest(DEPLOYMENTS, "default", name) }),
    () => ({
      what: `kubectl delete pods of kube-dns`,
      ask: {
        ...deleteRequest(PODS, "kube-system", ""),
        verb: "deletecollection",
        options: { labelSelector: "k8s-app=kube-dns" },
      },
    }),
    () => ({
      what: `kubectl cordon ${node}`,
      ask: patchRequest(NODES, "", node, "merge", { spec: { unschedulable: true } }),
    }),
    () => ({ what: `kubectl uncordon ${node}`, ask: uncordon(node) }),
  ];
  return (pick(random, changes) as () => Change)();
}

function uncordon(node: string): ApiRequest {
  return patchRequest(NODES, "", node, "merge", { spec: { unschedulable: null } });
}

function cordonedNodes(world: World): string[] {
  const store = newestStore(world);
  const nodes = store === null ? [] : objectsUnder(store, "/registry/minions/");
  return nodes
    .filter((node) => (node.spec as { readonly unschedulable?: boolean } | undefined)?.unschedulable)
    .map((node) => node.metadata?.name ?? "");
}

function deployment(name: string, replicas: number): ApiObject {
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name, namespace: "default" },
    spec: {
      replicas,
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name } },
        spec: {
          containers: [{ name: "web", image: "nginx:1.27", readinessProbe: { httpGet: { path: "/", port: 80 } } }],
        },
      },
    },
  } as ApiObject;
}

function statefulSet(name: string, random: RandomState): ApiObject {
  const { spec, ...rest } = deployment(name, 3);
  const podManagementPolicy = nextInt(random, 2) === 0 ? "Parallel" : "OrderedReady";
  return { ...rest, kind: "StatefulSet", spec: { ...(spec as object), serviceName: name, podManagementPolicy } };
}

/** Three pods that take a while, some of which may fail along the way. */
function workJob(name: string, random: RandomState): ApiObject {
  return {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: { name, namespace: "default" },
    spec: {
      completions: 3,
      parallelism: 2,
      completionMode: nextInt(random, 2) === 0 ? "Indexed" : "NonIndexed",
      template: {
        spec: {
          restartPolicy: nextInt(random, 2) === 0 ? "Never" : "OnFailure",
          containers: [{ name: "work", image: "busybox:1.36", command: ["sleep", "10"] }],
        },
      },
    },
  } as ApiObject;
}

function service(name: string): ApiObject {
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name, namespace: "default" },
    spec: { type: "NodePort", selector: { app: name }, ports: [{ port: 80 }] },
  } as ApiObject;
}

function send(world: World, topology: Topology, exchange: number, ask: ApiRequest): void {
  const input: ConsoleInput = {
    type: "request",
    exchange,
    to: layOut(topology).endpoint,
    body: deepFreeze({ type: "resource", ...ask, credentials: {}, userAgent: "chaos" }),
    timeoutUs: 30 * SECOND_US,
    certificate: "/home/you/.kube/config",
    label: "",
  };
  world.input(`console@${LAPTOP.name}`, deepFreeze(input));
}

function pick<T>(random: RandomState, from: readonly T[]): T | undefined {
  return from[nextInt(random, Math.max(1, from.length))];
}

// ---------------------------------------------------------------------------------------------------------------------
// Whether all is well

interface Status {
  readonly replicas?: number;
  readonly updatedReplicas?: number;
  readonly availableReplicas?: number;
  readonly numberAvailable?: number;
  readonly desiredNumberScheduled?: number;
  readonly conditions?: readonly { readonly type: string; readonly status: string }[];
}

/** What is not as it should be, or null: nodes Ready, workloads available or over, nothing left over. */
function unwell(world: World, topology: Topology): string | null {
  const store = newestStore(world);
  if (store === null) return "no etcd member is alive";
  const nodes = objectsUnder(store, "/registry/minions/");
  const expected = topology.machines.filter(({ role }) => role !== "load-balancer").length;
  if (nodes.length < expected) return `${nodes.length} of ${expected} nodes have registered`;
  const problems: string[] = [];
  for (const node of nodes) {
    const status = node.status as Status | undefined;
    if (!status?.conditions?.some((each) => each.type === "Ready" && each.status === "True"))
      problems.push(`node ${node.metadata?.name} is not Ready`);
  }
  const deployments = objectsUnder(store, "/registry/deployments/");
  if (deployments.length === 0) problems.push("CoreDNS is not there yet");
  for (const each of deployments) {
    const wanted = (each.spec as { readonly replicas?: number }).replicas ?? 1;
    const { replicas = 0, updatedReplicas = 0, availableReplicas = 0 } = (each.status ?? {}) as Status;
    if (replicas !== wanted || updatedReplicas !== wanted || availableReplicas !== wanted)
      problems.push(
        `deployment ${each.metadata?.name}: ${wanted} wanted, ${replicas} there, ${updatedReplicas} up to date, ${availableReplicas} available`,
      );
  }
  for (const each of objectsUnder(store, "/registry/statefulsets/")) {
    const wanted = (each.spec as { readonly replicas?: number }).replicas ?? 1;
    const { replicas = 0, availableReplicas = 0, updatedReplicas = 0 } = (each.status ?? {}) as Status;
    if (replicas !== wanted || availableReplicas !== wanted || updatedReplicas !== wanted)
      problems.push(
        `statefulset ${each.metadata?.name}: ${wanted} wanted, ${replicas} there, ${updatedReplicas} up to date, ${availableReplicas} available`,
      );
  }
  for (const each of objectsUnder(store, "/registry/jobs/")) {
    const { conditions = [] } = (each.status ?? {}) as Status;
    if (!conditions.some(({ type, status }) => (type === "Complete" || type === "Failed") && status === "True"))
      problems.push(`job ${each.metadata?.name} is not over`);
  }
  for (const each of objectsUnder(store, "/registry/daemonsets/")) {
    const { numberAvailable = 0, desiredNumberScheduled = 0 } = (each.status ?? {}) as Status;
    if (numberAvailable !== nodes.length)
      problems.push(`daemonset ${each.metadata?.name}: ${numberAvailable} of ${desiredNumberScheduled} available`);
  }
  for (const pod of objectsUnder(store, "/registry/pods/")) {
    const { phase = "Unknown", conditions = [] } = (pod.status ?? {}) as Status & { readonly phase?: string };
    const ready = conditions.some((each) => each.type === "Ready" && each.status === "True");
    if (pod.metadata?.deletionTimestamp !== undefined) problems.push(`pod ${pod.metadata.name} is Terminating`);
    else if (!ready && phase !== "Failed" && phase !== "Succeeded")
      problems.push(`pod ${pod.metadata?.name} is ${phase} and not Ready`);
  }
  return problems.length === 0 ? null : problems.join("; ");
}
