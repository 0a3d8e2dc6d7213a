/** `kubectl attach`: what the container writes, and what one types to it. */
import { type Command, type Invocation, inSteps } from "../../command.ts";
import { CommandError, toError } from "../../errors.ts";
import { boolFlag, durationFlag, textFlag } from "../../flags.ts";
import { at, type JsonObject, textOf } from "../../json.ts";
import { chooseContainer, namedObject, nameOfPod, podsOf } from "../../pods.ts";
import { runStream } from "../../streams.ts";

function complete({ args }: Invocation): string {
  const [target, ...more] = args;
  if (target === undefined) throw new CommandError("at least 1 argument is required for attach");
  if (more.length > 1)
    throw new CommandError(
      `expected POD, TYPE/NAME, or TYPE NAME, (at most 2 arguments) saw ${args.length}: [${args.join(" ")}]`,
    );
  return more.length === 1 ? `${target}/${more[0]}` : target;
}

async function run(target: string, invocation: Invocation): Promise<number> {
  const { context, flags } = invocation;
  const { resource, object } = await namedObject(invocation, target);
  const [pod] = await podsOf(invocation, resource, object);
  if (!pod) throw new CommandError("timed out waiting for the condition");
  const phase = textOf(at(pod, "status", "phase"));
  if (phase === "Succeeded" || phase === "Failed")
    throw new CommandError(`cannot attach a container in a completed pod; current phase is ${phase}`);
  const container = containerOf(invocation, pod);
  const wantsTty = flags.bool("tty");
  if (wantsTty && context.columns === null)
    invocation.err("Unable to use a TTY - input is not a terminal or the right kind of file");
  if (!flags.bool("quiet")) invocation.err("If you don't see a command prompt, try pressing enter.");
  return runStream(invocation, {
    namespace: textOf(at(pod, "metadata", "namespace")) || invocation.namespace,
    pod: nameOfPod(pod),
    container,
    verb: "attach",
    command: [],
    stdin: flags.bool("stdin"),
    tty: wantsTty && context.columns !== null,
  });
}

function containerOf(invocation: Invocation, pod: JsonObject): string {
  const { flags } = invocation;
  try {
    return chooseContainer(invocation, pod, flags.text("container"), flags.bool("quiet"));
  } catch (error) {
    throw new CommandError(`cannot attach to the container: ${toError(error).message}`);
  }
}

export const attach: Command = {
  name: "attach",
  completes: "pods",
  flags: [
    textFlag("container", "", "c"),
    durationFlag("pod-running-timeout", "1m0s"),
    boolFlag("quiet", false, "q"),
    boolFlag("stdin", false, "i"),
    boolFlag("tty", false, "t"),
  ],
  run: inSteps({ complete, run }),
};
