/** `kubectl exec` */
import { type Command, type Invocation, inSteps } from "../../command.ts";
import { CommandError } from "../../errors.ts";
import { at, textOf } from "../../json.ts";
import { fileFlags } from "../../manifests/load.ts";
import { chooseContainer, namedObject, nameOfPod, podsOf } from "../../pods.ts";
import { runStream, type StreamRequest } from "../../streams.ts";
import { commandArgs, nameArgs } from "../create/generate.ts";

interface Options {
  readonly target: string;
  readonly words: readonly string[];
}

function complete(invocation: Invocation): Options {
  const [target, ...more] = nameArgs(invocation);
  const words = [...more, ...commandArgs(invocation)];
  if (target === undefined) throw new CommandError("pod, type/name or --filename must be specified");
  if (words.length === 0) throw new CommandError("you must specify at least one command for the container");
  if (invocation.argsLenAtDash < 0) {
    throw new CommandError(
      "exec [POD] [COMMAND] is not supported anymore. Use exec [POD] -- [COMMAND] instead\nSee 'kubectl exec -h' for help and examples",
    );
  }
  return { target, words };
}

async function run({ target, words }: Options, invocation: Invocation): Promise<number> {
  const { context, flags } = invocation;
  const { resource, object } = await namedObject(invocation, target);
  const [pod] = await podsOf(invocation, resource, object);
  if (!pod) throw new CommandError(`timed out waiting for the condition`);
  const phase = textOf(at(pod, "status", "phase"));
  if (phase === "Succeeded" || phase === "Failed") {
    throw new CommandError(`cannot exec into a container in a completed pod; current phase is ${phase}`);
  }
  // Whether there is such a container is for the server to say.
  const container = flags.text("container") || chooseContainer(invocation, pod, "", flags.bool("quiet"));
  const wantsTty = flags.bool("tty");
  if (wantsTty && context.columns === null) {
    invocation.err("Unable to use a TTY - input is not a terminal or the right kind of file");
  }
  const request: StreamRequest = {
    namespace: textOf(at(pod, "metadata", "namespace")) || invocation.namespace,
    pod: nameOfPod(pod),
    container,
    verb: "exec",
    command: words,
    stdin: flags.bool("stdin"),
    tty: wantsTty && context.columns !== null,
  };
  return runStream(invocation, request);
}

export const exec: Command = {
  name: "exec",
  completes: "pods",
  flags: [
    {
      name: "container",
      short: "c",
      type: "string",
      default: "",
    },
    { name: "pod-running-timeout", type: "duration", default: "1m0s" },
    { name: "quiet", short: "q", type: "bool", default: false },
    { name: "stdin", short: "i", type: "bool", default: false },
    { name: "tty", short: "t", type: "bool", default: false },
    ...fileFlags(),
  ],
  run: inSteps({ complete, run }),
};
