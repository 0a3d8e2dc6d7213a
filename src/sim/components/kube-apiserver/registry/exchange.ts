import type { Kind } from "../../../api/kinds.ts";
import { deepFreeze, type Status } from "../../../api/object.ts";
import type { Context } from "../../../kernel/types.ts";
import type { UserInfo } from "../authn/user.ts";
import type { ResponseForm } from "../http/form.ts";
import type { ResourceRequest } from "../messages.ts";
import type { ApiServerState, Exchange, ReplyTo } from "../state.ts";

export interface NewExchange {
  readonly replyTo: ReplyTo;
  readonly request: ResourceRequest;
  readonly kind: Kind;
  readonly form: ResponseForm | null;
  readonly user: UserInfo;
  readonly deadlineAtUs: number;
}

export function openExchange(state: ApiServerState, context: Context, given: NewExchange): Exchange {
  const id = state.nextExchange;
  state.nextExchange = id + 1;
  const exchange: Exchange = {
    id,
    replyTo: given.replyTo,
    request: given.request,
    kind: given.kind,
    form: given.form === null ? null : Object.freeze(given.form),
    user: deepFreeze(given.user),
    receivedAtUs: context.nowUs,
    deadlineAtUs: given.deadlineAtUs,
    trace: context.trace,
    phase: "begin",
    name: given.request.name,
    attempts: 0,
    warnings: [],
    draft: null,
    unallocated: null,
    nodePorts: null,
    creates: false,
    removes: false,
    live: false,
    charge: null,
    budgets: null,
    pending: 0,
    collected: [],
    refusal: null,
  };
  state.exchanges.set(id, exchange);
  return exchange;
}

/** Whether a function gave a refusal instead of what it was asked for. */
export function isStatus(value: object): value is Status {
  const { kind, apiVersion, status } = value as Partial<Status>;
  return kind === "Status" && apiVersion === "v1" && typeof status === "string";
}

export function isDryRun(exchange: Exchange): boolean {
  return exchange.request.options.dryRun === true;
}
