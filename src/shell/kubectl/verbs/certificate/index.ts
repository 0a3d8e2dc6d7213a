/** `kubectl certificate approve|deny` */
import { formatTime } from "../../../../sim/api/time.ts";
import { type Command, type Invocation, inSteps } from "../../command.ts";
import { CommandError, throwCollected } from "../../errors.ts";
import { boolFlag } from "../../flags.ts";
import { at, type JsonObject, objectsOf, withAt } from "../../json.ts";
import { fileFlags, fileSources } from "../../manifests/load.ts";
import { outputFlags, printerFor, reporter } from "../../output.ts";
import { type Info, infoPath, readInfos, resolveTargets, type Target, typed } from "../../targets.ts";

interface Verdict {
  readonly condition: "Approved" | "Denied";
  readonly reason: string;
  readonly message: string;
  /** In success lines. */
  readonly done: string;
}

const approved: Verdict = {
  condition: "Approved",
  reason: "KubectlApprove",
  message: "This CSR was approved by kubectl certificate approve.",
  done: "approved",
};

const denied: Verdict = {
  condition: "Denied",
  reason: "KubectlDeny",
  message: "This CSR was denied by kubectl certificate deny.",
  done: "denied",
};

function complete(invocation: Invocation): Promise<readonly Target[]> {
  const { args, flags } = invocation;
  const files = fileSources(flags);
  if (args.length === 0 && files.length === 0)
    throw new CommandError("one or more CSRs must be specified as <name> or -f <filename>");
  return resolveTargets(invocation, args.length === 0 ? [] : ["certificatesigningrequests", ...args], {
    files,
    recursive: flags.bool("recursive"),
  });
}

async function decide(verdict: Verdict, info: Info, invocation: Invocation): Promise<JsonObject> {
  if (info.resource.kind !== "CertificateSigningRequest")
    throw new CommandError("can only approve certificate signing requests");
  const request = typed(info.resource, info.object);
  const conditions = objectsOf(at(request, "status", "conditions"));
  const has = conditions.some(({ type }) => type === verdict.condition);
  if (has && !invocation.flags.bool("force")) return request;
  const now = formatTime(await invocation.context.session.wallUs());
  const condition = {
    type: verdict.condition,
    status: "True",
    reason: verdict.reason,
    message: verdict.message,
    lastUpdateTime: now,
    lastTransitionTime: null,
  };
  const others = conditions.filter(({ type }) => type !== verdict.condition);
  const body = withAt(request, ["status", "conditions"], [...others, condition]);
  return typed(
    info.resource,
    await invocation.client.send("PUT", infoPath(info, "approval"), { body, accept: "application/json" }),
  );
}

function subcommand(name: string, verdict: Verdict): Command {
  return {
    name,
    completes: "signingRequests",
    flags: [boolFlag("force"), ...fileFlags(), ...outputFlags],
    run: inSteps({
      complete,
      run: async (targets, invocation) => {
        const { context, flags } = invocation;
        const report = reporter(await printerFor(flags, context), context, "none");
        const { infos, errors } = await readInfos(invocation, targets);
        for (const info of infos) report(await decide(verdict, info, invocation), verdict.done);
        throwCollected(errors);
        if (infos.length === 0) invocation.out("No resources found");
        return 0;
      },
    }),
  };
}

export const certificate: Command = {
  name: "certificate",
  subcommands: [subcommand("approve", approved), subcommand("deny", denied)],
};
