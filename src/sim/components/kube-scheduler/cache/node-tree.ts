/** Node names by zone, in the order of their arrival: what the scan order is made of. */
export type NodeTree = Map<string, string[]>;

export function addToTree(tree: NodeTree, zone: string, name: string): void {
  const names = tree.get(zone);
  if (names === undefined) tree.set(zone, [name]);
  else names.push(name);
}

export function removeFromTree(tree: NodeTree, zone: string, name: string): void {
  const names = tree.get(zone);
  const at = names?.indexOf(name) ?? -1;
  if (names === undefined || at < 0) return;
  names.splice(at, 1);
  if (names.length === 0) tree.delete(zone);
}

/** One node of each zone in turn, so that a scan that stops early has seen all zones. */
export function interleaved(tree: NodeTree): string[] {
  const order: string[] = [];
  const zones = [...tree.values()];
  for (let round = 0; ; round += 1) {
    let found = false;
    for (const names of zones) {
      const name = names[round];
      if (name === undefined) continue;
      order.push(name);
      found = true;
    }
    if (!found) return order;
  }
}
