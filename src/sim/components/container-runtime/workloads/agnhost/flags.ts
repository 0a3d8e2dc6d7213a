import type { ProgramArgs } from "../../messages.ts";

/** Value of `--name=x` or `--name x`; "": it is not given. */
export function flagOf({ argv }: Pick<ProgramArgs, "argv">, name: string): string {
  for (const [index, argument] of argv.entries()) {
    if (argument.startsWith(`--${name}=`)) return argument.slice(name.length + 3);
    if (argument === `--${name}`) {
      const next = argv[index + 1] ?? "";
      return next === "" || next.startsWith("--") ? "true" : next;
    }
  }
  return "";
}

export function numberFlag(args: Pick<ProgramArgs, "argv">, name: string, otherwise: number): number {
  const text = flagOf(args, name);
  return /^-?\d+$/.test(text) ? Number(text) : otherwise;
}

/** The image's program: `/agnhost netexec --http-port=80` -> `netexec`. */
export function subcommandOf(argv: readonly string[]): string {
  return argv[1] ?? "";
}
