import type { Peer } from "../../../../kernel/types.ts";
import type { ProgramArgs } from "../../messages.ts";
import type { TcpConnections } from "../tcp.ts";
import type { Query } from "./query.ts";

/** The test suite's image of many programs, when it runs one that serves. */
export interface AgnhostState {
  readonly args: ProgramArgs;
  readonly command: string;
  readonly startedAtUs: number;
  /** False: a gRPC health check is told that it does not serve. */
  serving: boolean;
  /** Dials and calls to others that are under way, by number. */
  readonly calls: Map<number, Call>;
  nextCall: number;
  /** The guestbook's entries, and who wants to hear of new ones. */
  readonly entries: Map<string, string>;
  readonly replicas: string[];
  /** Of `nettest`: who has written how often. */
  readonly received: Map<string, number>;
  /** Lines of `logs-generator` so far. */
  lines: number;
  readonly connections: TcpConnections;
}

export type Call =
  /** `/dial` of netexec: so many tries, one after the other. */
  | {
      readonly kind: "dial";
      readonly request: number;
      readonly query: Query;
      readonly host: string;
      readonly triesLeft: number;
      readonly responses: readonly string[];
      readonly errors: readonly string[];
      readonly resolving: boolean;
    }
  /** The guestbook asks another one for the answer, or tells replicas and then answers. */
  | {
      readonly kind: "forward" | "tell" | "register";
      readonly request: number;
      readonly host: string;
      readonly path: string;
      readonly waiting: readonly string[];
      readonly resolving: boolean;
    };

export interface AgnhostTag {
  readonly agnhost: number;
}

export type AgnhostMessage =
  | { readonly type: "agnhostReady" }
  | { readonly type: "agnhostLater"; readonly request: number; readonly status: number; readonly body: string }
  | { readonly type: "agnhostExit"; readonly exitCode: number }
  | { readonly type: "agnhostUnhealthy" }
  | { readonly type: "agnhostLine" }
  | { readonly type: "agnhostRegister" };

export interface Asked {
  readonly id: number;
  readonly from: Peer;
  readonly method: string;
  readonly path: string;
  readonly query: Query;
  readonly body: string;
  /** Of the server that was asked. */
  readonly port: string;
}
