/** `create namespace|quota|priorityclass|poddisruptionbudget|ingress` */
import { parseIntOrString } from "../../../../sim/api/intstr.ts";
import { parseSelector } from "../../../../sim/api/labels.ts";
import type { Invocation } from "../../command.ts";
import { CommandError } from "../../errors.ts";
import { textFlag, wordsFlag } from "../../flags.ts";
import type { JsonObject } from "../../json.ts";
import { type Generator, objectMeta } from "./generate.ts";

export const namespace: Generator = {
  name: "namespace",
  aliases: ["ns"],
  root: "/api/v1",
  resource: "namespaces",
  namespaced: false,
  build: (name) => ({ kind: "Namespace", apiVersion: "v1", metadata: objectMeta(name), spec: {}, status: {} }),
};

export const quota: Generator = {
  failure: "failed to create quota",
  name: "quota",
  aliases: ["resourcequota"],
  flags: [
    {
      name: "hard",
      type: "string",
    },
    {
      name: "scopes",
      type: "string",
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
        if (!key || !value) throw new CommandError(`Invalid argument syntax ${pair}, expected <resource>=<value>`);
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
  failure: "failed to create priorityclass",
  name: "priorityclass",
  aliases: ["pc"],
  flags: [
    { name: "description", type: "string" },
    {
      name: "global-default",
      type: "bool",
      default: false,
    },
    {
      name: "preemption-policy",
      type: "string",
      default: "PreemptLowerPriority",
    },
    { name: "value", type: "int", default: 0 },
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
  failure: "failed to create poddisruptionbudgets",
  name: "poddisruptionbudget",
  aliases: ["pdb"],
  flags: [
    { name: "max-unavailable", type: "string" },
    { name: "min-available", type: "string" },
    { name: "selector", type: "string" },
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
  failure: "failed to create ingress",
  name: "ingress",
  aliases: ["ing"],
  flags: [
    { name: "class", type: "string" },
    {
      name: "rule",
      type: "words",
    },
    wordsFlag("annotation"),
    textFlag("default-backend"),
  ],
  root: "/apis/networking.k8s.io/v1",
  resource: "ingresses",
  namespaced: true,
  build: (name, invocation) => {
    return {
      kind: "Ingress",
      apiVersion: "networking.k8s.io/v1",
      metadata: { ...objectMeta(name), ...annotationsOf(invocation) },
      spec: ingressSpec(invocation),
      status: { loadBalancer: {} },
    };
  },
};

function annotationsOf({ flags }: Invocation): JsonObject {
  const pairs = flags.list("annotation").map((text) => {
    const equals = text.indexOf("=");
    if (equals < 1) throw new CommandError(`annotation ${text} is invalid and should be in format key=[value]`);
    return [text.slice(0, equals), text.slice(equals + 1)];
  });
  return pairs.length > 0 ? { annotations: Object.fromEntries(pairs) } : {};
}

function backendOf(service: string, port: string): JsonObject {
  return { service: { name: service, port: /^\d+$/.test(port) ? { number: Number(port) } : { name: port } } };
}

function ingressSpec({ flags }: Invocation): JsonObject {
  const [className, fallback] = [flags.text("class"), flags.text("default-backend")];
  const rules = flags.list("rule").map(parseRule);
  if (rules.length === 0 && fallback === "")
    throw new CommandError(
      "not enough information provided: every ingress has to either specify a default-backend (which catches all traffic) or a list of rules (which catch specific paths)",
    );
  const [service = "", port = "", ...more] = fallback.split(":");
  if (fallback !== "" && (service === "" || port === "" || more.length > 0))
    throw new CommandError("default-backend should be in format servicename:serviceport");
  const hosts = [...new Set(rules.map(({ host }) => host))];
  const secured = rules.filter(({ tls }) => tls !== null);
  const tls = [...new Set(secured.map(({ tls: secret }) => secret))].map((secret) => ({
    hosts: [...new Set(secured.filter((rule) => rule.tls === secret && rule.host !== "").map(({ host }) => host))],
    ...(secret ? { secretName: secret } : {}),
  }));
  return {
    ...(className ? { ingressClassName: className } : {}),
    ...(fallback ? { defaultBackend: backendOf(service, port) } : {}),
    ...(tls.length > 0 ? { tls } : {}),
    ...(rules.length > 0
      ? {
          rules: hosts.map((host) => ({
            ...(host ? { host } : {}),
            http: { paths: rules.filter((rule) => rule.host === host).map(({ path }) => path) },
          })),
        }
      : {}),
  };
}

interface Rule {
  readonly host: string;
  readonly path: JsonObject;
  /** Name of the secret, "" for none of its own; null: not secured. */
  readonly tls: string | null;
}

/** `host/path*=service:port,tls=secret` */
function parseRule(rule: string): Rule {
  const match = /^([^/=]*)(\/[^=]*)=([^:,]+):([^,]+)(?:,tls(?:=(.*))?)?$/.exec(rule);
  if (!match)
    throw new CommandError(`rule ${rule} is invalid and should be in format host/path=svcname:svcport[,tls[=secret]]`);
  const [, host = "", path = "", service = "", port = "", secret] = match;
  const prefix = path.endsWith("*");
  return {
    host,
    path: {
      path: prefix ? path.slice(0, -1) : path,
      pathType: prefix ? "Prefix" : "Exact",
      backend: backendOf(service, port),
    },
    tls: /,tls(=.*)?$/.test(rule) ? (secret ?? "") : null,
  };
}
