import type { ProgramArgs } from "../../messages.ts";
import type { ShellState } from "./state.ts";

/** Whether somebody can type into this process: by exec, or attached to its container. */
export function hasStdin({ exec, container }: ProgramArgs): boolean {
  return exec === undefined ? container.stdin === true : exec.stdin;
}

export function hasTty({ exec, container }: ProgramArgs): boolean {
  return exec === undefined ? container.tty === true : exec.tty;
}

/** What follows Escape when a key such as an arrow is pressed. */
const AFTER_ESCAPE = /^(\[[0-9;?]*[ -/]*[@-~]|O.|.)?/;

/** What a terminal makes of what is typed: it edits the line, hands lines on, and says what to echo. `interrupted`: Ctrl-C. */
export function typed(state: ShellState, data: string): { readonly echo: string; readonly interrupted: boolean } {
  let echo = "";
  let interrupted = false;
  for (let rest = data; rest !== ""; ) {
    const character = String.fromCodePoint(rest.codePointAt(0) as number);
    rest = rest.slice(character.length);
    if (character === "\u001b") rest = rest.replace(AFTER_ESCAPE, "");
    if (character === "\r" || character === "\n") {
      state.stdin += `${state.line}\n`;
      state.line = "";
      echo += "\n";
    } else if (character === "\u007f" || character === "\b") {
      if (state.line !== "") echo += "\b \b";
      state.line = [...state.line].slice(0, -1).join("");
    } else if (character === "\u0003") {
      state.line = "";
      state.stdin = "";
      echo += "^C\n";
      interrupted = true;
    } else if (character === "\u0004") {
      if (state.line === "") state.inputEnded = true;
    } else if (character >= " ") {
      state.line += character;
      echo += character;
    }
  }
  return { echo, interrupted };
}
