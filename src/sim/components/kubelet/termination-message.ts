/** What containers left behind as their last words (kuberuntime's getTerminationMessage). */
import type { Context } from "../../kernel/types.ts";
import type { ContainerMount, ContainerStatusOfRuntime } from "../container-runtime/messages.ts";
import type { Container } from "./types.ts";

const MESSAGE_MAX = 4096;
const LOG_LINES_MAX = 80;
const LOG_MAX = 2048;

function pathOf(uid: string, container: string, attempt: number): string {
  return `/var/lib/kubelet/pods/${uid}/containers/${container}/${attempt}`;
}

/** The file of the machine that lies over the container's `terminationMessagePath`. */
export function terminationLog(
  uid: string,
  { name, terminationMessagePath = "" }: Container,
  attempt: number,
): readonly ContainerMount[] {
  if (terminationMessagePath === "") return [];
  return [{ path: terminationMessagePath, readOnly: false, hostPath: pathOf(uid, name, attempt), isFile: true }];
}

/** The ended container's message: the runtime's, and what it wrote itself, else (if that is the policy) how its log ends. */
export function terminationMessage(
  context: Context,
  uid: string,
  container: Container,
  ended: ContainerStatusOfRuntime,
): string {
  const own = ownWords(context, uid, container, ended);
  return ended.message === "" || own === "" ? `${ended.message}${own}` : `${ended.message}: ${own}`;
}

function ownWords(
  context: Context,
  uid: string,
  { name, terminationMessagePath = "", terminationMessagePolicy }: Container,
  ended: ContainerStatusOfRuntime,
): string {
  if (terminationMessagePath === "") return "";
  const written = context.disk.read(pathOf(uid, name, ended.attempt));
  if (typeof written === "string" && written !== "") return written.slice(-MESSAGE_MAX);
  if (terminationMessagePolicy !== "FallbackToLogsOnError" || ended.exitCode === 0 || ended.startedWallUs === 0)
    return "";
  return context
    .readLog(ended.process)
    .filter(({ wallUs }) => wallUs >= ended.startedWallUs && wallUs <= ended.finishedWallUs)
    .slice(-LOG_LINES_MAX)
    .map(({ text, partial }) => (partial === true ? text : `${text}\n`))
    .join("")
    .slice(-LOG_MAX);
}
