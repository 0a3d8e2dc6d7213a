import { parseTopology, type Topology } from "../../sim/cluster/topology.ts";

/** `--set KEY=VALUE` of a topology's Kubernetes options, each as it was given. Throws an Error that says what is wrong. */
export function withSettings(topology: Topology, settings: readonly string[]): Topology {
  if (settings.length === 0) return topology;
  const kubernetes: Record<string, unknown> = { ...topology.kubernetes };
  for (const setting of settings) {
    const equals = setting.indexOf("=");
    if (equals < 1) throw new Error("--set takes key=value.");
    const key = setting.slice(0, equals);
    const value = setting.slice(equals + 1);
    const known = kubernetes[key];
    if (known === undefined)
      throw new Error(`There is no setting "${key}"; there are ${Object.keys(kubernetes).join(", ")}.`);
    kubernetes[key] = typeof known === "number" ? Number(value) : typeof known === "boolean" ? value === "true" : value;
  }
  return parseTopology(JSON.stringify({ ...topology, kubernetes }));
}
