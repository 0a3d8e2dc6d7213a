/** `kubectl drain` */
import { type Command, type Invocation, inSteps } from "../../command.ts";
import {
  CommandError,
  isNotFound,
  isReason,
  ManyErrors,
  SilentExit,
  StatusError,
  throwCollected,
  toError,
} from "../../errors.ts";
import { at, type JsonObject, textOf } from "../../json.ts";
import { dryRunFlag, dryRunOf, dryRunSuffix } from "../../output.ts";
import { type Info, listItems, readInfos, selectorFlag, type Target } from "../../targets.ts";
import { nodeTargets, setUnschedulable } from "./cordon.ts";
import { judge } from "./filters.ts";

interface Sorted {
  readonly evicted: readonly JsonObject[];
  readonly warnings: ReadonlyMap<string, readonly string[]>;
  readonly refusals: ReadonlyMap<string, readonly string[]>;
}

const retryMs = 5_000;
const pollMs = 1_000;

function shownPod(pod: JsonObject): string {
  return `${textOf(at(pod, "metadata", "namespace"))}/${textOf(at(pod, "metadata", "name"))}`;
}

async function sortPods(invocation: Invocation, node: string): Promise<Sorted> {
  const { client, flags } = invocation;
  const selector = flags.text("pod-selector");
  const list = await client.get("/api/v1/pods", [
    ["fieldSelector", `spec.nodeName=${node}`],
    ["labelSelector", selector || undefined],
    ["limit", "500"],
  ]);
  const choices = {
    force: flags.bool("force"),
    ignoreDaemonSets: flags.bool("ignore-daemonsets"),
    deleteEmptyDir: flags.bool("delete-emptydir-data"),
  };
  const pods = listItems(list);
  const daemonSets = await daemonSetsOf(invocation, pods);
  const evicted: JsonObject[] = [];
  const warnings = new Map<string, string[]>();
  const refusals = new Map<string, string[]>();
  const note = (map: Map<string, string[]>, text: string, pod: JsonObject): void => {
    map.set(text, [...(map.get(text) ?? []), shownPod(pod)]);
  };
  for (const pod of pods) {
    const verdict = judge(pod, choices, daemonSets);
    if (verdict.type === "refuse") note(refusals, verdict.reason, pod);
    else if (verdict.warning) note(warnings, verdict.warning, pod);
    if (verdict.type === "evict") evicted.push(pod);
  }
  return { evicted, warnings, refusals };
}

async function daemonSetsOf(invocation: Invocation, pods: readonly JsonObject[]): Promise<ReadonlySet<string>> {
  const names = new Set<string>();
  for (const pod of pods) {
    const owners = (at(pod, "metadata", "ownerReferences") ?? []) as readonly JsonObject[];
    const owner = owners.find(({ controller, kind }) => controller === true && kind === "DaemonSet");
    if (owner) names.add(`${textOf(at(pod, "metadata", "namespace"))}/${textOf(owner.name)}`);
  }
  const found = new Set<string>();
  for (const name of names) {
    const [namespace, own] = name.split("/");
    try {
      await invocation.client.get(`/apis/apps/v1/namespaces/${namespace}/daemonsets/${own}`);
      found.add(name);
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }
  return found;
}

function summary(groups: ReadonlyMap<string, readonly string[]>): readonly string[] {
  return [...groups].map(([text, pods]) => `${text}: ${pods.join(", ")}`);
}

async function drainNode(invocation: Invocation, info: Info): Promise<void> {
  const { flags } = invocation;
  const { evicted, warnings, refusals } = await sortPods(invocation, info.name);
  if (refusals.size > 0) {
    throwCollected(summary(refusals).map((text) => new CommandError(text)));
  }
  if (warnings.size > 0) invocation.err(`Warning: ${summary(warnings).join("; ")}`);
  if (dryRunOf(flags) === "client") return;
  const deadlineUs = flags.durationUs("timeout");
  const start = await invocation.context.session.wallUs();
  const expired = async (): Promise<boolean> =>
    deadlineUs > 0 && (await invocation.context.session.wallUs()) - start >= deadlineUs;
  const results = await Promise.all(evicted.map((pod) => evictPod(invocation, pod, expired).then(() => null, toError)));
  const errors = results.filter((result): result is Error => result !== null);
  throwCollected(errors);
}

async function evictPod(invocation: Invocation, pod: JsonObject, expired: () => Promise<boolean>): Promise<void> {
  const { client, context, flags } = invocation;
  const [namespace, name] = shownPod(pod).split("/") as [string, string];
  const path = `/api/v1/namespaces/${namespace}/pods/${name}`;
  const grace = flags.int("grace-period");
  const deleteOptions: JsonObject = {
    ...(grace >= 0 ? { gracePeriodSeconds: grace } : {}),
    ...(dryRunOf(flags) === "server" ? { dryRun: ["All"] } : {}),
  };
  const byDelete = flags.bool("disable-eviction");
  for (;;) {
    invocation.out(`${byDelete ? "deleting" : "evicting"} pod ${namespace}/${name}${dryRunSuffix(dryRunOf(flags))}`);
    try {
      if (byDelete) await client.send("DELETE", path, { body: deleteOptions });
      else {
        const body = {
          kind: "Eviction",
          apiVersion: "policy/v1",
          metadata: { name, namespace, creationTimestamp: null },
          deleteOptions,
        };
        await client.send("POST", `${path}/eviction`, { body });
      }
      break;
    } catch (error) {
      if (isNotFound(error)) {
        await report(invocation, name);
        return;
      }
      if (!isReason(error, "TooManyRequests")) {
        throw new CommandError(
          `error when evicting pods/${JSON.stringify(name)} -n ${JSON.stringify(namespace)}: ${toError(error).message}`,
        );
      }
      if (await expired())
        throw new CommandError(
          `error when evicting pods/${JSON.stringify(name)} -n ${JSON.stringify(namespace)}: global timeout reached: ${flags.text("timeout")}`,
        );
      invocation.err(
        `error when evicting pods/${JSON.stringify(name)} -n ${JSON.stringify(namespace)} (will retry after 5s): ${toError(error).message}`,
      );
      await context.session.sleep(retryMs, context.signal);
    }
    if (context.signal.aborted) throw new SilentExit(130);
  }
  if (dryRunOf(flags) === "none") await waitGone(invocation, path, textOf(at(pod, "metadata", "uid")), name, expired);
}

async function waitGone(
  invocation: Invocation,
  path: string,
  uid: string,
  name: string,
  expired: () => Promise<boolean>,
): Promise<void> {
  const { client, context, flags } = invocation;
  for (;;) {
    try {
      const pod = await client.get(path);
      if (textOf(at(pod, "metadata", "uid")) !== uid) break;
    } catch (error) {
      if (isNotFound(error)) break;
      if (error instanceof StatusError) throw error;
      throw error;
    }
    if (await expired())
      throw new CommandError(
        `error when waiting for pod ${JSON.stringify(name)} to terminate: global timeout reached: ${flags.text("timeout")}`,
      );
    await context.session.sleep(pollMs, context.signal);
    if (context.signal.aborted) throw new SilentExit(130);
  }
  await report(invocation, name);
}

async function report(invocation: Invocation, name: string): Promise<void> {
  invocation.out(`pod/${name} ${invocation.flags.bool("disable-eviction") ? "deleted" : "evicted"}`);
}

async function run(targets: readonly Target[], invocation: Invocation): Promise<number> {
  const { infos, errors: notFound } = await readInfos(invocation, targets, {
    selector: invocation.flags.text("selector"),
  });
  throwCollected(notFound);
  for (const info of infos) await setUnschedulable(invocation, info, true);
  const pending = infos.map(({ name }) => name);
  const failures: { readonly node: string; readonly error: Error }[] = [];
  for (const info of infos) {
    try {
      await drainNode(invocation, info);
      pending.splice(pending.indexOf(info.name), 1);
      invocation.out(`node/${info.name} drained${dryRunSuffix(dryRunOf(invocation.flags))}`);
    } catch (thrown) {
      const error = toError(thrown);
      if (error instanceof SilentExit) throw error;
      invocation.err(
        `error: unable to drain node ${JSON.stringify(info.name)} due to error: ${error.message}, continuing command...`,
      );
      failures.push({ node: info.name, error });
    }
  }
  if (failures.length === 0) return 0;
  invocation.err(`There are pending nodes to be drained:\n${pending.map((name) => ` ${name}`).join("\n")}`);
  for (const { error } of failures)
    for (const one of error instanceof ManyErrors ? error.errors : [error])
      invocation.err(one instanceof StatusError ? `error: ${one.message}` : one.message);
  return 1;
}

export const drain: Command = {
  name: "drain",
  completes: "nodes",
  flags: [
    { name: "chunk-size", type: "int", default: 500 },
    {
      name: "delete-emptydir-data",
      type: "bool",
      default: false,
    },
    {
      name: "disable-eviction",
      type: "bool",
      default: false,
    },
    dryRunFlag,
    {
      name: "force",
      type: "bool",
      default: false,
    },
    {
      name: "grace-period",
      type: "int",
      default: -1,
    },
    { name: "ignore-daemonsets", type: "bool", default: false },
    { name: "pod-selector", type: "string", default: "" },
    {
      name: "skip-wait-for-delete-timeout",
      type: "int",
      default: 0,
    },
    {
      name: "timeout",
      type: "duration",
      default: "0s",
    },
    selectorFlag,
  ],
  run: inSteps({ complete: (invocation) => nodeTargets(invocation, "drain"), run }),
};
