/** `kubectl edit`: needs an editor, which this terminal does not have. */
import { type Command, inSteps } from "../../command.ts";
import { CommandError, throwCollected } from "../../errors.ts";
import { fileFlags } from "../../manifests/load.ts";
import { outputFlags } from "../../output.ts";
import { readInfos, resolveTargets, selectorFlag } from "../../targets.ts";

export const edit: Command = {
  name: "edit",
  short: "Edit a resource on the server",
  examples: [["Edit the service named 'registry'", "kubectl edit svc/registry"]],
  usage: "edit (RESOURCE/NAME | -f FILENAME) [options]",
  completes: "resources",
  flags: [selectorFlag, ...fileFlags("to use to edit the resource"), ...outputFlags],
  run: inSteps({
    complete: (invocation) =>
      resolveTargets(invocation, invocation.args, {
        kindAlone: true,
        selector: invocation.flags.text("selector"),
        files: invocation.flags.list("filename"),
        recursive: invocation.flags.bool("recursive"),
      }),
    run: async (targets, invocation) => {
      const { errors } = await readInfos(invocation, targets);
      throwCollected(errors);
      const editor = invocation.context.env?.KUBE_EDITOR || invocation.context.env?.EDITOR || "vi";
      throw new CommandError(
        `unable to launch the editor ${JSON.stringify(editor)}. Save the object with 'kubectl get -o yaml', change it, and send it with 'kubectl apply -f' (or use 'kubectl patch').`,
      );
    },
  }),
};
