import type { ApiObject } from "../../../api/object.ts";
import type { Context } from "../../../kernel/types.ts";
import type { AdmissionView } from "../admission/plugin.ts";
import type { UserInfo } from "../authn/user.ts";
import { type Attributes, NO_ATTRIBUTES } from "../authz/attributes.ts";
import { authorize } from "../authz/authorize.ts";
import type { ApiServerState, Exchange } from "../state.ts";
import { lookup, objectsIn, objectsOf } from "./lookup.ts";

/** What admission sees of the server's state while it looks at a request. */
export class ServerView implements AdmissionView {
  private readonly state: ApiServerState;
  private readonly exchange: Exchange;
  private readonly context: Context;

  constructor(state: ApiServerState, exchange: Exchange, context: Context) {
    this.state = state;
    this.exchange = exchange;
    this.context = context;
  }

  lookup(resource: string, namespace: string, name: string): ApiObject | undefined {
    return lookup(this.state, resource, namespace, name);
  }

  list(resource: string): Iterable<ApiObject> {
    return objectsOf(this.state, resource);
  }

  inNamespace(resource: string, namespace: string): readonly ApiObject[] {
    return objectsIn(this.state, resource, namespace);
  }

  allows(user: UserInfo, attributes: Partial<Attributes>): boolean {
    const asked = { ...NO_ATTRIBUTES, user: user.name, groups: user.groups, ...attributes };
    return authorize(this.state, asked).allowed;
  }

  random(bound: number): number {
    return this.context.random.int(bound);
  }

  note(plugin: string, effect: string): void {
    if (this.context.observed) this.context.note("admission", { plugin, effect });
  }

  annotate(key: string, text: string): void {
    if (this.context.observed) this.context.note("audit", { [key]: text });
  }

  warn(text: string): void {
    if (!this.exchange.warnings.includes(text)) this.exchange.warnings.push(text);
  }
}
