import { proxy, type Remote, transfer, wrap } from "comlink";
import type { SessionCommands, ShellCommands } from "../../../protocol/commands.ts";
import type { ViewUpdate } from "../../../protocol/updates.ts";
import { useCluster } from "../cluster.ts";
import { tell } from "../notices.ts";
import { editInPage, stopEditing } from "../requests.ts";
import { type Connection, setConnection } from "../session.ts";
import { sentences } from "../text.ts";
import { virtualClock } from "../virtual-clock.ts";
import { applyUpdate } from "./apply-update.ts";

/** Takes an update of the session into the page: the only writer of the cluster's slice and of the virtual clock. */
export function receive(update: ViewUpdate): void {
  useCluster.setState(applyUpdate(useCluster.getState(), update), true);
  if (update.time) virtualClock.sync(update.time, performance.now());
  for (const notice of update.notices ?? []) tell(notice);
}

/** Starts the session's worker. The shell's own worker starts when something is first typed or applied. */
export async function connectWorkers(): Promise<Connection> {
  const worker = new Worker(new URL("../../../worker/session.worker.ts", import.meta.url), { type: "module" });
  worker.addEventListener("error", (event) => {
    tell({ id: "worker-error", tone: "error", text: sentences.noWorker, detail: event.message ?? "" });
  });
  const session = wrap<SessionCommands>(worker) as unknown as SessionCommands;
  let shellWorker: Worker | null = null;
  let shell: Promise<ShellCommands> | null = null;

  async function startShell(): Promise<ShellCommands> {
    shellWorker = new Worker(new URL("../../../worker/shell.worker.ts", import.meta.url), { type: "module" });
    const remote = wrap<ShellCommands>(shellWorker);
    const { port1, port2 } = new MessageChannel();
    await session.connectShell(transfer(port1, [port1]));
    await remote.connect(transfer(port2, [port2]));
    await remote.onEdit(proxy(editInPage));
    return withProxiedOutput(remote);
  }

  const connection: Connection = {
    session,
    shell() {
      shell ??= startShell().catch((error: unknown) => {
        shell = null;
        throw error;
      });
      return shell;
    },
    killShell() {
      shellWorker?.terminate();
      shellWorker = null;
      shell = null;
    },
  };
  setConnection(connection);
  await session.subscribe(proxy(receive));
  return connection;
}

/** A function cannot be copied to a worker: the listener goes as a proxy. */
function withProxiedOutput(remote: Remote<ShellCommands>): ShellCommands {
  const commands = remote as unknown as ShellCommands;
  return {
    connect: (port) => commands.connect(port),
    run: (line, columns, onOutput) => commands.run(line, columns, proxy(onOutput)),
    interrupt: () => {
      stopEditing();
      return commands.interrupt();
    },
    complete: (line, cursor) => commands.complete(line, cursor),
    prompt: () => commands.prompt(),
    apply: (text) => commands.apply(text),
    readFile: (path) => commands.readFile(path),
    writeFile: (path, text) => commands.writeFile(path, text),
    onEdit: (edit) => commands.onEdit(proxy(edit)),
  };
}
