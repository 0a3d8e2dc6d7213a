import * as Comlink from "comlink";
import type { ShellCommands } from "../protocol/commands.ts";
import { completeLine } from "../shell/completion.ts";
import type { Doors } from "../shell/doors.ts";
import { HOME, Shell } from "../shell/shell.ts";
import { connectDoors } from "./doors-client.ts";

let doors: Doors | null = null;
let shell: Shell | null = null;
let editor: Shell["editor"] = null;

function theShell(): Shell {
  if (shell === null) throw new Error("The shell is not connected to a cluster yet.");
  return shell;
}

/** The editor's text becomes this file of the person's folder. */
const EDITOR_FILE = `${HOME}/editor.yaml`;

const commands: ShellCommands = {
  async connect(port) {
    doors = connectDoors(port);
    shell = new Shell(doors);
    shell.editor = editor;
  },
  async run(line, columns, onOutput) {
    return { exitCode: await theShell().run(line, columns, onOutput) };
  },
  async onEdit(edit) {
    editor = edit;
    if (shell !== null) shell.editor = edit;
  },
  async interrupt() {
    theShell().interrupt();
  },
  async complete(line, cursor) {
    return doors === null ? { from: cursor, candidates: [] } : completeLine(line, cursor, doors, theShell());
  },
  async prompt() {
    return theShell().prompt();
  },
  async apply(text) {
    let stdout = "";
    let stderr = "";
    await theShell().fs.writeFile(EDITOR_FILE, text);
    const exitCode = await theShell().runAtHome(
      `kubectl apply -f ${EDITOR_FILE}`,
      (stream, part) => {
        if (stream === "out") stdout += part;
        else stderr += part;
      },
      "kubectl apply (editor)",
    );
    return { exitCode, stdout, stderr };
  },
  async readFile(path) {
    return theShell()
      .fs.readFile(path)
      .catch(() => null);
  },
  async writeFile(path, text) {
    await theShell().fs.writeFile(path, text);
  },
};

Comlink.expose(commands);
