/** `kubectl completion SHELL` prints the script that teaches a shell to complete. In this terminal Tab completes already. */
import { type Command, inSteps } from "../../command.ts";
import { UsageError } from "../../errors.ts";
import { helpText } from "../../help.ts";

export const completion: Command = {
  name: "completion",
  completes: "shells",
  run: inSteps({
    complete: ({ args }) => {
      if (args.length === 0) throw new UsageError("Shell not specified.");
      if (args.length > 1) throw new UsageError("Too many arguments. Expected only the shell type.");
      return args[0]!;
    },
    run: async (shell, { context }) => {
      const script = await helpText(`completion ${shell}`, context);
      if (script === "") throw new UsageError(`Unsupported shell type ${JSON.stringify(shell)}.`);
      context.out.write(script);
      return 0;
    },
  }),
};
