import type { ApiObject } from "../../../api/object.ts";
import { deepFreeze } from "../../../api/object.ts";
import type { Context } from "../../../kernel/types.ts";
import { definitionAnswered } from "../apiextensions/controllers.ts";
import { fileText } from "../file-text.ts";
import { healthChecked } from "../health.ts";
import type { EtcdAnswer } from "../registry/etcd-client.ts";
import { lookup } from "../registry/lookup.ts";
import { resume } from "../registry/registry.ts";
import type { ApiServerState } from "../state.ts";
import { compactorAnswered } from "./compactor.ts";
import { identityAnswered } from "./identity-lease.ts";
import { bootstrapItems, HOOKS } from "./items.ts";
import { loopback } from "./loopback.ts";
import { masterAnswered, masterReconciled } from "./master-lease.ts";
import { ensureCondition } from "./status.ts";

/** The server's own doings: post-start hooks and reconcilers. Each has a name, and its answers come back here. */
const AT_ONCE_MAX = 10;
const RETRY_US = 1_000_000;

export function beginBootstrap(state: ApiServerState, context: Context): void {
  const textOf = (path: string) => fileText(context, path);
  state.bootstrap = bootstrapItems(state.flags, context.wallUs(), textOf).filter(({ group, resource, object }) => {
    const cache = group === "" ? resource : `${resource}.${group}`;
    const held = lookup(state, cache, object.metadata?.namespace ?? "", object.metadata!.name!);
    if (held !== undefined) ensureCondition(state, context, held);
    return held === undefined;
  });
  state.bootstrapFailures = 0;
  for (const hook of HOOKS) state.hooks.set(hook, !state.bootstrap.some((item) => item.hook === hook));
  continueBootstrap(state, context);
}

/** Namespaces one after the other, then the rest, a few at a time. */
function continueBootstrap(state: ApiServerState, context: Context): void {
  while (state.bootstrap.length > 0) {
    const next = state.bootstrap[0]!;
    const limit = next.resource === "namespaces" ? 1 : AT_ONCE_MAX;
    if (
      state.bootstrapInFlight >= limit ||
      (state.bootstrapInFlight > 0 && state.bootstrapping === "namespaces" && limit > 1)
    )
      return;
    state.bootstrap.shift();
    state.bootstrapInFlight += 1;
    state.bootstrapping = next.resource;
    loopback(state, context, `bootstrap ${next.hook}`, {
      verb: "create",
      group: next.group,
      resource: next.resource,
      version: next.version,
      namespace: next.object.metadata?.namespace ?? "",
      name: next.object.metadata!.name!,
      body: deepFreeze(next.object),
    });
  }
}

/** One of the loopback requests is answered. */
export function taskAnswered(
  state: ApiServerState,
  task: string,
  context: Context,
  code: number,
  object: ApiObject,
): void {
  const [name, hook = ""] = task.split(" ");
  if (name === "master") {
    masterReconciled(state, context, code);
    return;
  }
  if (name === "identity") {
    identityAnswered(state, context, code, object);
    return;
  }
  if (name === "definition") {
    definitionAnswered(state, context, hook, code, object);
    return;
  }
  if (name === "custom-api-service") {
    if (code < 400 && object.kind === "APIService") ensureCondition(state, context, object);
    return;
  }
  // Conditions are looked at again anyway.
  if (name !== "bootstrap") return;
  state.bootstrapInFlight -= 1;
  if (code < 400) ensureCondition(state, context, object);
  const failed = code >= 400 && code !== 409;
  if (failed) {
    state.bootstrapFailures += 1;
    context.log(`E: post-start hook ${hook}: ${String(object.message)}`);
  } else if (state.bootstrapFailures === 0 && !state.bootstrap.some((item) => item.hook === hook)) {
    state.hooks.set(hook, true);
  }
  if (state.bootstrapInFlight > 0 || state.bootstrap.length > 0) continueBootstrap(state, context);
  else if (state.bootstrapFailures > 0) context.setTimer(RETRY_US, { type: "bootstrapRetry" });
  else for (const each of HOOKS) state.hooks.set(each, true);
}

/** etcd has answered something that belongs to no request. */
export function etcdTaskAnswered(state: ApiServerState, task: string, context: Context, answer: EtcdAnswer): void {
  switch (task) {
    case "health":
      healthChecked(state, context, answer);
      return;
    case "event-lease":
      eventLeaseGranted(state, context, answer);
      return;
    case "compactor":
      compactorAnswered(state, context, answer);
      return;
    default:
      masterAnswered(state, context, task, answer);
      return;
  }
}

function eventLeaseGranted(state: ApiServerState, context: Context, answer: EtcdAnswer): void {
  if (answer.ok && answer.body.op === "leaseGrant")
    state.eventLease = { id: answer.body.id, grantedAtUs: context.nowUs, keys: 0 };
  const waiting = state.leaseWaiters;
  state.leaseWaiters = [];
  for (const id of waiting) {
    const exchange = state.exchanges.get(id);
    if (exchange === undefined) continue;
    context.actFor(exchange.trace);
    resume(state, exchange, context, answer);
  }
}
