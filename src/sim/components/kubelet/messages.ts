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
  | { readonly type: "healthz" };

export type KubeletAnswer =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly code: number; readonly text: string };

/** The kubelet's first frame on every stream. Logs are refused; an exec that cannot be done ends with its `exit`. */
export type StreamHead =
  | { readonly type: "accepted" }
  | { readonly type: "refused"; readonly code: number; readonly text: string };

export type ExecFrame =
  | { readonly type: "stdin" | "stdout" | "stderr"; readonly data: string }
  | { readonly type: "stdinClosed" }
  /** Last one from the kubelet. `error` set: the command could not be started. */
  | { readonly type: "exit"; readonly exitCode: number; readonly error?: string };
