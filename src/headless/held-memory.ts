// Which part of a world holds how much memory, for the benchmark of it.
import type { EtcdState } from "../sim/components/etcd/state.ts";
import { Table } from "../sim/kernel/table.ts";
import type { World } from "../sim/kernel/world.ts";

const PARTS: Readonly<Record<string, string>> = {
  etcd: "etcd's versions and logs",
  "kube-apiserver": "API servers",
  kubelet: "kubelets",
  containerd: "container runtimes",
  "kube-scheduler": "schedulers",
  "kube-controller-manager": "controllers",
};

/**
 * Bytes by part, about, as V8 lays things out in 64 bits without compressed pointers: a walk that counts everything
 * once, for the first part that holds it, API objects as they are now before all others.
 */
export function heldBytes({ state }: World): Map<string, number> {
  const held = new Map<string, number>();
  const seen = new Set<object | string>();
  const count = (part: string, value: unknown) => {
    held.set(part, (held.get(part) ?? 0) + bytesBelow(value, seen));
  };
  const processes = [...state.processes.values()];
  for (const process of processes) {
    if (process.kind !== "etcd" || !process.started) continue;
    (process.state as EtcdState).store.newest.forEach(({ kv }) => {
      count(kv.key.startsWith("/registry/events/") ? "events" : "other API objects", kv.value);
    });
  }
  const order = Object.keys(PARTS);
  const rank = (kind: string) => (order.indexOf(kind) + order.length + 1) % (order.length + 1);
  processes.sort((a, b) => rank(a.kind) - rank(b.kind));
  for (const process of processes) {
    const part = PARTS[process.kind] ?? (process.kind.startsWith("workload/") ? "containers" : "other programs");
    count(part, process);
  }
  for (const machine of state.machines.values()) count("machines' disks, logs and tables", machine);
  count("the kernel", state);
  return held;
}

/** Texts that read the same are taken for one. */
function bytesBelow(value: unknown, seen: Set<object | string>): number {
  const left: unknown[] = [value];
  let bytes = 0;
  while (left.length > 0) {
    const next = left.pop();
    if ((typeof next !== "object" && typeof next !== "string") || next === null || seen.has(next)) continue;
    seen.add(next);
    bytes += typeof next === "string" ? 16 + next.length : ownBytes(next, left);
  }
  return bytes;
}

/** Of the object alone; what it refers to goes into `left`. */
function ownBytes(value: object, left: unknown[]): number {
  if (Array.isArray(value)) {
    for (const item of value) left.push(item);
    return 48 + 8 * value.length;
  }
  if (value instanceof Map || value instanceof Set) {
    for (const [key, item] of value.entries()) left.push(key, item);
    return value.size === 0 ? 0 : 80 + 32 * value.size;
  }
  if (value instanceof Table) {
    value.forEach((item, key) => {
      left.push(key, item);
    });
    return 80 + 24 * value.size;
  }
  if (ArrayBuffer.isView(value)) return 96 + value.byteLength;
  const items = Object.values(value);
  for (const item of items) left.push(item);
  return 24 + 8 * items.length;
}
