import { allow, bar, crash } from "../kernel/control.ts";
import { type Fault, failed, lasting, OVER_AT_ONCE } from "./fault.ts";
import { containerProcesses } from "./targets.ts";

export const killFault: Fault = {
  name: "kill",
  appliesTo: "container",
  label: "Kill",
  hint: "The container's process gets SIGKILL; the kubelet starts it again as the pod's restart policy says.",
  parameters: [],
  sign: () => "killed",
  break(world, target) {
    const processes = containerProcesses(world, target);
    for (const process of processes) crash(world, process.name, 137, "Error");
    return processes.length > 0 ? OVER_AT_ONCE : failed(`No container of ${target} is running.`);
  },
  heal: () => {},
};

export const oomFault: Fault = {
  name: "oom",
  appliesTo: "container",
  label: "Run out of memory",
  hint: "The kernel's OOM killer ends the container: exit code 137, reason OOMKilled.",
  parameters: [],
  sign: () => "OOM killed",
  break(world, target) {
    const processes = containerProcesses(world, target);
    for (const process of processes) crash(world, process.name, 137, "OOMKilled");
    return processes.length > 0 ? OVER_AT_ONCE : failed(`No container of ${target} is running.`);
  },
  heal: () => {},
};

const REGISTRY_PROCESS = "image-registry@registry";

export const registryDownFault: Fault = {
  name: "down",
  appliesTo: "registry",
  label: "Take down",
  hint: "The image registry answers nobody; images that are on a node already still start.",
  parameters: [],
  sign: () => "down",
  break(world) {
    bar(world, REGISTRY_PROCESS);
    return lasting();
  },
  heal(world) {
    allow(world, REGISTRY_PROCESS);
  },
};
