import { isFailure, type Program } from "./doors.ts";

/** Where a machine's console serves the programs that are processes of its own. */
const CONSOLE_SOCKET = "unix:/run/console.sock";

/**
 * What an administrator's profile on a control-plane machine sets, so that a bare `etcdctl` reaches the member beside it
 * over TLS.
 */
export const ETCDCTL_PROFILE: Readonly<Record<string, string>> = {
  ETCDCTL_API: "3",
  ETCDCTL_CACERT: "/etc/kubernetes/pki/etcd/ca.crt",
  ETCDCTL_CERT: "/etc/kubernetes/pki/etcd/healthcheck-client.crt",
  ETCDCTL_KEY: "/etc/kubernetes/pki/etcd/healthcheck-client.key",
};

/** Typed on the laptop they run on the first control-plane machine, with that machine's profile and files. */
const HOME_MACHINE = "control-plane-1";
const HOME_FOLDER = "/root";

export const etcdctl = programOf("etcdctl");
export const etcdutl = programOf("etcdutl");

type Frame =
  | { readonly type: "stdout" | "stderr"; readonly data: string }
  | { readonly type: "exit"; readonly exitCode: number };

function programOf(program: string): Program {
  return async (context) => {
    const isHome = context.machine === null;
    const machine = context.machine ?? HOME_MACHINE;
    const door = context.console(machine);
    if (door === null) {
      context.err.write(`ssh: Could not resolve hostname ${machine}: Name or service not known\n`);
      return 255;
    }
    await context.sync();
    const body = {
      op: "run",
      program,
      argv: [program, ...context.args],
      env: relevant(isHome ? { ...ETCDCTL_PROFILE, ...context.env } : context.env),
      directory: isHome ? HOME_FOLDER : context.directory,
      stdin: context.stdin,
    };
    const stream = await door.stream(CONSOLE_SOCKET, body, { signal: context.signal });
    if (isFailure(stream)) {
      if (stream.failure !== "aborted") context.err.write(`${stream.text}\n`);
      return stream.failure === "aborted" ? 130 : 255;
    }
    let exitCode = 130;
    for await (const frame of stream.frames as AsyncIterable<Frame>) {
      if (frame.type === "exit") exitCode = frame.exitCode;
      else (frame.type === "stdout" ? context.out : context.err).write(frame.data);
    }
    await context.sync();
    return exitCode;
  };
}

/** The rest of a shell's variables are nobody's business there. */
function relevant(env: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(env).filter(([name]) => name.startsWith("ETCD")));
}
