import type { Status } from "../../../api/object.ts";
import { forbidden, internalError } from "../../../api/status-errors.ts";
import type { Context } from "../../../kernel/types.ts";
import { checkAccess } from "../authz/access.ts";
import { type Attributes, NO_ATTRIBUTES } from "../authz/attributes.ts";
import type { Credentials } from "../messages.ts";
import type { ApiServerState } from "../state.ts";
import { impersonatedUser, serviceAccountOf, type UserInfo } from "./user.ts";

const GROUP = "authentication.k8s.io";

/** The other user, if `user` may be it: its name, each group, each value of its extra fields, and its uid. */
export function impersonateAs(
  state: ApiServerState,
  context: Context,
  user: UserInfo,
  wanted: NonNullable<Credentials["impersonate"]>,
): UserInfo | Status {
  if (wanted.user === "") return internalError(withoutUser(wanted));
  const account = serviceAccountOf(wanted.user);
  const extra = Object.entries(wanted.extra ?? {});
  const asked: Partial<Attributes>[] = [
    account === null
      ? { resource: "users", name: wanted.user }
      : { resource: "serviceaccounts", name: account.name, namespace: account.namespace },
    ...wanted.groups.map((name) => ({ resource: "groups", name })),
    ...extra.flatMap(([key, values]) =>
      values.map((name) => ({ group: GROUP, resource: "userextras", subresource: key, name })),
    ),
    ...(wanted.uid === undefined ? [] : [{ group: GROUP, resource: "uids", name: wanted.uid }]),
  ];
  for (const part of asked) {
    const attributes = { ...NO_ATTRIBUTES, user: user.name, groups: user.groups, verb: "impersonate", ...part };
    const denial = checkAccess(state, context, attributes);
    if (denial !== null) {
      return forbidden({ group: attributes.group, resource: attributes.resource }, attributes.name, denial);
    }
  }
  const impersonated = impersonatedUser(wanted.user, wanted.groups, wanted.uid ?? "", wanted.extra);
  if (context.observed) context.note("impersonation", { user: impersonated.name, groups: impersonated.groups });
  return impersonated;
}

function withoutUser({ groups, extra, uid }: NonNullable<Credentials["impersonate"]>): string {
  const what =
    groups.length > 0 ? "groups" : extra !== undefined ? "extra fields" : uid !== undefined ? "a uid" : "nothing";
  return `requested impersonating ${what} without impersonating a user`;
}
