/** `kubectl set selector|subject`: what a Service or a binding points at. */

import { apiVersionOf } from "../../discovery.ts";
import { CommandError } from "../../errors.ts";
import { textFlag, wordsFlag } from "../../flags.ts";
import { type JsonObject, objectsOf, withAt } from "../../json.ts";
import { resolveWork, setCommand, splitArgs, type Work } from "./command.ts";

const rbac = "rbac.authorization.k8s.io";

export const selector = setCommand({
  name: "selector",
  without: ["selector", "kustomize"],
  flags: [textFlag("resource-version")],
  complete: async (invocation) => {
    const { resources, pairs } = splitArgs(invocation.args);
    if (pairs.length === 0) throw new CommandError("one selector is required");
    const wanted = Object.fromEntries(
      pairs.flatMap((pair) => pair.split(",")).map((pair) => pair.split(/=(.*)/s).slice(0, 2)),
    );
    const work: Work = {
      operation: "selector updated",
      change: ({ object, resource }) => {
        if (resource.kind !== "Service") throw new CommandError("setting a selector is only supported for Services");
        return withAt(object, ["spec", "selector"], wanted);
      },
    };
    return resolveWork(invocation, work, resources);
  },
});

export const subject = setCommand({
  name: "subject",
  flags: [wordsFlag("group"), wordsFlag("serviceaccount"), wordsFlag("user")],
  complete: async (invocation) => {
    const { flags } = invocation;
    const accounts = flags.list("serviceaccount").map((text) => {
      const [namespace, name, ...more] = text.split(":");
      if (!namespace || !name || more.length > 0) throw new CommandError("serviceaccount must be <namespace>:<name>");
      return { kind: "ServiceAccount", name, namespace };
    });
    const named = (kind: string, names: readonly string[]): readonly JsonObject[] =>
      names.map((name) => ({ apiGroup: rbac, kind, name }));
    const added = [...named("User", flags.list("user")), ...named("Group", flags.list("group")), ...accounts];
    if (added.length === 0)
      throw new CommandError("you must specify at least one value of user, group or serviceaccount");
    const work: Work = {
      operation: "subjects updated",
      change: ({ object, resource, name }) => {
        if (apiVersionOf(resource) !== `${rbac}/v1` || !resource.kind.endsWith("Binding"))
          throw new CommandError(
            `${resource.name}/${name} setting subjects is only supported for RoleBinding/ClusterRoleBinding`,
          );
        const before = objectsOf(object.subjects);
        const fresh = added.filter((one) => !before.some((other) => isSame(one, other)));
        return { ...object, subjects: [...before, ...fresh] };
      },
    };
    return resolveWork(invocation, work, invocation.args);
  },
});

function isSame(a: JsonObject, b: JsonObject): boolean {
  return a.kind === b.kind && a.name === b.name && a.namespace === b.namespace;
}
