/** `kubectl auth reconcile`: adds what rules and subjects lack, and takes nothing away unless told to. */
import { withQuery } from "../../client.ts";
import { type Command, type Invocation, inSteps } from "../../command.ts";
import { resourcePath } from "../../discovery.ts";
import { CommandError, isNotFound, throwCollected } from "../../errors.ts";
import { boolFlag } from "../../flags.ts";
import { at, type JsonObject, listOf, objectsOf, textOf, withAt, without } from "../../json.ts";
import { fileFlags, fileSources } from "../../manifests/load.ts";
import { type DryRun, dryRunFlag, dryRunOf, outputFlags, printerFor, reporter } from "../../output.ts";
import { manifestTargets, type Target, typed } from "../../targets.ts";

type Operation = "none" | "create" | "update" | "recreate";

interface Outcome {
  readonly object: JsonObject;
  readonly operation: Operation;
  readonly missing: readonly JsonObject[];
  readonly extra: readonly JsonObject[];
}

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a ?? null) === JSON.stringify(b ?? null);

/** A rule as single grants: one verb, group, resource and name each. */
function grants(rules: readonly JsonObject[]): readonly JsonObject[] {
  return rules.flatMap((rule) => {
    const names = listOf(rule.resourceNames);
    const urls = listOf(rule.nonResourceURLs).flatMap((url) =>
      listOf(rule.verbs).map((verb) => ({ verbs: [verb], nonResourceURLs: [url] })),
    );
    const resources = listOf(rule.apiGroups).flatMap((group) =>
      listOf(rule.resources).flatMap((resource) =>
        listOf(rule.verbs).flatMap((verb) =>
          (names.length > 0 ? names : [null]).map((name) => ({
            verbs: [verb],
            apiGroups: [group],
            resources: [resource],
            ...(name === null ? {} : { resourceNames: [name] }),
          })),
        ),
      ),
    );
    return [...resources, ...urls];
  });
}

function covers(owner: JsonObject, grant: JsonObject): boolean {
  const has = (field: string): boolean => {
    const [wanted] = listOf(grant[field]);
    const all = listOf(owner[field]);
    if (wanted === undefined) return field !== "resourceNames" || all.length === 0;
    if (field === "resourceNames" && all.length === 0) return true;
    return all.includes(wanted) || (field !== "resourceNames" && all.includes("*"));
  };
  const fields =
    grant.nonResourceURLs === undefined
      ? ["verbs", "apiGroups", "resources", "resourceNames"]
      : ["verbs", "nonResourceURLs"];
  return fields.every(has);
}

const notCovered = (wanted: readonly JsonObject[], by: readonly JsonObject[]): readonly JsonObject[] =>
  grants(wanted).filter((grant) => !by.some((rule) => covers(rule, grant)));

const notAmong = (wanted: readonly JsonObject[], all: readonly JsonObject[]): readonly JsonObject[] =>
  wanted.filter((one) => !all.some((other) => subjectText(other) === subjectText(one)));

function merged(live: JsonObject, wanted: JsonObject, field: "labels" | "annotations"): JsonObject {
  const both = {
    ...((at(live, "metadata", field) as JsonObject | undefined) ?? {}),
    ...((at(wanted, "metadata", field) as JsonObject | undefined) ?? {}),
  };
  return Object.keys(both).length === 0 ? live : withAt(live, ["metadata", field], both);
}

/** What the object becomes, and what of that is new. */
function reconciled(live: JsonObject | null, wanted: JsonObject, removes: boolean): Outcome {
  const field = textOf(wanted.kind).endsWith("Binding") ? "subjects" : "rules";
  const missingFrom = field === "rules" ? notCovered : notAmong;
  const wantedList = objectsOf(wanted[field]);
  if (live === null)
    return { object: wanted, operation: "create", missing: field === "rules" ? wantedList : wantedList, extra: [] };
  const recreates = field === "subjects" && !same(live.roleRef, wanted.roleRef);
  const liveList = objectsOf(live[field]);
  const missing = missingFrom(wantedList, liveList);
  const extra = missingFrom(liveList, wantedList);
  const list = removes && extra.length > 0 ? wantedList : [...liveList, ...missing];
  const withMetadata = merged(merged(live, wanted, "labels"), wanted, "annotations");
  const changed = missing.length > 0 || (removes && extra.length > 0);
  const object = changed || recreates ? { ...withMetadata, [field]: list, roleRef: wanted.roleRef } : withMetadata;
  const operation = recreates ? "recreate" : changed || !same(withMetadata, live) ? "update" : "none";
  return { object, operation, missing, extra };
}

const words = (value: unknown): string => `[${listOf(value).map(textOf).join(" ")}]`;

function ruleText(rule: JsonObject): string {
  return `{Verbs:${words(rule.verbs)} APIGroups:${words(rule.apiGroups)} Resources:${words(rule.resources)} ResourceNames:${words(rule.resourceNames)} NonResourceURLs:${words(rule.nonResourceURLs)}}`;
}

function subjectText(subject: JsonObject): string {
  const group = textOf(subject.apiGroup) || (subject.kind === "ServiceAccount" ? "" : "rbac.authorization.k8s.io");
  return `{Kind:${textOf(subject.kind)} APIGroup:${group} Name:${textOf(subject.name)} Namespace:${textOf(subject.namespace)}}`;
}

async function reconcileOne(invocation: Invocation, target: Target, dryRun: DryRun): Promise<Outcome> {
  const { client, flags } = invocation;
  const wanted = target.manifest!.object;
  const path = resourcePath(target.resource, target.namespace, target.name ?? "");
  const collection = resourcePath(target.resource, target.namespace);
  let live: JsonObject | null = null;
  try {
    live = typed(target.resource, await client.get(path));
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
  const removes = flags.bool(
    textOf(wanted.kind).endsWith("Binding") ? "remove-extra-subjects" : "remove-extra-permissions",
  );
  const outcome = reconciled(live, wanted, removes);
  if (outcome.operation === "none" || dryRun === "client") return outcome;
  const query = [["dryRun", dryRun === "server" ? "All" : undefined]] as const;
  const accept = "application/json";
  let { object } = outcome;
  if (outcome.operation === "recreate") {
    await client.send("DELETE", withQuery(path, query), { body: {} });
    object = withAt(object, ["metadata"], without(object.metadata as JsonObject, "resourceVersion", "uid"));
  }
  const answer =
    outcome.operation === "update"
      ? await client.send("PUT", withQuery(path, query), { body: object, accept })
      : await client.send("POST", withQuery(collection, query), { body: object, accept });
  return { ...outcome, object: typed(target.resource, answer) };
}

function explainOutcome({ operation, missing, extra, object }: Outcome, invocation: Invocation): void {
  if (operation === "none") return;
  invocation.err(`\treconciliation required ${operation}`);
  const isBinding = textOf(object.kind).endsWith("Binding");
  const [noun, show, flag] = isBinding
    ? (["subjects", subjectText, "remove-extra-subjects"] as const)
    : (["rules", ruleText, "remove-extra-permissions"] as const);
  const list = (title: string, items: readonly JsonObject[]): void => {
    if (items.length > 0) invocation.err([`\t${title}:`, ...items.map((item) => `\t\t${show(item)}`)].join("\n"));
  };
  list(`missing ${noun} added`, missing);
  if (invocation.flags.bool(flag)) list(`extra ${noun} removed`, extra);
}

export const reconcile: Command = {
  name: "reconcile",
  completes: "none",
  flags: [
    dryRunFlag,
    boolFlag("remove-extra-permissions"),
    boolFlag("remove-extra-subjects"),
    ...fileFlags(),
    ...outputFlags,
  ],
  run: inSteps({
    complete: (invocation) => {
      const { flags } = invocation;
      const files = fileSources(flags);
      if (files.length === 0) throw new CommandError("must specify one of -f and -k");
      return manifestTargets(invocation, files, flags.bool("recursive"));
    },
    run: async ({ targets, errors }, invocation) => {
      const { context, flags } = invocation;
      const dryRun = dryRunOf(flags);
      const report = reporter(await printerFor(flags, context), context, dryRun);
      throwCollected(errors);
      for (const target of targets) {
        if (target.resource.group !== "rbac.authorization.k8s.io") continue;
        const outcome = await reconcileOne(invocation, target, dryRun);
        report(outcome.object, "reconciled");
        explainOutcome(outcome, invocation);
      }
      return 0;
    },
  }),
};
