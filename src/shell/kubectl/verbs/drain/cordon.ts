/** `kubectl cordon`, `kubectl uncordon` */
import { changeObject } from "../../change.ts";
import { type Command, type Invocation, inSteps } from "../../command.ts";
import { throwCollected, toError, UsageError } from "../../errors.ts";
import { at, withAt } from "../../json.ts";
import { dryRunFlag, dryRunOf, dryRunSuffix } from "../../output.ts";
import { type Info, readInfos, resolveTargets, selectorFlag, type Target } from "../../targets.ts";

export function nodeTargets(invocation: Invocation, verb: string): Promise<readonly Target[]> {
  const { args, flags } = invocation;
  const selector = flags.text("selector");
  if (args.length === 0 && selector === "") throw new UsageError(`USAGE: ${verb} NODE [flags]`);
  const words = args.some((arg) => arg.includes("/")) ? args : ["nodes", ...args];
  return resolveTargets(invocation, words, { selector });
}

export async function setUnschedulable(invocation: Invocation, info: Info, wanted: boolean): Promise<void> {
  const done = wanted ? "cordoned" : "uncordoned";
  const suffix = dryRunSuffix(dryRunOf(invocation.flags));
  const now = at(info.object, "spec", "unschedulable") === true;
  if (now === wanted) {
    invocation.out(`node/${info.name} already ${done}${suffix}`);
    return;
  }
  const after = withAt(info.object, ["spec", "unschedulable"], wanted ? true : undefined);
  await changeObject(invocation, info, after, { style: "strategic" });
  invocation.out(`node/${info.name} ${done}${suffix}`);
}

function command(name: string, wanted: boolean): Command {
  return {
    name,
    completes: "nodes",
    flags: [dryRunFlag, selectorFlag],
    run: inSteps({
      complete: (invocation) => nodeTargets(invocation, name),
      run: async (targets, invocation) => {
        const { infos, errors: before } = await readInfos(invocation, targets, {
          selector: invocation.flags.text("selector"),
        });
        throwCollected(before);
        const errors: Error[] = [];
        for (const info of infos) {
          try {
            await setUnschedulable(invocation, info, wanted);
          } catch (error) {
            errors.push(new Error(`unable to ${name} node ${JSON.stringify(info.name)}: ${toError(error).message}`));
          }
        }
        throwCollected(errors);
        return 0;
      },
    }),
  };
}

export const cordon = command("cordon", true);
export const uncordon = command("uncordon", false);
