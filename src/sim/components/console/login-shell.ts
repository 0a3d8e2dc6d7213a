import type { Component } from "../../kernel/types.ts";
import { CONSOLE_SOCKET, type ConsoleService } from "./messages.ts";
import { attachOutput, createRuns, outputFrame, programEnded, type Runs, runClosed, startProgram } from "./runs.ts";

/** Runs the programs that are typed on a console and are processes of the world. */
export const loginShell: Component<Runs> = {
  kind: "login-shell",
  start(context) {
    context.listen(CONSOLE_SOCKET);
    return createRuns();
  },
  step(runs, message, context) {
    switch (message.type) {
      case "streamOpened": {
        const body = message.body as ConsoleService;
        if (body.op === "run") startProgram(runs, message.id, body, context);
        else if (body.op === "output") attachOutput(runs, message.id, body.run, context);
        else context.closeStream(message.id);
        return;
      }
      case "streamFrame":
        outputFrame(runs, message.id, message.frame, context);
        return;
      case "streamClosed":
        runClosed(runs, message.id, context);
        return;
      case "childExited":
        programEnded(runs, message.process, message.exit.exitCode, context);
        return;
      default:
    }
  },
};
