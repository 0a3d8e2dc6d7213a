import { formatRestore } from "./iptables/format.ts";
import type { ProxyState } from "./program.ts";

export interface ProxyServiceView {
  /** `default/web` */
  readonly service: string;
  readonly rules: readonly string[];
}

export interface ProxyView {
  readonly mode: "iptables";
  readonly lastSyncUs: number | null;
  readonly syncs: number;
  readonly pending: readonly string[];
  readonly lastChanged: readonly string[];
  readonly natRules: number;
  readonly filterRules: number;
  /** In order of name; at most `limit`. */
  readonly services: readonly ProxyServiceView[];
}

/** What kube-proxy looks like from outside. Pure. */
export function proxyView(state: ProxyState, limit = 50): ProxyView {
  const services: ProxyServiceView[] = [];
  state.owned.range("", undefined, (service, places) => {
    const rules = places.flatMap((place) => {
      const slash = place.indexOf("/");
      const rule = state.tables[place.slice(0, slash) as "nat" | "filter"].rules.get(place.slice(slash + 1));
      return rule === undefined ? [] : [formatRestore(rule)];
    });
    services.push({ service, rules });
    return services.length < limit;
  });
  return {
    mode: "iptables",
    lastSyncUs: state.lastSyncUs,
    syncs: state.syncs,
    pending: [...state.dirty],
    lastChanged: state.lastChanged,
    natRules: state.tables.nat.rules.size,
    filterRules: state.tables.filter.rules.size,
    services,
  };
}
