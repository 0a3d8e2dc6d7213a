import type { ApiObject } from "../api/object.ts";
import type { ProgramArgs } from "../components/container-runtime/messages.ts";
import type { Checker } from "./checker.ts";
import { newestStore, objectsUnder } from "./objects.ts";

interface PodFields {
  readonly spec?: { readonly nodeName?: string; readonly hostNetwork?: boolean };
  readonly status?: { readonly phase?: string; readonly podIP?: string };
}

export const uniquePodIps: Checker = {
  name: "pod-ips-are-unique",
  because: "Two running pods with one address would get each other's traffic.",
  check(world) {
    const store = newestStore(world);
    if (store === null) return [];
    const owners = new Map<string, string>();
    const violations: string[] = [];
    for (const pod of objectsUnder(store, "/registry/pods/")) {
      const { spec, status } = pod as ApiObject & PodFields;
      if (status?.phase !== "Running" || status.podIP === undefined || spec?.hostNetwork) continue;
      // A pod whose node is silent may be gone while its record still says Running.
      if (pod.metadata?.deletionTimestamp !== undefined) continue;
      const name = `${pod.metadata?.namespace}/${pod.metadata?.name}`;
      const other = owners.get(status.podIP);
      if (other !== undefined) violations.push(`${other} and ${name} both have ${status.podIP}.`);
      owners.set(status.podIP, name);
    }
    return violations;
  },
};

export const containersOnTheirNode: Checker = {
  name: "containers-run-on-their-pods-node",
  because: "A pod is bound once; its containers run nowhere else.",
  check(world) {
    const store = newestStore(world);
    if (store === null) return [];
    const nodeOf = new Map<string, string>();
    for (const pod of objectsUnder(store, "/registry/pods/")) {
      nodeOf.set(pod.metadata?.uid ?? "", (pod as ApiObject & PodFields).spec?.nodeName ?? "");
    }
    const violations: string[] = [];
    for (const process of world.state.processes.values()) {
      const args = process.args as Partial<ProgramArgs> | null;
      const uid = args?.sandbox?.uid;
      if (uid === undefined) continue;
      const node = nodeOf.get(uid);
      if (node !== undefined && node !== process.machine)
        violations.push(`${process.name} runs on ${process.machine}, and its pod is bound to "${node}".`);
    }
    return violations;
  },
};
