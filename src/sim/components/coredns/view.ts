import { allSynced, informerOf } from "../../machinery/machinery.ts";
import type { CorednsState, RecentQuery } from "./program.ts";

export interface CorednsView {
  readonly phase: CorednsState["phase"];
  readonly synced: boolean;
  readonly zone: string;
  readonly corefile: string;
  readonly services: number;
  readonly endpointSlices: number;
  readonly queries: number;
  readonly byRcode: Readonly<Record<string, number>>;
  /** Newest first. */
  readonly recent: readonly RecentQuery[];
}

/** What CoreDNS looks like from outside. Pure. */
export function corednsView(state: CorednsState): CorednsView {
  const { machinery } = state;
  const count = (name: string) => (machinery === null ? 0 : informerOf(machinery, name).store.objects.size);
  return {
    phase: state.phase,
    synced: machinery === null || allSynced(machinery),
    zone: state.config?.kubernetes?.zone ?? "",
    corefile: state.corefile,
    services: count("services"),
    endpointSlices: count("endpointslices"),
    queries: state.queries,
    byRcode: Object.fromEntries(state.byRcode),
    recent: [...state.recent].reverse(),
  };
}
