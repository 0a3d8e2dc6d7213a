/** `kubectl run`: one pod. */

import { withQuery } from "../../client.ts";
import { type Command, type Invocation, inSteps } from "../../command.ts";
import { CommandError, UsageError } from "../../errors.ts";
import { boolFlag, textFlag } from "../../flags.ts";
import type { JsonObject } from "../../json.ts";
import { fileFlags } from "../../manifests/load.ts";
import { dryRunFlag, dryRunOf, outputFlags, printerFor, reporter } from "../../output.ts";
import { overridden } from "../../overrides.ts";
import { commandArgs, nameArgs, withLastApplied } from "../create/generate.ts";
import { deletionFlags } from "../delete/index.ts";
import { runAttached } from "./attached.ts";

function pairs(text: string): JsonObject {
  return Object.fromEntries(
    text.split(",").map((pair) => {
      const [key = "", value] = pair.split("=");
      if (key === "" || value === undefined) throw new CommandError(`unexpected label spec: ${pair}`);
      return [key, value];
    }),
  );
}

function podFor(invocation: Invocation): JsonObject {
  const { flags } = invocation;
  const [name, ...before] = nameArgs(invocation);
  if (name === undefined) throw new UsageError("NAME is required for run");
  const words = [...before, ...commandArgs(invocation)];
  const restartPolicy = flags.text("restart");
  if (!/^(Always|OnFailure|Never)$/.test(restartPolicy))
    throw new UsageError(`invalid restart policy: ${restartPolicy}`);
  const labels = flags.text("labels") ? pairs(flags.text("labels")) : { run: name };
  const env = flags.list("env").map((pair) => {
    const equals = pair.indexOf("=");
    if (equals <= 0) throw new CommandError(`invalid env: ${pair}`);
    return { name: pair.slice(0, equals), value: pair.slice(equals + 1) };
  });
  const annotations =
    flags.list("annotations").length > 0 ? { annotations: pairs(flags.list("annotations").join(",")) } : {};
  const stdin = flags.bool("stdin");
  const container: JsonObject = {
    name,
    image: flags.text("image"),
    ...(words.length > 0 ? { [flags.bool("command") ? "command" : "args"]: words } : {}),
    ...(flags.text("port") ? { ports: [{ containerPort: Number(flags.text("port")) }] } : {}),
    ...(env.length > 0 ? { env } : {}),
    resources: {},
    ...(flags.text("image-pull-policy") ? { imagePullPolicy: flags.text("image-pull-policy") } : {}),
    ...(stdin ? { stdin: true, ...(flags.bool("leave-stdin-open") ? {} : { stdinOnce: true }) } : {}),
    ...(flags.bool("tty") ? { tty: true } : {}),
    ...(flags.bool("privileged") ? { securityContext: { privileged: true } } : {}),
  };
  const namespace = invocation.namespaceGiven ? { namespace: invocation.namespace } : {};
  const pod: JsonObject = {
    kind: "Pod",
    apiVersion: "v1",
    metadata: { name, ...namespace, creationTimestamp: null, labels, ...annotations },
    spec: { containers: [container], restartPolicy, dnsPolicy: "ClusterFirst" },
    status: {},
  };
  const made = overridden(pod, invocation);
  return flags.bool("save-config") ? withLastApplied(made) : made;
}

export const run: Command = {
  name: "run",
  completes: "none",
  flags: [
    { name: "annotations", type: "words", default: [] },
    boolFlag("attach"),
    ...deletionFlags,
    boolFlag("force"),
    boolFlag("leave-stdin-open"),
    textFlag("override-type", "merge"),
    boolFlag("save-config"),
    ...fileFlags(),
    boolFlag("command"),
    dryRunFlag,
    { name: "env", type: "words", default: [] },
    boolFlag("expose"),
    {
      name: "field-manager",
      type: "string",
      default: "kubectl-run",
    },
    { name: "image", type: "string", required: true },
    textFlag("image-pull-policy"),
    { ...textFlag("labels"), short: "l" },
    textFlag("overrides"),
    { name: "pod-running-timeout", type: "duration", default: "1m0s" },
    textFlag("port"),
    boolFlag("privileged"),
    boolFlag("quiet", false, "q"),
    {
      name: "restart",
      type: "string",
      default: "Always",
    },
    boolFlag("rm"),
    boolFlag("stdin", false, "i"),
    boolFlag("tty", false, "t"),
    ...outputFlags,
  ],
  run: inSteps({
    complete: podFor,
    validate: (_pod, { flags }) => {
      const attaches = flags.bool("stdin") || flags.bool("attach") || flags.bool("tty");
      if (flags.bool("rm") && !attaches) throw new UsageError("--rm should only be used for attached containers");
      if (flags.bool("tty") && !flags.bool("stdin"))
        throw new UsageError("-i/--stdin is required for containers with -t/--tty=true");
      if (attaches && dryRunOf(flags) !== "none")
        throw new UsageError(
          `--dry-run=${flags.text("dry-run")} can't be used with attached containers options (--attach, --stdin, or --tty)`,
        );
      if (flags.bool("expose") && flags.text("port") === "")
        throw new UsageError("--port must be set when exposing a service");
    },
    run: async (pod, invocation) => {
      const { client, context, flags, namespace } = invocation;
      const dryRun = dryRunOf(flags);
      const attaches = flags.bool("stdin") || flags.bool("attach") || flags.bool("tty");
      const printer = await printerFor(flags, context, { typed: true });
      const report = reporter(printer, context, dryRun);
      if (dryRun === "client") {
        if (flags.bool("expose")) report(serviceOf(pod, flags.text("port")), "created");
        report(pod, "created");
        return 0;
      }
      const send = async (object: JsonObject, resource: string): Promise<JsonObject> => {
        const path = withQuery(`/api/v1/namespaces/${namespace}/${resource}`, [
          ["dryRun", dryRun === "server" ? "All" : undefined],
          ["fieldManager", flags.text("field-manager")],
        ]);
        return { apiVersion: "v1", kind: object.kind, ...(await client.send("POST", path, { body: object })) };
      };
      const created = await send(pod, "pods");
      const service = flags.bool("expose") ? await send(serviceOf(pod, flags.text("port")), "services") : null;
      if (attaches) return runAttached(invocation, created);
      if (service) report(service, "created");
      report(created, "created");
      return 0;
    },
  }),
};

function serviceOf(pod: JsonObject, port: string): JsonObject {
  const { name, labels } = pod.metadata as JsonObject;
  return {
    kind: "Service",
    apiVersion: "v1",
    metadata: { name, creationTimestamp: null },
    spec: { ports: [{ protocol: "TCP", port: Number(port), targetPort: Number(port) }], selector: labels },
    status: { loadBalancer: {} },
  };
}
