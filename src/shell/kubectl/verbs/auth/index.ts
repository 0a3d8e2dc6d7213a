/** `kubectl auth can-i|whoami` */
import { type Command, type Invocation, inSteps } from "../../command.ts";
import type { ApiResource } from "../../discovery.ts";
import { CommandError, SilentExit, UsageError } from "../../errors.ts";
import { at, type JsonObject, listOf, objectOf, objectsOf, textOf } from "../../json.ts";
import { outputFlags, printerFor } from "../../output.ts";
import { alignTabs, tableTabs } from "../../tabwriter.ts";
import { reconcile } from "./reconcile.ts";

interface Question {
  readonly verb: string;
  readonly resource: ApiResource | null;
  readonly resourceName: string;
  readonly word: string;
  readonly name: string;
}

async function complete(invocation: Invocation): Promise<Question | null> {
  const { args, flags, mapper } = invocation;
  if (flags.bool("list")) {
    if (args.length > 0) throw new CommandError("list option must be specified with no arguments");
    return null;
  }
  if (args.length < 2 || args.length > 3) {
    throw new CommandError(
      "you must specify two arguments: verb resource or verb resource/resourceName.\nSee 'kubectl auth can-i -h' for help and examples.",
    );
  }
  const [verb = "", word = "", third = ""] = args;
  if (word.startsWith("/")) return { verb, resource: null, resourceName: "", word, name: "" };
  const [kind = "", name = third] = word.split("/");
  const [resource = null] = kind === "*" ? [] : await mapper.find(kind);
  if (!resource && kind !== "*") invocation.err(`Warning: the server doesn't have a resource type '${kind}'\n`);
  if (resource && !resource.namespaced && !flags.bool("all-namespaces")) {
    invocation.err(
      `Warning: resource '${resource.name}' is not namespace scoped${resource.group ? ` in group '${resource.group}'` : ""}\n`,
    );
  }
  return { verb, resource, resourceName: kind, word, name };
}

async function run(question: Question | null, invocation: Invocation): Promise<number> {
  if (question === null) return listRules(invocation);
  const { client, flags } = invocation;
  const namespace = flags.bool("all-namespaces") ? "" : invocation.namespace;
  const attributes = question.word.startsWith("/")
    ? { nonResourceAttributes: { verb: question.verb, path: question.word } }
    : {
        resourceAttributes: {
          namespace,
          verb: question.verb,
          group: question.resource?.group ?? (question.resourceName === "*" ? "*" : ""),
          resource: question.resource?.name ?? question.resourceName,
          subresource: flags.text("subresource"),
          name: question.name,
        },
      };
  const body = {
    kind: "SelfSubjectAccessReview",
    apiVersion: "authorization.k8s.io/v1",
    metadata: { creationTimestamp: null },
    spec: attributes,
    status: { allowed: false },
  };
  const review = await client.send("POST", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", {
    body,
    accept: "application/json",
  });
  const allowed = at(review, "status", "allowed") === true;
  const reason = textOf(at(review, "status", "reason"));
  const wrong = textOf(at(review, "status", "evaluationError"));
  if (!flags.bool("quiet")) {
    invocation.out(allowed ? "yes" : `no${reason ? ` - ${reason}` : ""}${wrong ? ` - ${wrong}` : ""}`);
  }
  if (!allowed) throw new SilentExit(1);
  return 0;
}

async function listRules(invocation: Invocation): Promise<number> {
  const { client, context, flags, namespace } = invocation;
  const body = {
    kind: "SelfSubjectRulesReview",
    apiVersion: "authorization.k8s.io/v1",
    metadata: { creationTimestamp: null },
    spec: { namespace },
    status: { resourceRules: null, nonResourceRules: null, incomplete: false },
  };
  const review = await client.send("POST", "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews", {
    body,
    accept: "application/json",
  });
  const texts = (list: unknown): string => `[${listOf(list).map(textOf).join(" ")}]`;
  const resourceRows = objectsOf(at(review, "status", "resourceRules")).flatMap((rule) =>
    listOf(rule.apiGroups).flatMap((group) =>
      listOf(rule.resources).map(
        (resource) =>
          `${textOf(resource)}${group ? `.${textOf(group)}` : ""}\t[]\t${texts(rule.resourceNames)}\t${texts(rule.verbs)}`,
      ),
    ),
  );
  const pathRows = objectsOf(at(review, "status", "nonResourceRules")).flatMap((rule) =>
    listOf(rule.nonResourceURLs).map((path) => `\t[${textOf(path)}]\t[]\t${texts(rule.verbs)}`),
  );
  const head = flags.bool("no-headers") ? [] : ["Resources\tNon-Resource URLs\tResource Names\tVerbs"];
  context.out.write(`${alignTabs([...head, ...resourceRows, ...pathRows].join("\n"), tableTabs)}\n`);
  return 0;
}

const canI: Command = {
  name: "can-i",
  completes: "none",
  flags: [
    {
      name: "all-namespaces",
      short: "A",
      type: "bool",
      default: false,
    },
    { name: "list", type: "bool", default: false },
    { name: "no-headers", type: "bool", default: false },
    { name: "quiet", short: "q", type: "bool", default: false },
    { name: "subresource", type: "string", default: "" },
  ],
  run: inSteps({ complete, run }),
};

const whoami: Command = {
  name: "whoami",
  completes: "none",
  flags: outputFlags,
  run: inSteps({
    complete: ({ args }) => {
      if (args.length > 0) throw new UsageError(`unexpected arguments: [${args.join(" ")}]`);
    },
    run: async (_options, { client, context, flags }) => {
      const body = {
        kind: "SelfSubjectReview",
        apiVersion: "authentication.k8s.io/v1",
        metadata: { creationTimestamp: null },
        status: { userInfo: {} },
      };
      const review = await client.send("POST", "/apis/authentication.k8s.io/v1/selfsubjectreviews", {
        body,
        accept: "application/json",
      });
      const printer = await printerFor(flags, context);
      context.out.write(printer ? printer(review) : whoamiTable(review));
      return 0;
    },
  }),
};

function whoamiTable(review: JsonObject): string {
  const { username, uid, groups, extra } = objectOf(at(review, "status", "userInfo"));
  const rows = [
    ["Username", textOf(username)],
    ["UID", textOf(uid)],
    ["Groups", `[${listOf(groups).map(textOf).join(" ")}]`],
    ...Object.entries(objectOf(extra)).map(([key, values]) => [
      `Extra: ${key}`,
      `[${listOf(values).map(textOf).join(" ")}]`,
    ]),
  ].filter(([, value]) => value !== "" && value !== "[]");
  return `${alignTabs(["ATTRIBUTE\tVALUE", ...rows.map((cells) => cells.join("\t"))].join("\n"), tableTabs)}\n`;
}

export const auth: Command = {
  name: "auth",
  subcommands: [canI, reconcile, whoami],
};
