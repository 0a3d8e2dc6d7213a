import type {
  ApiDoor,
  ConnectionFailure,
  ConsoleDoor,
  HttpRequest,
  HttpResponse,
  HttpStream,
  StreamFrame,
  UnitStatus,
} from "../shell/doors.ts";
import { LAPTOP, layOut } from "../sim/cluster/layout.ts";
import { pack, visiblePaths } from "../sim/components/console/folds.ts";
import type { ConsoleInput } from "../sim/components/console/messages.ts";
import { binaryText } from "../sim/components/etcd/binary-text.ts";
import { SYSTEMD_SOCKET, type UnitState } from "../sim/components/init/messages.ts";
import { formatListing, formatSpecification } from "../sim/components/kube-proxy/iptables/format.ts";
import { createTable, FILTER_KEY, type IptablesTable, NAT_KEY } from "../sim/components/kube-proxy/iptables/rules.ts";
import type { Machine } from "../sim/kernel/state.ts";
import { endOfPrefix } from "../sim/kernel/table.ts";
import type { LogLine } from "../sim/kernel/types.ts";
import { FrameQueue } from "./frame-queue.ts";
import { machineFacts } from "./machine-facts.ts";
import { described, wantsDescriptions } from "./openapi-docs.ts";
import { type Command, type Session, TIME_MOVED } from "./session.ts";

/** A client that waits longer than the server does (60 s), as kubectl without --request-timeout. */
const REQUEST_TIMEOUT_US = 65_000_000;
export const KUBECONFIG = "/home/you/.kube/config";

type Failure = ConnectionFailure["failure"];

function failure(error: { readonly kind: string; readonly text: string } | null): ConnectionFailure {
  if (error === null) return { failure: "reset", text: "EOF" };
  return { failure: error.kind as Failure, text: error.text };
}

/** What a client is told whom a rewind or a new world cuts off. */
export const TIME_MOVED_FAILURE: ConnectionFailure = { failure: "aborted", text: TIME_MOVED };

/** kubectl says with each request which of its runs it belongs to; of so many runs the traces are remembered. */
const RUNS_MAX = 100;

/** The API for programs of the person's own computer: each run of kubectl is a command with a trace of its own. */
export function createClientDoor(current: () => Session, administrator: boolean): ApiDoor {
  const runs = new Map<string, Command>();
  const commandOf = (session: Session, { headers }: HttpRequest): Command | null => {
    const { "kubectl-session": run, "kubectl-command": line } = headers;
    if (run === undefined || line === undefined) return null;
    const known = runs.get(run);
    // A rewind may have undone its beginning.
    if (known !== undefined && (known.trace === 0 || session.spans.traceOf(known.trace) !== undefined)) return known;
    const begun: Command = { line, trace: 0 };
    runs.delete(run);
    runs.set(run, begun);
    if (runs.size > RUNS_MAX) runs.delete(runs.keys().next().value as string);
    return begun;
  };
  return createApiDoor(current, administrator ? KUBECONFIG : null, commandOf);
}

/**
 * `current` gives the session of the moment: a new world replaces it. `certificate`: the laptop's file with the client
 * certificate to show; null: none. `commandOf`: which command a request belongs to; undefined: the shell's present one.
 */
export function createApiDoor(
  current: () => Session,
  certificate: string | null = KUBECONFIG,
  commandOf: (session: Session, request: HttpRequest) => Command | null | undefined = () => undefined,
): ApiDoor {
  const endpoint = () => layOut(current().topology).endpoint;
  const bodyOf = (request: HttpRequest) =>
    Object.freeze({ type: "http" as const, ...request, headers: Object.freeze({ ...request.headers }) });
  const labelOf = (request: HttpRequest) => `${request.method} ${request.path}`;
  return {
    get server() {
      return `https://${endpoint()}`;
    },
    user: "kubernetes-admin",
    request(request, { signal, timeoutMs }) {
      const answered = new Promise<HttpResponse | ConnectionFailure>((resolve) => {
        const session = current();
        const number = session.open(
          LAPTOP.name,
          {
            type: "request",
            to: endpoint(),
            body: bodyOf(request),
            timeoutUs: timeoutMs === undefined ? REQUEST_TIMEOUT_US : Math.round(timeoutMs * 1000),
            certificate,
            label: labelOf(request),
          },
          {
            answer(body) {
              over();
              resolve(body as HttpResponse);
            },
            end(error) {
              over();
              resolve(failure(error));
            },
          },
          commandOf(session, request),
        );
        const over = abortWith(signal, session, LAPTOP.name, number, () =>
          resolve({ failure: "aborted", text: "interrupted" }),
        );
      });
      return wantsDescriptions(request.path) ? answered.then(described) : answered;
    },
    stream(request, { signal }) {
      return new Promise<HttpStream | ConnectionFailure>((resolve) => {
        const session = current();
        const frames = new FrameQueue<StreamFrame>();
        let response: HttpResponse | null = null;
        let failed: ConnectionFailure | null = null;
        const number = session.open(
          LAPTOP.name,
          {
            type: "stream",
            to: endpoint(),
            body: bodyOf(request),
            timeoutUs: REQUEST_TIMEOUT_US,
            certificate,
            label: labelOf(request),
          },
          {
            frame(frame) {
              if (response !== null) {
                frames.push(frame as StreamFrame);
                return;
              }
              response = frame as HttpResponse;
              resolve({
                response,
                frames,
                ended: () => failed,
                send: (sent) => number !== null && session.sendFrame(LAPTOP.name, number, sent),
                close: () => {
                  frames.end();
                  if (number !== null) session.close(LAPTOP.name, number);
                },
              });
            },
            end(error) {
              over();
              if (error !== null) failed = failure(error);
              frames.end();
              if (response === null) resolve(failure(error));
            },
          },
          commandOf(session, request),
        );
        const over = abortWith(signal, session, LAPTOP.name, number, () => {
          frames.end();
          resolve({ failure: "aborted", text: "interrupted" });
        });
      });
    },
  };
}

function noRouteTo(machine: string): ConnectionFailure {
  return { failure: "unreachable", text: `ssh: connect to host ${machine} port 22: No route to host` };
}

/** Gives what to call when the exchange is over. */
function abortWith(
  signal: AbortSignal,
  session: Session,
  machine: string,
  number: number | null,
  then: () => void,
): () => void {
  if (number === null || signal.aborted) {
    if (number !== null) session.close(machine, number);
    then();
    return () => {};
  }
  const abort = () => {
    session.close(machine, number);
    then();
  };
  signal.addEventListener("abort", abort, { once: true });
  return () => signal.removeEventListener("abort", abort);
}

/** Null: there is no such machine. A machine without power fails every call with `unreachable`. */
export function createConsoleDoor(current: () => Session, machine: string): ConsoleDoor | null {
  if (!current().world.state.machines.has(machine)) return null;
  const state = () => {
    const found = current().world.state.machines.get(machine);
    if (found === undefined || !found.powered)
      throw new Error(`ssh: connect to host ${machine} port 22: No route to host`);
    return found;
  };
  /** Resolves when it is done, which takes no virtual time. */
  const doAtOnce = async (input: ConsoleInput) => {
    const session = current();
    session.do({ type: "console", machine, input });
    await session.sleep(0);
  };
  const logOf = (process: string): LogLine[] => {
    const lines: LogLine[] = [];
    state().logs.range(`${process}\u0000`, endOfPrefix(`${process}\u0000`), (_key, line) => {
      lines.push(line);
    });
    return lines;
  };
  /** A packet that curl sends is named on the stage; what other tools ask names itself by its answer's sender. */
  const labelOf = (to: string, body: unknown) =>
    (body as { readonly type?: string } | null)?.type === "http" ? `curl ${to}` : "";
  const ask = (
    to: string,
    body: unknown,
    timeoutUs: number,
    certificate: string | null,
    signal: AbortSignal,
    protocol?: "UDP",
  ) =>
    new Promise<{ readonly body: unknown } | ConnectionFailure>((resolve) => {
      const session = current();
      const number = session.open(
        machine,
        {
          type: "request",
          to,
          body,
          timeoutUs,
          certificate,
          label: labelOf(to, body),
          ...(protocol ? { protocol } : {}),
        },
        {
          answer(answer) {
            over();
            resolve({ body: answer });
          },
          end(error) {
            over();
            resolve(failure(error));
          },
        },
      );
      const over = abortWith(signal, session, machine, number, () =>
        resolve(number === null ? noRouteTo(machine) : { failure: "aborted", text: "interrupted" }),
      );
    });
  return {
    machine,
    request: (to, body, { signal, timeoutMs, certificate, protocol }) =>
      ask(to, body, Math.round(timeoutMs * 1000), certificate ?? null, signal, protocol),
    /** Resolves with the first frame, or when there will be none. */
    stream(to, body, { signal, certificate }) {
      return new Promise((resolve) => {
        const session = current();
        const frames = new FrameQueue<unknown>();
        const close = () => {
          frames.end();
          if (number !== null) session.close(machine, number);
        };
        const number = session.open(
          machine,
          { type: "stream", to, body, timeoutUs: REQUEST_TIMEOUT_US, certificate: certificate ?? null, label: "" },
          {
            frame(frame) {
              frames.push(frame);
              resolve({ frames, close });
            },
            end(error) {
              over();
              frames.end();
              resolve(error === null ? { frames, close } : failure(error));
            },
          },
        );
        const over = abortWith(signal, session, machine, number, () => {
          frames.end();
          resolve(number === null ? noRouteTo(machine) : { failure: "aborted", text: "interrupted" });
        });
      });
    },
    async readFile(path) {
      return textOf(pack(diskOf(state()), path));
    },
    async listFiles(prefix) {
      return visiblePaths(diskOf(state()).list(prefix));
    },
    async changeFiles(changes) {
      state();
      await doAtOnce(Object.freeze({ type: "changeFiles", ...changes }));
    },
    async unit(verb, unit) {
      const asked = verb === "is-active" ? "status" : verb;
      const answer = await ask(SYSTEMD_SOCKET, { verb: asked, unit }, 5_000_000, null, new AbortController().signal);
      if (!("body" in answer) || answer.body === null) return null;
      const found = answer.body as UnitState;
      const { epochWallUs } = current().world.state;
      const status: UnitStatus = {
        name: found.name,
        description: found.description,
        active: found.active,
        sub: found.sub,
        sinceWallUs: epochWallUs + found.sinceUs,
        pid: found.pid,
        log: logOf(found.process).slice(-10),
      };
      return status;
    },
    async journal(unit) {
      return [...logOf(`${unit}@${machine}`)];
    },
    async facts() {
      state();
      return machineFacts(current(), machine)!;
    },
    async packetRules(style, table, chain) {
      const rules =
        (state().host.get(table === "nat" ? NAT_KEY : FILTER_KEY) as IptablesTable | undefined) ?? createTable();
      return style === "listing" ? formatListing(table, rules, chain) : formatSpecification(table, rules, chain);
    },
  };
}

function diskOf({ disk: { files } }: Machine): { list(prefix: string): string[]; read(path: string): unknown } {
  return {
    read: (path) => files.get(path),
    list(prefix) {
      const paths: string[] = [];
      files.range(prefix, endOfPrefix(prefix), (path) => {
        paths.push(path);
      });
      return paths;
    },
  };
}

/** What `cat` prints of a file's value. Binary files say what they are; their length is that of the real ones. */
export function textOf(value: unknown): string | null {
  if (value === undefined || value === null) return null;
  if (typeof value === "string") return value;
  const { text } = value as { readonly text?: unknown };
  if (typeof text === "string") return text;
  return binaryText(value) ?? `${JSON.stringify(value, null, 2)}\n`;
}
