import { kindOfResource } from "../../../sim/api/kinds.ts";
import type { ApiObject } from "../../../sim/api/object.ts";
import { READ_KINDS } from "../../../sim/components/kube-scheduler/cluster-objects.ts";
import { type SchedulerConfig, schedulerConfig } from "../../../sim/components/kube-scheduler/config.ts";
import type { SchedulerState } from "../../../sim/components/kube-scheduler/state.ts";
import type { World } from "../../../sim/kernel/world.ts";
import { Records } from "../../records.ts";

const OTHERS = [
  { group: "", resource: "nodes" },
  { group: "", resource: "pods" },
  { group: "scheduling.k8s.io", resource: "priorityclasses" },
];

/** All that a scheduler of this world would see, as etcd has it. */
export function worldObjects(world: World): ApiObject[] {
  const records = new Records();
  records.refresh(world);
  const prefixes = [...OTHERS, ...Object.values(READ_KINDS)].map(
    ({ group, resource }) => kindOfResource(group, resource)?.storagePrefix,
  );
  return prefixes.flatMap((prefix) => (prefix === undefined ? [] : records.list(`${prefix}/`)));
}

/** The configuration of the scheduler that leads, or of any that runs; the defaults where none does. */
export function worldConfig(world: World): SchedulerConfig {
  let config: SchedulerConfig | null = null;
  for (const process of world.state.processes.values()) {
    if (process.kind !== "kube-scheduler" || !process.started) continue;
    const state = process.state as SchedulerState;
    if (state.leading) return state.config;
    config ??= state.config;
  }
  return config ?? schedulerConfig();
}
