/** The kubelet's own server, which the API server calls for logs and exec. */
export const KUBELET_PORT = 10250;

export type KubeletRequest =
  /** Answered by `{ok: true, text}` or `{ok: false, code, text}`. As a stream (follow): frames `{type: "chunk", data}`. */
  | {
      readonly type: "containerLogs";
      readonly namespace: string;
      readonly pod: string;
      readonly container: string;
      readonly options: {
        readonly follow?: boolean;
        readonly previous?: boolean;
        readonly tailLines?: number;
        readonly sinceSeconds?: number;
        readonly sinceTime?: string;
        readonly timestamps?: boolean;
        readonly limitBytes?: number;
      };
    }
  /** Opened as a stream; after the kubelet's `StreamHead` frames both ways are `ExecFrame`s. */
  | {
      readonly type: "exec";
      readonly namespace: string;
      readonly pod: string;
      readonly container: string;
      readonly command: readonly string[];
      readonly stdin: boolean;
      readonly tty: boolean;
    }
  /** Opened as a stream: what a container that was given a standard input prints from now on, and what is typed into it. */
  | {
      readonly type: "attach";
      readonly namespace: string;
      readonly pod: string;
      readonly container: string;
      readonly stdin: boolean;
    }
  /** Opened as a stream; after the head frames both ways are `PortFrame`s. */
  | { readonly type: "portForward"; readonly namespace: string; readonly pod: string }
  | { readonly type: "healthz" }
  /**
   * What node and containers had used at each of some moments (world time, not longer ago than a minute), as
   * `GET /metrics/resource` would have told then. Answered by `ResourceMetricsAnswer`.
   */
  | { readonly type: "resourceMetrics"; readonly atUs: readonly number[] };

export type KubeletAnswer =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly code: number; readonly text: string };

export interface ResourceMetricsAnswer {
  readonly ok: true;
  /** One per moment that was asked for. */
  readonly samples: readonly ResourceSample[];
}

/** One look of cAdvisor: when it was (world time; the node's calendar time), and what it saw. */
export interface ResourceSample {
  readonly atUs: number;
  readonly timestampWallUs: number;
  readonly node: UseSample;
  readonly containers: readonly (UseSample & {
    readonly namespace: string;
    readonly pod: string;
    readonly uid: string;
    readonly container: string;
  })[];
}

export interface UseSample {
  readonly startedWallUs: number;
  /** CPU time used since the start. */
  readonly cpuUs: number;
  /** Working set. */
  readonly memoryBytes: number;
}

/** The kubelet's first frame on every stream. Logs are refused; an exec that cannot be done ends with its `exit`. */
export type StreamHead =
  | { readonly type: "accepted" }
  | { readonly type: "refused"; readonly code: number; readonly text: string };

export type ExecFrame =
  | { readonly type: "stdin" | "stdout" | "stderr"; readonly data: string }
  | { readonly type: "stdinClosed" }
  /** The size of the client's terminal. */
  | { readonly type: "resize"; readonly columns: number; readonly rows: number }
  /** Last one from the kubelet. `error` set: the command could not be started. */
  | { readonly type: "exit"; readonly exitCode: number; readonly error?: string };

/**
 * Connections to ports of a pod, many on one stream. `connection` is chosen by the client. Data are bytes as text
 * (`sim/api/byte-text.ts`). `portEnd`: its sender sends no more on it; `portError`: it did not come about, or broke.
 */
export type PortFrame =
  | { readonly type: "portOpen"; readonly connection: number; readonly port: number }
  | { readonly type: "portData"; readonly connection: number; readonly data: string }
  | { readonly type: "portEnd"; readonly connection: number }
  | { readonly type: "portError"; readonly connection: number; readonly text: string };
