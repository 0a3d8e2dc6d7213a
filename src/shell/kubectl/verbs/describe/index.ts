/** `kubectl describe` */
import { type Command, type Invocation, inSteps } from "../../command.ts";
import { describeObject } from "../../describe/index.ts";
import { CommandError, isNotFound, throwCollected, toError } from "../../errors.ts";
import { fileFlags, fileSources } from "../../manifests/load.ts";
import { type Info, readInfos, resolveTargets, selectorFlag, type Target, typed } from "../../targets.ts";

async function complete(invocation: Invocation): Promise<readonly Target[]> {
  const { args, flags } = invocation;
  const files = fileSources(flags);
  if (args.length === 0 && files.length === 0) {
    throw new CommandError(
      'You must specify the type of resource to describe. Use "kubectl api-resources" for a complete list of supported resources.',
    );
  }
  return resolveTargets(invocation, args, {
    kindAlone: true,
    selector: flags.text("selector"),
    allNamespaces: flags.bool("all-namespaces"),
    files,
    recursive: flags.bool("recursive"),
  });
}

interface Found {
  readonly infos: readonly Info[];
  readonly errors: readonly Error[];
  readonly byPrefix?: boolean;
}

async function find(invocation: Invocation, targets: readonly Target[]): Promise<Found> {
  const { flags } = invocation;
  const options = { selector: flags.text("selector"), limit: flags.int("chunk-size") };
  const [only] = targets;
  const found = await readInfos(invocation, targets, options);
  if (targets.length !== 1 || only!.name === null || found.infos.length > 0 || !found.errors.every(isNotFound))
    return found;
  // A name that nothing has may be the beginning of several.
  const all = await readInfos(invocation, [{ ...only!, name: null }], options);
  const infos = all.infos.filter(({ name }) => name.startsWith(only!.name!));
  return infos.length > 0 ? { infos, errors: [], byPrefix: true } : found;
}

async function run(targets: readonly Target[], invocation: Invocation): Promise<number> {
  const { context, flags } = invocation;
  const { infos, errors: before, byPrefix = false } = await find(invocation, targets);
  const errors = [...before];
  const nowUs = await context.session.wallUs();
  let first = true;
  for (const info of infos) {
    try {
      const text = await describeObject(typed(info.resource, info.object), {
        invocation,
        nowUs,
        showEvents: flags.bool("show-events"),
      });
      context.out.write(byPrefix ? `${text}\n` : first ? text : `\n\n${text}`);
      first = false;
    } catch (error) {
      errors.push(toError(error));
    }
  }
  if (infos.length === 0 && errors.length === 0) {
    const namespaced = !flags.bool("all-namespaces") && targets.every(({ resource }) => resource.namespaced);
    invocation.err(namespaced ? `No resources found in ${invocation.namespace} namespace.` : "No resources found");
  }
  throwCollected(errors);
  return 0;
}

export const describe: Command = {
  name: "describe",
  completes: "resources",
  flags: [
    { name: "all-namespaces", short: "A", type: "bool", default: false },
    { name: "chunk-size", type: "int", default: 500 },
    {
      name: "show-events",
      type: "bool",
      default: true,
    },
    selectorFlag,
    ...fileFlags(),
  ],
  run: inSteps({ complete, run }),
};
