/** `kubectl wait` */
import { parseGoDuration } from "../../../../sim/api/duration.ts";
import { findResults, printValue } from "../../../../sim/api/json-path/evaluate.ts";
import { parseJsonPath } from "../../../../sim/api/json-path/parser.ts";
import { type Command, type Invocation, inSteps } from "../../command.ts";
import { kindName } from "../../discovery.ts";
import { CommandError, isNotFound, throwCollected, toError } from "../../errors.ts";
import { at, type JsonObject, numberOf, objectsOf, textOf } from "../../json.ts";
import { relaxedJsonPath } from "../../jsonpath/relaxed.ts";
import { fileFlags, fileSources } from "../../manifests/load.ts";
import { outputFlags, printerFor } from "../../output.ts";
import { type Info, readInfos, resolveTargets, selectorFlag, type Target, typed } from "../../targets.ts";
import { followObject } from "../../waiting.ts";

type Condition = (object: JsonObject | null) => boolean;

interface Options {
  readonly targets: readonly Target[];
  readonly condition: Condition;
  readonly isDelete: boolean;
  readonly isCreate: boolean;
  readonly timeoutUs: number;
}

const aWeekUs = 7 * 24 * 3_600 * 1_000_000;

function parseCondition(words: readonly string[]): Condition {
  const [text = ""] = words;
  if (text.toLowerCase() === "delete") return (object) => object === null;
  if (text.toLowerCase() === "create") return (object) => object !== null;
  if (text.startsWith("condition=")) {
    const [name = "", value = "true"] = text.slice("condition=".length).split("=");
    return (object) => object !== null && hasCondition(object, name, value);
  }
  if (text.startsWith("jsonpath=")) return jsonPathCondition(text.slice("jsonpath=".length));
  throw new CommandError(`unrecognized condition: ${JSON.stringify(text)}`);
}

function hasCondition(object: JsonObject, name: string, value: string): boolean {
  const found = objectsOf(at(object, "status", "conditions")).find(
    ({ type }) => textOf(type).toLowerCase() === name.toLowerCase(),
  );
  if (!found) return false;
  const [generation, seen] = [numberOf(at(object, "metadata", "generation")), found.observedGeneration];
  if (typeof seen === "number" && seen < generation) return false;
  return textOf(found.status).toLowerCase() === value.toLowerCase();
}

function jsonPathCondition(text: string): Condition {
  const match = /^('?)(\{.*\}|[^=]*)\1(?:=(.*))?$/s.exec(text);
  const path = match?.[2] ?? "";
  const value = match?.[3];
  if (path === "") throw new CommandError("jsonpath expression cannot be empty");
  if (value === "")
    throw new CommandError(
      "jsonpath wait has to have a value after equal sign, like --for=jsonpath='{.status.readyReplicas}'=3",
    );
  const template = parseJsonPath(relaxedJsonPath(path));
  return (object) => {
    if (object === null) return false;
    const results = findResults(template, object, { allowMissingKeys: true }).flat();
    if (results.length === 0) return false;
    if (results.length > 1) throw new CommandError("given jsonpath expression matches more than one value");
    const [result] = results;
    if (typeof result === "object" && result !== null) {
      if (value === undefined) return true;
      throw new CommandError(
        "jsonpath leads to a nested object or array, which is not supported".replace(
          "jsonpath leads to a nested object or array, which is not supported",
          "given jsonpath expression matches a nested object or list",
        ),
      );
    }
    return value === undefined || printValue(result!).trim() === value.trim();
  };
}

async function complete(invocation: Invocation): Promise<Options> {
  const { args, flags } = invocation;
  const words = flags.list("for");
  const condition = parseCondition(words);
  const isCreate = words[0]?.toLowerCase() === "create";
  const timeout = parseGoDuration(flags.text("timeout")) ?? 0;
  const targets = await resolveTargets(invocation, args, {
    all: flags.bool("all"),
    selector: flags.text("selector"),
    fieldSelector: flags.text("field-selector"),
    allNamespaces: flags.bool("all-namespaces"),
    files: fileSources(flags),
    recursive: flags.bool("recursive"),
  });
  return {
    targets,
    condition,
    isDelete: words[0]?.toLowerCase() === "delete",
    isCreate,
    timeoutUs: timeout < 0 ? aWeekUs : timeout,
  };
}

async function run(options: Options, invocation: Invocation): Promise<number> {
  const { context, flags } = invocation;
  const deadline = (await context.session.wallUs()) + options.timeoutUs;
  const printer = await printerFor(flags, context);
  if (options.isCreate) await waitForCreation(options, invocation, deadline);
  const read = { selector: flags.text("selector"), fieldSelector: flags.text("field-selector") };
  const { infos, errors: before } = await readInfos(invocation, options.targets, {
    ...read,
    ignoreNotFound: options.isDelete,
  });
  const errors = [...before];
  for (const info of infos) {
    try {
      const last = await waitForOne(options, invocation, info, deadline);
      context.out.write(
        printer ? printer(typed(info.resource, last)) : `${kindName(info.resource)}/${info.name} condition met\n`,
      );
    } catch (error) {
      errors.push(toError(error));
    }
  }
  const namedAll = options.targets.every(({ name }) => name !== null);
  if (infos.length === 0 && errors.length === 0 && !(options.isDelete && (namedAll || true)))
    throw new CommandError("no matching resources found");
  throwCollected(errors);
  return 0;
}

async function waitForOne(options: Options, invocation: Invocation, info: Info, deadline: number): Promise<JsonObject> {
  const { context } = invocation;
  let last: JsonObject = info.object;
  const uid = textOf(at(info.object, "metadata", "uid"));
  const isDone = (found: JsonObject | null): boolean => {
    const isOther = options.isDelete && found !== null && uid !== "" && textOf(at(found, "metadata", "uid")) !== uid;
    const object = isOther ? null : found;
    if (object === null && !options.isDelete)
      throw new CommandError(
        `${info.resource.name} ${JSON.stringify(info.name)} not found`.replace(
          /^(\S+) (.*) not found$/,
          "$1 $2 not found",
        ),
      );
    if (object !== null) last = object;
    return options.condition(object);
  };
  const timedOut = new CommandError(`timed out waiting for the condition on ${info.resource.name}/${info.name}`);
  if (options.timeoutUs === 0) {
    if (!isDone(info.object)) throw new CommandError(`condition not met for ${info.resource.name}/${info.name}`);
    return last;
  }
  const timeoutUs = Math.max(0, deadline - (await context.session.wallUs()));
  const followed = { resource: info.resource, namespace: info.namespace, name: info.name, timeoutUs };
  if ((await followObject(invocation, followed, isDone)) === "timedOut") throw timedOut;
  return last;
}

/** Named objects that are not there yet are asked for twice a second. */
async function waitForCreation(
  { targets, timeoutUs }: Options,
  invocation: Invocation,
  deadline: number,
): Promise<void> {
  const { context } = invocation;
  for (const target of targets) {
    if (target.name === null) continue;
    for (;;) {
      const { errors } = await readInfos(invocation, [target]);
      if (errors.length === 0) break;
      if (!errors.every(isNotFound)) throw errors[0];
      if (timeoutUs === 0 || (await context.session.wallUs()) >= deadline) {
        throw new CommandError("timed out waiting for the condition");
      }
      await context.session.sleep(500, context.signal);
      if (context.signal.aborted) throw new CommandError("interrupted");
    }
  }
}

export const wait: Command = {
  name: "wait",
  completes: "resources",
  flags: [
    {
      name: "all",
      type: "bool",
      default: false,
    },
    { name: "all-namespaces", short: "A", type: "bool", default: false },
    {
      name: "field-selector",
      type: "string",
      default: "",
    },
    {
      name: "for",
      type: "words",
      default: [],
    },
    {
      name: "timeout",
      type: "duration",
      default: "30s",
    },
    selectorFlag,
    ...fileFlags(),
    ...outputFlags,
  ],
  run: inSteps({ complete, run }),
};
