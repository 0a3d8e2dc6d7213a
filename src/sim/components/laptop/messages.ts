import type { NetworkError } from "../../kernel/types.ts";
import type { HttpChunk, HttpRequest, HttpResponse } from "../kube-apiserver/messages.ts";

/**
 * The person's own machine, and the door to the world: a command that runs outside (kubectl in the page, the real
 * kubectl behind the bridge) gets its requests sent from here. Inputs are logged with their virtual time; a rewind
 * replays them, never the command.
 */
export type LaptopInput =
  | {
      readonly type: "http";
      /** Chosen by the session, unique in its life. */
      readonly exchange: number;
      readonly server: string;
      readonly request: HttpRequest;
      readonly stream: boolean;
      readonly timeoutUs: number;
      /** Which kubeconfig user: `kubernetes-admin`, or one that a person made. */
      readonly certificate: unknown;
    }
  | { readonly type: "frame"; readonly exchange: number; readonly frame: HttpChunk }
  | { readonly type: "halfClose"; readonly exchange: number }
  | { readonly type: "cancel"; readonly exchange: number };

export type LaptopOutput =
  | { readonly type: "answer"; readonly exchange: number; readonly response: HttpResponse }
  | { readonly type: "frame"; readonly exchange: number; readonly frame: HttpResponse | HttpChunk }
  | { readonly type: "closed"; readonly exchange: number; readonly error: NetworkError | null }
  | { readonly type: "failed"; readonly exchange: number; readonly error: NetworkError };
