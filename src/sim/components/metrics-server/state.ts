import type { RequestId, TimerId } from "../../kernel/types.ts";
import type { Machinery, MachineryTimer } from "../../machinery/machinery.ts";
import type { HttpRequest } from "../kube-apiserver/messages.ts";
import type { ResourceSample } from "../kubelet/messages.ts";

export interface MetricsServerState {
  /** Null: it could not start. */
  readonly machinery: Machinery | null;
  readonly port: number;
  /** `--metric-resolution` */
  readonly resolutionUs: number;
  readonly startedAtUs: number;
  /** What the last scrape brought, or is bringing. */
  scrape: Scrape | null;
  served: number;
}

/** One round of asking kubelets, for a tick of the resolution. */
export interface Scrape {
  readonly tick: number;
  /** Nodes that have not answered yet. */
  readonly asked: Set<string>;
  /** What nodes saw at the tick before and at this one. */
  readonly byNode: Map<string, readonly [before: ResourceSample, last: ResourceSample]>;
  /** Requests that wait for it. */
  waiting: readonly { readonly id: RequestId; readonly request: HttpRequest }[];
  timer: TimerId | null;
}

export type MetricsServerMessage = MachineryTimer | { readonly type: "scrapeOver"; readonly tick: number };

/** Comes back with a kubelet's answer. */
export interface ScrapeTag {
  readonly metricsServer: "scrape";
  readonly tick: number;
  readonly node: string;
}
