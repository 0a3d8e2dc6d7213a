import type { ConnectionFailure, HttpRequest, HttpResponse, StreamFrame } from "../shell/doors.ts";

/** Where the tabs' socket is, and the name that its protocols begin with; the page's secret is the second one. */
export const BRIDGE_PATH = "/bridge";
export const BRIDGE_PROTOCOL = "kubarium-bridge";

/** From the local server to a tab. `id` is chosen by the server. */
export type ToTab =
  | {
      readonly type: "request" | "stream";
      readonly id: number;
      /** With kubernetes-admin's certificate, or with nothing but what the client sent. */
      readonly administrator: boolean;
      readonly request: HttpRequest;
    }
  | { readonly type: "frame"; readonly id: number; readonly frame: StreamFrame }
  /** The client has gone, or timed out. */
  | { readonly type: "close"; readonly id: number }
  | {
      readonly type: "state";
      readonly answers: boolean;
      readonly tabs: number;
      readonly command: string;
      readonly kubeconfig: string;
    };

/** From a tab to the local server. */
export type FromTab =
  /** To a request, or to a stream that did not come about; a stream that did begins with its head. */
  | { readonly type: "answer"; readonly id: number; readonly answer: HttpResponse | ConnectionFailure }
  | { readonly type: "head"; readonly id: number; readonly response: HttpResponse }
  | { readonly type: "frame"; readonly id: number; readonly frame: StreamFrame }
  | { readonly type: "ended"; readonly id: number; readonly failure: ConnectionFailure | null }
  /** A new cluster has begun here: the newest session answers. */
  | { readonly type: "session" };
