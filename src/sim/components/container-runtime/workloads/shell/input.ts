import type { Context } from "../../../../kernel/types.ts";
import { isDirectory, mayRead, readFile, resolvePath } from "../files.ts";
import { readDevice } from "./greedy.ts";
import type { ShellState } from "./state.ts";

export function filesText(
  paths: readonly string[],
  state: ShellState,
  context: Context,
  input: string,
  tool: string,
): { text: string; err: string } {
  if (paths.length === 0) return { text: input, err: "" };
  let text = "";
  let err = "";
  for (const path of paths) {
    if (path.startsWith("-") && path !== "-") continue;
    const full = resolvePath(state.directory, path);
    const found = path === "-" ? input : (readDevice(context, full) ?? readFile(context, state.args, full));
    if (found !== null && path !== "-" && !mayRead(context, state.args, full))
      err += `${tool}: can't open '${path}': Permission denied\n`;
    else if (found !== null) text += found;
    else if (isDirectory(context, state.args, full)) err += `${tool}: read error: Is a directory\n`;
    else err += `${tool}: can't open '${path}': No such file or directory\n`;
  }
  return { text, err };
}
