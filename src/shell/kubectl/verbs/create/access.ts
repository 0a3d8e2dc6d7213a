/** `create role|clusterrole|rolebinding|clusterrolebinding|serviceaccount|token` */
import { parseGoDuration } from "../../../../sim/api/duration.ts";
import { type Command, type Invocation, inSteps } from "../../command.ts";
import type { ApiResource } from "../../discovery.ts";
import { addPrefix, CommandError, SilentExit, toError } from "../../errors.ts";
import type { FlagSpec } from "../../flags.ts";
import { at, type JsonObject, textOf } from "../../json.ts";
import { outputFlags, printerFor } from "../../output.ts";
import { exactlyOneName, type Generator, objectMeta } from "./generate.ts";

const rbac = "/apis/rbac.authorization.k8s.io/v1";
const apiVersion = "rbac.authorization.k8s.io/v1";
const apiGroup = "rbac.authorization.k8s.io";

const ruleFlags: readonly FlagSpec[] = [
  { name: "resource", type: "list" },
  {
    name: "resource-name",
    type: "words",
  },
  { name: "verb", type: "list" },
];

/** Others are for what a server adds to them. */
const standardVerbs = new Set(
  "get list watch create update patch delete deletecollection use bind escalate impersonate * approve sign".split(" "),
);

async function rules(invocation: Invocation): Promise<readonly JsonObject[]> {
  const { flags } = invocation;
  const verbs = flags.list("verb").includes("*") ? ["*"] : [...new Set(flags.list("verb"))];
  if (verbs.length === 0) throw new CommandError("at least one verb must be specified");
  const urls = flags.has("non-resource-url") ? flags.list("non-resource-url") : [];
  for (const verb of verbs) {
    if (!standardVerbs.has(verb)) invocation.err(`Warning: '${verb}' is not a standard resource verb`);
  }
  const words = flags.list("resource");
  if (words.length === 0 && urls.length === 0) throw new CommandError("at least one resource must be specified");
  const byGroup = new Map<string, string[]>();
  for (const word of words) {
    const [name = "", subresource] = word.split("/");
    const found = name === "*" ? { group: "", name: "*" } : await resourceOf(name, invocation);
    const list = byGroup.get(found.group) ?? [];
    list.push(subresource ? `${found.name}/${subresource}` : found.name);
    byGroup.set(found.group, list);
  }
  const names = flags.list("resource-name");
  const resourceNames = names.length > 0 ? { resourceNames: names } : {};
  return [
    ...[...byGroup]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([group, resources]) => ({ verbs, apiGroups: [group], resources, ...resourceNames })),
    ...(urls.length > 0 ? [{ verbs, nonResourceURLs: urls }] : []),
  ];
}

/** This one error stands without "error: ", as upstream's does. */
async function resourceOf(name: string, invocation: Invocation): Promise<ApiResource> {
  try {
    return await invocation.mapper.resource(name);
  } catch (thrown) {
    const error = toError(thrown);
    if (!(error instanceof CommandError)) throw error;
    invocation.err(error.message);
    throw new SilentExit(1);
  }
}

export const role: Generator = {
  name: "role",
  flags: ruleFlags,
  root: rbac,
  resource: "roles",
  namespaced: true,
  build: async (name, invocation) => ({
    kind: "Role",
    apiVersion,
    metadata: objectMeta(name),
    rules: await rules(invocation),
  }),
};

export const clusterrole: Generator = {
  name: "clusterrole",
  flags: [{ name: "aggregation-rule", type: "pairs" }, ...ruleFlags, { name: "non-resource-url", type: "list" }],
  root: rbac,
  resource: "clusterroles",
  namespaced: false,
  build: async (name, invocation) => ({
    kind: "ClusterRole",
    apiVersion,
    metadata: objectMeta(name),
    ...(await rulesOrAggregation(invocation)),
  }),
};

async function rulesOrAggregation(invocation: Invocation): Promise<JsonObject> {
  const { flags } = invocation;
  if (!flags.changed("aggregation-rule")) return { rules: await rules(invocation) };
  if (["verb", "resource", "resource-name", "non-resource-url"].some((name) => flags.changed(name)))
    throw new CommandError(
      "aggregation rule must be specified without nonResourceURLs, verbs, resources or resourceNames",
    );
  const matchLabels = flags.pairs("aggregation-rule");
  return { rules: null, aggregationRule: { clusterRoleSelectors: [{ matchLabels }] } };
}

const subjectFlags: readonly FlagSpec[] = [
  { name: "group", type: "words" },
  {
    name: "serviceaccount",
    type: "words",
  },
  { name: "user", type: "words" },
];

function subjects({ flags }: Invocation): readonly JsonObject[] {
  const named = (kind: string, names: readonly string[]): readonly JsonObject[] =>
    names.map((name) => ({ kind, apiGroup, name }));
  const accounts = flags.list("serviceaccount").map((text) => {
    const [namespace, name, ...rest] = text.split(":");
    if (!namespace || !name || rest.length > 0) throw new CommandError("serviceaccount must be <namespace>:<name>");
    return { kind: "ServiceAccount", name, namespace };
  });
  return [...named("User", flags.list("user")), ...named("Group", flags.list("group")), ...accounts];
}

function binding(kind: string, name: string, roleRef: JsonObject, invocation: Invocation): JsonObject {
  const list = subjects(invocation);
  return { kind, apiVersion, metadata: objectMeta(name), ...(list.length > 0 ? { subjects: list } : {}), roleRef };
}

export const rolebinding: Generator = {
  failure: "failed to create rolebinding",
  name: "rolebinding",
  flags: [{ name: "clusterrole", type: "string" }, { name: "role", type: "string" }, ...subjectFlags],
  root: rbac,
  resource: "rolebindings",
  namespaced: true,
  build: (name, invocation) => {
    const [cluster, own] = [invocation.flags.text("clusterrole"), invocation.flags.text("role")];
    if ((cluster === "") === (own === ""))
      throw new CommandError("exactly one of clusterrole or role must be specified");
    const roleRef = { apiGroup, kind: cluster ? "ClusterRole" : "Role", name: cluster || own };
    return binding("RoleBinding", name, roleRef, invocation);
  },
};

export const clusterrolebinding: Generator = {
  failure: "failed to create clusterrolebinding",
  name: "clusterrolebinding",
  flags: [
    {
      name: "clusterrole",
      type: "string",
      required: true,
    },
    ...subjectFlags,
  ],
  root: rbac,
  resource: "clusterrolebindings",
  namespaced: false,
  build: (name, invocation) =>
    binding(
      "ClusterRoleBinding",
      name,
      { apiGroup, kind: "ClusterRole", name: invocation.flags.text("clusterrole") },
      invocation,
    ),
};

export const serviceaccount: Generator = {
  failure: "failed to create serviceaccount",
  name: "serviceaccount",
  aliases: ["sa"],
  root: "/api/v1",
  resource: "serviceaccounts",
  namespaced: true,
  build: (name) => ({ kind: "ServiceAccount", apiVersion: "v1", metadata: objectMeta(name) }),
};

export const token: Command = {
  name: "token",
  flags: [
    { name: "bound-object-kind", type: "string", default: "" },
    { name: "bound-object-name", type: "string", default: "" },
    { name: "bound-object-uid", type: "string", default: "" },
    { name: "audience", type: "words" },
    { name: "duration", type: "duration", default: "0s" },
    ...outputFlags,
  ],
  run: inSteps({
    complete: ({ args }) => exactlyOneName(args),
    run: async (name, { client, context, flags, namespace }) => {
      const audiences = flags.list("audience");
      const seconds = Math.trunc((parseGoDuration(flags.text("duration")) ?? 0) / 1_000_000);
      const kind = flags.text("bound-object-kind");
      const bound = {
        kind,
        apiVersion: "v1",
        name: flags.text("bound-object-name"),
        uid: flags.text("bound-object-uid"),
      };
      for (const name of ["bound-object-name", "bound-object-uid"])
        if (kind === "" && flags.text(name) !== "")
          throw new CommandError(`--${name} can only be set if --bound-object-kind is provided`);
      if (kind !== "" && !["Node", "Pod", "Secret"].includes(kind))
        throw new CommandError(`supported --bound-object-kind values are Node, Pod, Secret`);
      if (kind !== "" && bound.name === "")
        throw new CommandError("--bound-object-name is required if --bound-object-kind is provided");
      const spec = {
        audiences: audiences.length > 0 ? audiences : null,
        expirationSeconds: seconds || null,
        boundObjectRef: kind === "" ? null : bound,
      };
      const body = {
        kind: "TokenRequest",
        apiVersion: "authentication.k8s.io/v1",
        metadata: { creationTimestamp: null },
        spec,
        status: { token: "", expirationTimestamp: null },
      };
      const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`;
      const answer = await client.send("POST", path, { body, accept: "application/json" }).catch((error: unknown) => {
        throw addPrefix(toError(error), "failed to create token");
      });
      const printer = await printerFor(flags, context);
      context.out.write(printer ? printer(answer) : `${textOf(at(answer, "status", "token"))}\n`);
      return 0;
    },
  }),
};
