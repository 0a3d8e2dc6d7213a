/** `kubectl plugin list`: programs named `kubectl-...` in the folders of PATH. */
import { type Command, type Invocation, inSteps } from "../../command.ts";
import { CommandError } from "../../errors.ts";
import { boolFlag } from "../../flags.ts";

async function pluginsIn(folder: string, { context }: Invocation): Promise<readonly string[]> {
  const names = (await context.files.list?.(folder).catch(() => null)) ?? [];
  return [...names].filter((name) => name.startsWith("kubectl-")).sort();
}

const list: Command = {
  name: "list",
  completes: "none",
  flags: [boolFlag("name-only")],
  run: inSteps({
    complete: ({ context }) => [...new Set((context.env.PATH ?? "").split(":").filter((folder) => folder !== ""))],
    run: async (folders, invocation) => {
      const found: string[] = [];
      for (const folder of folders)
        for (const name of await pluginsIn(folder, invocation))
          found.push(invocation.flags.bool("name-only") ? name : `${folder}/${name}`);
      if (found.length === 0) throw new CommandError("unable to find any kubectl plugins in your PATH");
      invocation.out(`The following compatible plugins are available:\n\n${found.join("\n")}`);
      return 0;
    },
  }),
};

export const plugin: Command = {
  name: "plugin",
  subcommands: [list],
};
