/** `create namespace|quota|priorityclass|poddisruptionbudget|ingress` */
import { parseIntOrString } from "../../../../sim/api/intstr.ts";
import { parseSelector } from "../../../../sim/api/labels.ts";
import type { Invocation } from "../../command.ts";
import { CommandError } from "../../errors.ts";
import type { JsonObject } from "../../json.ts";
import { type Generator, objectMeta } from "./generate.ts";

export const namespace: Generator = {
  name: "namespace",
  aliases: ["ns"],
  short: "Create a namespace with the specified name",
  usage: "create namespace NAME [--dry-run=server|client|none] [options]",
  examples: [["Create a new namespace named my-namespace", "kubectl create namespace my-namespace"]],
  root: "/api/v1",
  resource: "namespaces",
  namespaced: false,
  build: (name) => ({ kind: "Namespace", apiVersion: "v1", metadata: objectMeta(name), spec: {}, status: {} }),
};

export const quota: Generator = {
  name: "quota",
  aliases: ["resourcequota"],
  short: "Create a quota with the specified name",
  usage:
    "create quota NAME [--hard=key1=value1,key2=value2] [--scopes=Scope1,Scope2] [--dry-run=server|client|none] [options]",
  flags: [
    {
      name: "hard",
      type: "string",
      usage: "A comma-delimited set of resource=quantity pairs that define a hard limit.",
    },
    {
      name: "scopes",
      type: "string",
      usage: "A comma-delimited set of quota scopes that must all match each object tracked by the quota.",
    },
  ],
  root: "/api/v1",
  resource: "resourcequotas",
  namespaced: true,
  build: (name, { flags }) => {
    const pairs = flags
      .text("hard")
      .split(",")
      .filter((pair) => pair !== "");
    const hard = Object.fromEntries(
      pairs.map((pair) => {
        const [key, value] = pair.split("=");
        if (!key || !value)
          throw new CommandError(
            `Invalid argument syntax ${pair}, expected <resource>=<value>`.replace("Invalid", "invalid"),
          );
        return [key, value];
      }),
    );
    const scopes = flags
      .text("scopes")
      .split(",")
      .filter((scope) => scope !== "");
    const spec = { ...(pairs.length > 0 ? { hard } : {}), ...(scopes.length > 0 ? { scopes } : {}) };
    return { kind: "ResourceQuota", apiVersion: "v1", metadata: objectMeta(name), spec, status: {} };
  },
};

export const priorityclass: Generator = {
  name: "priorityclass",
  aliases: ["pc"],
  short: "Create a priority class with the specified name",
  usage: "create priorityclass NAME --value=VALUE --global-default=BOOL [--dry-run=server|client|none] [options]",
  flags: [
    { name: "description", type: "string", usage: "When this priority class should be used, in words." },
    {
      name: "global-default",
      type: "bool",
      default: false,
      usage: "Whether it is the priority of pods that name none.",
    },
    {
      name: "preemption-policy",
      type: "string",
      default: "PreemptLowerPriority",
      usage: "Whether pods of lower priority are preempted.",
    },
    { name: "value", type: "int", default: 0, usage: "the value of this priority class." },
  ],
  root: "/apis/scheduling.k8s.io/v1",
  resource: "priorityclasses",
  namespaced: false,
  build: (name, { flags }) => ({
    kind: "PriorityClass",
    apiVersion: "scheduling.k8s.io/v1",
    metadata: objectMeta(name),
    value: flags.int("value"),
    ...(flags.bool("global-default") ? { globalDefault: true } : {}),
    ...(flags.text("description") ? { description: flags.text("description") } : {}),
    preemptionPolicy: flags.text("preemption-policy"),
  }),
};

export const poddisruptionbudget: Generator = {
  name: "poddisruptionbudget",
  aliases: ["pdb"],
  short: "Create a pod disruption budget with the specified name",
  usage:
    "create poddisruptionbudget NAME --selector=SELECTOR --min-available=N [--dry-run=server|client|none] [options]",
  flags: [
    { name: "max-unavailable", type: "string", usage: "The maximum number or percentage of unavailable pods." },
    { name: "min-available", type: "string", usage: "The minimum number or percentage of available pods." },
    { name: "selector", type: "string", usage: "A label selector to use for this budget." },
  ],
  root: "/apis/policy/v1",
  resource: "poddisruptionbudgets",
  namespaced: true,
  build: (name, { flags }) => {
    const [min, max, selector] = [flags.text("min-available"), flags.text("max-unavailable"), flags.text("selector")];
    if (selector === "") throw new CommandError("a selector must be specified");
    if (min === "" && max === "") throw new CommandError("one of min-available or max-unavailable must be specified");
    if (min !== "" && max !== "") throw new CommandError("min-available and max-unavailable cannot be both specified");
    const spec = {
      ...(min ? { minAvailable: parseIntOrString(min) } : {}),
      selector: selectorObject(selector),
      ...(max ? { maxUnavailable: parseIntOrString(max) } : {}),
    };
    return {
      kind: "PodDisruptionBudget",
      apiVersion: "policy/v1",
      metadata: objectMeta(name),
      spec,
      status: noDisruptions,
    };
  },
};

const noDisruptions: JsonObject = { disruptionsAllowed: 0, currentHealthy: 0, desiredHealthy: 0, expectedPods: 0 };

function selectorObject(text: string): JsonObject {
  const { requirements } = parseSelector(text);
  const matchLabels = Object.fromEntries(
    requirements
      .filter(({ operator }) => operator === "=" || operator === "==")
      .map(({ key, values }) => [key, values[0]!]),
  );
  return { matchLabels };
}

export const ingress: Generator = {
  name: "ingress",
  aliases: ["ing"],
  short: "Create an ingress with the specified name",
  usage: "create ingress NAME --rule=host/path=service:port[,tls[=secret]]  [options]",
  flags: [
    { name: "class", type: "string", usage: "Ingress class to be used" },
    {
      name: "rule",
      type: "words",
      usage: "Rule in the format host/path=service:port. A path that ends with '*' is pathType=Prefix.",
    },
  ],
  root: "/apis/networking.k8s.io/v1",
  resource: "ingresses",
  namespaced: true,
  build: (name, invocation) => {
    const className = invocation.flags.text("class");
    const spec = { ...(className ? { ingressClassName: className } : {}), rules: ingressRules(invocation) };
    return {
      kind: "Ingress",
      apiVersion: "networking.k8s.io/v1",
      metadata: objectMeta(name),
      spec,
      status: { loadBalancer: {} },
    };
  },
};

function ingressRules({ flags }: Invocation): readonly JsonObject[] {
  const rules = flags.list("rule");
  if (rules.length === 0)
    throw new CommandError(
      "not enough information provided: every ingress has to either specify a default-backend (which catches all traffic) or a list of rules (which catch specific paths)",
    );
  return rules.map((rule) => {
    const match = /^([^/=]*)(\/[^=]*)=([^:,]+):([^,]+)/.exec(rule);
    if (!match)
      throw new CommandError(
        `rule ${rule} is invalid and should be in format host/path=svcname:svcport[,tls[=secret]]`,
      );
    const [, host = "", path = "", service = "", port = ""] = match;
    const prefix = path.endsWith("*");
    const backend = {
      service: { name: service, port: /^\d+$/.test(port) ? { number: Number(port) } : { name: port } },
    };
    const paths = [{ path: prefix ? path.slice(0, -1) : path, pathType: prefix ? "Prefix" : "Exact", backend }];
    return { ...(host ? { host } : {}), http: { paths } };
  });
}
