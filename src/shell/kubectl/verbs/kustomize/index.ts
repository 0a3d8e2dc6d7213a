/** `kubectl kustomize DIR` */
import { type Command, inSteps } from "../../command.ts";
import { CommandError } from "../../errors.ts";
import { textFlag } from "../../flags.ts";
import { toYaml } from "../../printers/yaml.ts";

export const kustomize: Command = {
  name: "kustomize",
  completes: "none",
  flags: [textFlag("load-restrictor", "LoadRestrictionsRootOnly"), textFlag("output", "", "o")],
  run: inSteps({
    complete: ({ args }) => {
      if (args.length > 1) throw new CommandError("specify one path to kustomization.yaml");
      return args[0] ?? ".";
    },
    run: async (folder, { context, flags }) => {
      const { buildKustomization } = await import("../../kustomize/build.ts");
      const text = (await buildKustomization(context, folder)).map((object) => toYaml(object)).join("---\n");
      if (flags.text("output") === "") context.out.write(text);
      else await context.files.write(flags.text("output"), text);
      return 0;
    },
  }),
};
