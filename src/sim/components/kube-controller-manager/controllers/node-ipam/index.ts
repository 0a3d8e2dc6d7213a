import { deepFreeze } from "../../../../api/object.ts";
import type { ControllerDefinition, Hands } from "../../../../machinery/controller-runtime.ts";
import { referenceTo } from "../../../../machinery/event-recorder.ts";
import { patchRequest } from "../../../../machinery/requests.ts";
import { NODES } from "../../../../machinery/resources.ts";
import { keyOf } from "../../../../machinery/store.ts";
import type { Node } from "../../lib/types.ts";
import type { ControllerOptions } from "../../options.ts";
import { blockAt, createRange, type Ipv4Range, indexOfBlock } from "./cidr.ts";

interface Memory {
  readonly range: Ipv4Range | null;
  /** Taken blocks -> node. */
  readonly taken: Map<number, string>;
  next: number;
}

/** pkg/controller/nodeipam, range allocator: the next free block of the cluster CIDR, in order, for each node. */
export const nodeIpamController: ControllerDefinition<Memory> = {
  name: "node-ipam-controller",
  workers: 30,
  informers: [{ resource: NODES }],
  createMemory(options) {
    const { allocateNodeCidrs, clusterCidr, nodeCidrMaskSize, serviceClusterIpRange } = options as ControllerOptions;
    const range = allocateNodeCidrs ? createRange(clusterCidr, nodeCidrMaskSize) : null;
    const taken = new Map<number, string>();
    if (range !== null && serviceClusterIpRange !== "") occupyService(range, serviceClusterIpRange, taken);
    return { range, taken, next: 0 };
  },
  onDelta(_informer, delta, hands) {
    const node = delta.object as Node;
    if (delta.type === "deleted") release(node, hands);
    else occupy(node, hands);
    if (delta.type !== "deleted" && !node.spec?.podCIDR) hands.add(keyOf(node), delta.trace);
  },
  reconcile(view, key) {
    const node = view.store("nodes").objects.get(key) as Node | undefined;
    const { memory } = view;
    if (node === undefined || node.spec?.podCIDR || memory.range === null) return {};
    const index = reserve(memory, key);
    if (index === null) {
      const message = `Node ${key} status is now: CIDRNotAvailable`;
      const object = { ...referenceTo(NODES, node), uid: key };
      return {
        events: [{ object, type: "Normal", reason: "CIDRNotAvailable", message }],
        error:
          "failed to allocate cidr from cluster cidr at idx:0: CIDR allocation failed; there are no remaining CIDRs left to allocate in the accepted range",
      };
    }
    const podCIDR = blockAt(memory.range, index);
    const body = deepFreeze({ spec: { podCIDR, podCIDRs: [podCIDR] } });
    return { writes: [{ request: patchRequest(NODES, "", key, "strategic", body) }] };
  },
};

/** The node's own block if it has one already, otherwise the next free one (wrapping around). */
function reserve(memory: Memory, node: string): number | null {
  for (const [index, holder] of memory.taken) if (holder === node) return index;
  const count = memory.range?.blocks ?? 0;
  for (let step = 0; step < count; step++) {
    const index = (memory.next + step) % count;
    if (memory.taken.has(index)) continue;
    memory.taken.set(index, node);
    memory.next = (index + 1) % count;
    return index;
  }
  return null;
}

function occupy(node: Node, { memory }: Hands<Memory>): void {
  const index = node.spec?.podCIDR && memory.range !== null ? indexOfBlock(memory.range, node.spec.podCIDR) : null;
  if (index !== null) memory.taken.set(index, keyOf(node));
}

function release(node: Node, { memory }: Hands<Memory>): void {
  for (const [index, holder] of memory.taken) if (holder === keyOf(node)) memory.taken.delete(index);
}

function occupyService(range: Ipv4Range, serviceCidr: string, taken: Map<number, string>): void {
  const [address = ""] = serviceCidr.split("/");
  const first = indexOfBlock(range, `${address}/${range.maskSize}`);
  const last = createRange(serviceCidr, range.maskSize);
  if (first === null || last === null) return;
  for (let index = first; index < first + last.blocks && index < range.blocks; index++)
    taken.set(index, "service range");
}
