import type { Program } from "../doors.ts";
import { consoleOf } from "./here.ts";

/** `iptables [-t nat|filter] -L|-S [CHAIN] [-n] [-v] [--line-numbers]`: reads the rules; it writes none. */
export const iptables: Program = async (context) => {
  const console = consoleOf(context);
  if (console === null) {
    context.err.write("iptables: command not found\n");
    return 127;
  }
  let table = "filter";
  let style: "listing" | "specification" | null = null;
  let chain: string | undefined;
  for (let index = 0; index < context.args.length; index += 1) {
    const arg = context.args[index] as string;
    if (arg === "-t" || arg === "--table") table = context.args[++index] ?? "";
    else if (arg === "-S" || arg === "--list-rules") style = "specification";
    else if (/^-[nvx]*L[nvx]*$/.test(arg) || arg === "--list") style = "listing";
    else if (!arg.startsWith("-")) chain = arg;
    else if (!/^-[nvx]+$/.test(arg) && arg !== "--line-numbers") {
      context.err.write(
        `iptables v1.8.9 (nf_tables): unknown option "${arg}"\nTry \`iptables -h' or 'iptables --help' for more information.\n`,
      );
      return 2;
    }
  }
  if (table !== "nat" && table !== "filter") {
    context.err.write(
      `iptables v1.8.9 (nf_tables): table '${table}' does not exist\nPerhaps iptables or your kernel needs to be upgraded.\n`,
    );
    return 3;
  }
  if (style === null) {
    context.err.write(
      "iptables v1.8.9 (nf_tables): no command specified\nTry `iptables -h' or 'iptables --help' for more information.\n",
    );
    return 2;
  }
  const lines = await console.packetRules(style, table, chain);
  if (lines === null) {
    context.err.write("iptables: No chain/target/match by that name.\n");
    return 1;
  }
  for (const line of lines) context.out.write(`${line}\n`);
  return 0;
};
