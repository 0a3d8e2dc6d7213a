import { equalJson } from "../../../api/equal.ts";
import type { ApiObject } from "../../../api/object.ts";
import { deepFreeze } from "../../../api/object.ts";
import type { Context } from "../../../kernel/types.ts";
import { askEtcd, type EtcdAnswer } from "../registry/etcd-client.ts";
import { lookup } from "../registry/lookup.ts";
import type { ApiServerState } from "../state.ts";
import { loopback } from "./loopback.ts";

/**
 * The `kubernetes` Service's endpoints: each API server keeps its address in etcd on a lease of 15 s, renewed every
 * 10 s, and writes the Endpoints and the EndpointSlice when they do not say what etcd says.
 */
const PREFIX = "/registry/masterleases/";
const TTL_SECONDS = 15;
const TIMEOUT_US = 5_000_000;
export const MASTER_EVERY_US = 10_000_000;

export function renewMaster(state: ApiServerState, context: Context): void {
  if (state.masterLease === 0) grant(state, context);
  else
    askEtcd(
      state,
      context,
      { op: "leaseKeepAlive", id: state.masterLease },
      { use: "task", task: "master-keepalive" },
      TIMEOUT_US,
    );
}

function grant(state: ApiServerState, context: Context): void {
  askEtcd(
    state,
    context,
    { op: "leaseGrant", ttlSeconds: TTL_SECONDS },
    { use: "task", task: "master-grant" },
    TIMEOUT_US,
  );
}

export function masterAnswered(state: ApiServerState, context: Context, task: string, answer: EtcdAnswer): void {
  const { body } = answer.ok ? answer : { body: null };
  switch (task) {
    case "master-keepalive":
      if (body?.op === "leaseKeepAlive" && body.ttlSeconds > 0) {
        list(state, context);
        return;
      }
      state.masterLease = 0;
      grant(state, context);
      return;
    case "master-grant": {
      if (body?.op !== "leaseGrant") return;
      state.masterLease = body.id;
      const ip = state.flags.advertiseAddress;
      const data = deepFreeze({
        kind: "Endpoints",
        apiVersion: "v1",
        metadata: {},
        subsets: [{ addresses: [{ ip }] }],
      });
      askEtcd(
        state,
        context,
        { op: "put", key: PREFIX + ip, value: { data, sizeBytes: 120 }, lease: body.id },
        { use: "task", task: "master-put" },
        TIMEOUT_US,
      );
      return;
    }
    case "master-put":
      if (body !== null) list(state, context);
      return;
    case "master-list":
      if (body?.op === "range")
        reconcile(
          state,
          context,
          body.kvs.map(({ key }) => key.slice(PREFIX.length)),
        );
      return;
    default:
  }
}

function list(state: ApiServerState, context: Context): void {
  const range = { op: "range", key: PREFIX, rangeEnd: "/registry/masterleases0", keysOnly: true } as const;
  askEtcd(state, context, range, { use: "task", task: "master-list" }, TIMEOUT_US);
}

function reconcile(state: ApiServerState, context: Context, addresses: readonly string[]): void {
  const { securePort } = state.flags;
  const port = { name: "https", port: securePort, protocol: "TCP" };
  const endpoints: ApiObject = {
    kind: "Endpoints",
    apiVersion: "v1",
    metadata: {
      name: "kubernetes",
      namespace: "default",
      labels: { "endpointslice.kubernetes.io/skip-mirror": "true" },
    },
    subsets: [{ addresses: addresses.map((ip) => ({ ip })), ports: [port] }],
  };
  const slice: ApiObject = {
    kind: "EndpointSlice",
    apiVersion: "discovery.k8s.io/v1",
    metadata: { name: "kubernetes", namespace: "default", labels: { "kubernetes.io/service-name": "kubernetes" } },
    addressType: "IPv4",
    endpoints: addresses.map((ip) => ({ addresses: [ip], conditions: { ready: true } })),
    ports: [port],
  };
  write(state, context, "", "endpoints", endpoints, ["subsets"]);
  write(state, context, "discovery.k8s.io", "endpointslices", slice, ["endpoints", "ports"]);
}

function write(
  state: ApiServerState,
  context: Context,
  group: string,
  resource: string,
  object: ApiObject,
  fields: readonly string[],
): void {
  const held = lookup(state, group === "" ? resource : `${resource}.${group}`, "default", "kubernetes");
  if (held !== undefined && fields.every((field) => equalJson(held[field], object[field]))) return;
  const body = held === undefined ? object : { ...held, ...object, metadata: { ...held.metadata, ...object.metadata } };
  const verb = held === undefined ? "create" : "update";
  loopback(state, context, "master", {
    verb,
    group,
    version: "v1",
    resource,
    namespace: "default",
    name: "kubernetes",
    body: deepFreeze(body),
  });
}

/** What another API server wrote meanwhile is found out at the next round. */
export function masterReconciled(_state: ApiServerState, context: Context, code: number): void {
  if (code >= 400 && code !== 409) context.count("endpoint_reconciler_failures_total");
}

/** At a graceful end: this server is no endpoint any more. */
export function leaveMasters(state: ApiServerState, context: Context): void {
  askEtcd(
    state,
    context,
    { op: "deleteRange", key: PREFIX + state.flags.advertiseAddress },
    { use: "task", task: "master-left" },
    1_000_000,
  );
}
