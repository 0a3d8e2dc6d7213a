import type { LoadBalancerState } from "./program.ts";

export interface LoadBalancerView {
  readonly servers: readonly {
    readonly name: string;
    readonly address: string;
    readonly state: "UP" | "DOWN" | "UP, going down" | "DOWN, going up";
    readonly lastCheck: string;
    readonly sessions: number;
  }[];
  readonly sessions: number;
  readonly served: number;
  /** Callers and the server that their connection goes to. */
  readonly callers: readonly { readonly process: string; readonly server: string }[];
}

export function loadBalancerView(state: LoadBalancerState): LoadBalancerView {
  return {
    servers: state.servers.map(({ name, address, up, against, lastCheck, sessions }) => ({
      name,
      address,
      state: up ? (against > 0 ? "UP, going down" : "UP") : against > 0 ? "DOWN, going up" : "DOWN",
      lastCheck,
      sessions,
    })),
    sessions: state.relays.size,
    served: state.served,
    callers: [...state.pinned].map(([process, server]) => ({ process, server: state.servers[server]!.name })),
  };
}
