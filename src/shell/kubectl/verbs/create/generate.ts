/** `create KIND NAME`: objects made from flags, sent or printed. */
import { withQuery } from "../../client.ts";
import { type Command, type Invocation, inSteps } from "../../command.ts";
import { addPrefix, toError, UsageError } from "../../errors.ts";
import type { FlagSpec } from "../../flags.ts";
import { at, canonicalJson, type JsonObject, objectOf, withAt, without } from "../../json.ts";
import { dryRunFlag, dryRunOf, outputFlags, printerFor, reporter } from "../../output.ts";

export interface Generator {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly flags?: readonly FlagSpec[];
  /** `/apis/apps/v1`, `deployments` */
  readonly root: string;
  readonly resource: string;
  readonly namespaced: boolean;
  /** What a refusal is worded with: `failed to create deployment`. */
  readonly failure?: string;
  build(name: string, invocation: Invocation): JsonObject | Promise<JsonObject>;
}

export const createFlags: readonly FlagSpec[] = [
  dryRunFlag,
  {
    name: "field-manager",
    type: "string",
    default: "kubectl-create",
  },
  {
    name: "save-config",
    type: "bool",
    default: false,
  },
  validateFlag(),
  ...outputFlags,
];

export function validateFlag(): FlagSpec {
  return {
    name: "validate",
    type: "string",
    default: "strict",
    bare: "strict",
  };
}

export function fieldValidation(invocation: Invocation): string {
  const text = invocation.flags.has("validate") ? invocation.flags.text("validate") : "strict";
  if (text === "strict" || text === "true") return "Strict";
  if (text === "warn") return "Warn";
  if (text === "ignore" || text === "false") return "Ignore";
  throw new UsageError(
    `invalid - validate option ${JSON.stringify(text)}; must be one of: strict (or true), warn, ignore (or false)`,
  );
}

export const lastApplied = "kubectl.kubernetes.io/last-applied-configuration";

/** As it is compared: with annotations, if only none, and without the note. */
export function withoutLastApplied(object: JsonObject): JsonObject {
  const annotations = objectOf(at(object, "metadata", "annotations"));
  return withAt(object, ["metadata", "annotations"], without(annotations, lastApplied));
}

/** The object with a note of what it is, as `apply` wants to find it. */
export function withLastApplied(object: JsonObject): JsonObject {
  const plain = withoutLastApplied(object);
  return withAt(plain, ["metadata", "annotations", lastApplied], `${canonicalJson(plain)}\n`);
}

export function exactlyOneName(args: readonly string[]): string {
  const [name] = args;
  if (args.length !== 1 || !name) throw new UsageError(`exactly one NAME is required, got ${args.length}`);
  return name;
}

/** Arguments before `--`; what follows is a command for the container. */
export function nameArgs({ args, argsLenAtDash }: Invocation): readonly string[] {
  return argsLenAtDash < 0 ? args : args.slice(0, argsLenAtDash);
}

export function commandArgs({ args, argsLenAtDash }: Invocation): readonly string[] {
  return argsLenAtDash < 0 ? [] : args.slice(argsLenAtDash);
}

export function generatorCommand(generator: Generator): Command {
  const { root, resource, namespaced } = generator;
  return {
    name: generator.name,
    ...(generator.aliases ? { aliases: generator.aliases } : {}),
    flags: [...(generator.flags ?? []), ...createFlags],
    run: inSteps({
      complete: async (invocation) => {
        const object = await generator.build(exactlyOneName(nameArgs(invocation)), invocation);
        const named = namespaced && invocation.namespaceGiven;
        return named ? placed(object, invocation.namespace) : object;
      },
      run: async (object, invocation) => {
        const place = namespaced ? `/namespaces/${invocation.namespace}` : "";
        return send(object, `${root}${place}/${resource}`, invocation, generator.failure);
      },
    }),
  };
}

/** The namespace stands right after the name. */
function placed(object: JsonObject, namespace: string): JsonObject {
  const { name, ...rest } = object.metadata as JsonObject;
  return { ...object, metadata: { name, namespace, ...rest } };
}

async function send(
  built: JsonObject,
  path: string,
  invocation: Invocation,
  failure: string | undefined,
): Promise<number> {
  const { client, context, flags } = invocation;
  const dryRun = dryRunOf(flags);
  const printer = await printerFor(flags, context, { typed: true });
  const report = reporter(printer, context, dryRun);
  const object = flags.bool("save-config") ? withLastApplied(built) : built;
  if (dryRun === "client") {
    report(object, "created");
    return 0;
  }
  const query = withQuery(path, [
    ["dryRun", dryRun === "server" ? "All" : undefined],
    ["fieldManager", flags.text("field-manager")],
    ["fieldValidation", fieldValidation(invocation)],
  ]);
  const created = await client
    .send("POST", query, { body: object, accept: "application/json" })
    .catch((error: unknown) => {
      throw failure === undefined ? error : addPrefix(toError(error), failure, `Post "${context.api.server}${query}"`);
    });
  report({ apiVersion: object.apiVersion, kind: object.kind, ...created }, "created");
  return 0;
}

/** `key=value` pairs of a flag, in the words of the flag's kind. */
export function literals(values: readonly string[]): readonly (readonly [string, string])[] {
  return values.map((value) => {
    const equals = value.indexOf("=");
    if (equals <= 0) throw new Error(`invalid literal source ${value}, expected key=value`);
    const text = value.slice(equals + 1);
    const quoted = /^(["'])(.*)\1$/s.exec(text);
    return [value.slice(0, equals), quoted ? quoted[2]! : text];
  });
}

export function objectMeta(name: string, labels?: JsonObject): JsonObject {
  return { name, creationTimestamp: null, ...(labels ? { labels } : {}) };
}
