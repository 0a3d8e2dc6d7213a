import { type EndpointSlice, endpointsOf, type Service, servicePorts } from "../services.ts";
import { baseRules } from "./base-rules.ts";
import { addRule, type IptablesTable, LAST, removeRule } from "./rules.ts";
import { type PlacedRule, type ProxyConfig, servicePortRules } from "./service-rules.ts";

export interface Tables {
  readonly nat: IptablesTable;
  readonly filter: IptablesTable;
}

/** Writes the rules that belong to no service. */
export function writeBaseRules(tables: Tables, config: ProxyConfig): void {
  for (const [index, { table, rule }] of baseRules(config).entries()) {
    addRule(tables[table], `${LAST}${pad(index)}`, rule);
  }
}

/** Keys of the rules that a service has: `table/key`. */
export type OwnedRules = readonly string[];

/**
 * Brings one service's rules up to date and leaves all others alone. `owned`: what it wrote last time. Undefined
 * service: it is gone.
 */
export function writeService(
  tables: Tables,
  service: Service | undefined,
  slices: readonly EndpointSlice[],
  config: ProxyConfig,
  owned: OwnedRules,
): OwnedRules {
  for (const place of owned) {
    const slash = place.indexOf("/");
    removeRule(tables[place.slice(0, slash) as "nat" | "filter"], place.slice(slash + 1));
  }
  if (service === undefined) return [];
  const written: string[] = [];
  for (const [index, port] of servicePorts(service, config.ipFamily).entries()) {
    const portName = service.spec.ports?.[index]?.name ?? "";
    const endpoints = endpointsOf(slices, portName, port.protocol, config.ipFamily, config.nodeName);
    const rules: PlacedRule[] = servicePortRules(port, endpoints, config);
    for (const [order, { table, rule }] of rules.entries()) {
      const key = addRule(tables[table], `${port.name} ${port.protocol} ${pad(order)}`, rule);
      written.push(`${table}/${key}`);
    }
  }
  return Object.freeze(written);
}

function pad(order: number): string {
  return String(order).padStart(5, "0");
}
