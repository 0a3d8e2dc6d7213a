import type { RuntimeState } from "./state.ts";

/** What the page (and `crictl`) shows of a container runtime. */
export interface RuntimeView {
  readonly podCidr: string;
  readonly sandboxes: readonly {
    readonly id: string;
    readonly namespace: string;
    readonly pod: string;
    readonly uid: string;
    readonly attempt: number;
    readonly ready: boolean;
    readonly ip: string;
    readonly createdWallUs: number;
  }[];
  readonly containers: readonly {
    readonly id: string;
    readonly sandboxId: string;
    readonly name: string;
    readonly attempt: number;
    readonly image: string;
    readonly state: string;
    readonly exitCode: number;
    readonly process: string;
    readonly createdWallUs: number;
  }[];
  readonly images: readonly { readonly reference: string; readonly digest: string; readonly sizeBytes: number }[];
  readonly pulls: readonly {
    readonly reference: string;
    readonly phase: string;
    readonly percent: number;
    readonly startedAtUs: number;
  }[];
  readonly execs: readonly { readonly containerId: string; readonly process: string }[];
  readonly recentCalls: RuntimeState["recentCalls"];
}

/** `bandwidthBytesPerSecond`: of the way to the registry, to estimate how far a layer on its way has come. */
export function runtimeView(state: RuntimeState, nowUs: number, bandwidthBytesPerSecond = 50_000_000): RuntimeView {
  return {
    podCidr: state.podCidr,
    sandboxes: [...state.sandboxes.values()].map(({ id, config, stopped, ip, createdWallUs }) => ({
      id,
      namespace: config.namespace,
      pod: config.name,
      uid: config.uid,
      attempt: config.attempt,
      ready: !stopped,
      ip,
      createdWallUs,
    })),
    containers: [...state.containers.values()].map(({ status }) => ({
      id: status.id,
      sandboxId: status.sandboxId,
      name: status.name,
      attempt: status.attempt,
      image: status.image,
      state: status.state,
      exitCode: status.exitCode,
      process: status.process,
      createdWallUs: status.createdWallUs,
    })),
    images: [...state.images.values()].map(({ reference, digest, sizeBytes }) => ({ reference, digest, sizeBytes })),
    pulls: [...state.pulls.values()].map((pull) => {
      let bytes = pull.doneBytes;
      for (const { sizeBytes, askedAtUs } of pull.downloading.values()) {
        bytes += Math.min(sizeBytes, Math.floor(((nowUs - askedAtUs) * bandwidthBytesPerSecond) / 1_000_000));
      }
      const total = pull.image?.sizeBytes ?? 0;
      return {
        reference: pull.reference,
        phase: pull.phase,
        percent: total === 0 ? 0 : Math.min(100, Math.floor((100 * bytes) / total)),
        startedAtUs: pull.startedAtUs,
      };
    }),
    execs: [...state.execs.values()].map(({ containerId, process }) => ({ containerId, process })),
    recentCalls: state.recentCalls.slice(),
  };
}
