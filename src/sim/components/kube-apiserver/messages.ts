import type { ApiObject } from "../../api/object.ts";
import type { TraceRef } from "../../kernel/types.ts";
import type { PortFrame } from "../kubelet/messages.ts";

/** Listens on 6443. Components inside the world send `ResourceRequest`; clients from outside send `HttpRequest`. */
export const API_SERVER_PORT = 6443;

export type Verb = "get" | "list" | "watch" | "create" | "update" | "patch" | "delete" | "deletecollection";

export type PatchType = "json" | "merge" | "strategic" | "apply";

/** Query parameters of the REST API, under their own names. */
export interface RequestOptionsOfVerb {
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  readonly limit?: number;
  readonly continue?: string;
  readonly resourceVersion?: string;
  readonly resourceVersionMatch?: "Exact" | "NotOlderThan";
  readonly allowWatchBookmarks?: boolean;
  readonly sendInitialEvents?: boolean;
  readonly timeoutSeconds?: number;
  readonly dryRun?: boolean;
  readonly fieldManager?: string;
  readonly fieldValidation?: "Ignore" | "Warn" | "Strict";
  readonly force?: boolean;
  /** Body of a delete (DeleteOptions). */
  readonly gracePeriodSeconds?: number;
  readonly propagationPolicy?: "Orphan" | "Background" | "Foreground";
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string };
  /** For `pods/log`, `pods/exec` and the like: their own parameters. */
  readonly connect?: Readonly<Record<string, unknown>>;
}

export interface Credentials {
  /** Service-account or bootstrap token. The client certificate travels with the connection (`Peer.certificate`). */
  readonly token?: string;
  /** A client certificate of one's own in PEM, instead of the connection's; "" is none at all. */
  readonly certificate?: string;
  readonly impersonate?: {
    readonly user: string;
    readonly groups: readonly string[];
    readonly uid?: string;
    readonly extra?: Readonly<Record<string, readonly string[]>>;
  };
}

/** One request as the registry understands it, without going through URL text. Answered by `ResourceResponse`. */
export interface ResourceRequest {
  readonly type: "resource";
  readonly verb: Verb;
  /** "" is the core group. */
  readonly group: string;
  readonly version: string;
  /** Plural: `pods`. */
  readonly resource: string;
  /** `status`, `scale`, `binding`, `log`, `exec`, ...; "" for the object itself. */
  readonly subresource: string;
  /** "" for cluster-scoped kinds, and for all namespaces in list and watch. */
  readonly namespace: string;
  readonly name: string;
  readonly options: RequestOptionsOfVerb;
  readonly body?: unknown;
  readonly patchType?: PatchType;
  /** Of a patch: what only its text told (`duplicate field "data.a"`). */
  readonly duplicates?: readonly string[];
  readonly credentials: Credentials;
  readonly userAgent: string;
}

export interface ResourceResponse {
  readonly type: "resource";
  readonly code: number;
  /** The object, a list (`{kind: "PodList", metadata: {resourceVersion}, items}`), or a `Status`. Frozen. */
  readonly object: ApiObject;
  readonly warnings?: readonly string[];
}

/**
 * A watch, by ResourceRequest, is a stream: opened with the request, its frames are `WatchFrame`s. A refused watch
 * sends one `refused` frame and closes.
 */
export type WatchFrame =
  | {
      readonly type: "ADDED" | "MODIFIED" | "DELETED" | "BOOKMARK" | "ERROR";
      readonly object: ApiObject;
      /** The trace that wrote this revision: causality survives storage. Absent for the initial state. */
      readonly trace?: TraceRef;
    }
  | { readonly type: "refused"; readonly response: ResourceResponse };

/** What real clients send. `path` includes the query. Header names are lower case. */
export interface HttpRequest {
  readonly type: "http";
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Text, or bytes of a protobuf body. */
  readonly body: string | Uint8Array;
}

/**
 * Answer to an `HttpRequest` sent as a request. Long-running ones (watch, `log?follow`, exec) are opened as a stream
 * with the `HttpRequest` as body: the first frame is an `HttpResponse` with an empty body, the next are
 * `HttpChunk`s, flushed at once; exec and the like use channel frames.
 */
export interface HttpResponse {
  readonly type: "http";
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export type HttpChunk =
  | { readonly type: "chunk"; readonly data: string }
  /** exec/attach: v5.channel.k8s.io channels: 0 stdin, 1 stdout, 2 stderr, 3 error (a Status as JSON), 4 resize, 255 close. */
  | { readonly type: "channel"; readonly channel: number; readonly data: string }
  /** port-forward: the kubelet's frames, both ways. */
  | PortFrame;
