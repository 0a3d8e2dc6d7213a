/** The debugging container itself, and watching it start. */

import type { Invocation } from "../../command.ts";
import { CommandError } from "../../errors.ts";
import { at, type JsonObject, objectsOf, textOf } from "../../json.ts";
import { nameOfPod } from "../../pods.ts";
import { runStream } from "../../streams.ts";
import { temporaryNumber } from "../../temporary.ts";
import { followObject } from "../../waiting.ts";

const letters = "bcdfghjklmnpqrstvwxz2456789";

/** Five letters as generated names end with. */
export async function randomSuffix({ context }: Invocation): Promise<string> {
  let value = Number(temporaryNumber(await context.session.wallUs()));
  let text = "";
  for (let count = 0; count < 5; count += 1) {
    text += letters[value % letters.length];
    value = Math.floor(value / letters.length) + 7 * count;
  }
  return text;
}

/** Flags for a container: command or arguments, variables, policy, standard input. */
export function containerOf(
  invocation: Invocation,
  name: string,
  image: string,
  command: readonly string[],
): JsonObject {
  const { flags } = invocation;
  const words = flags.bool("arguments-only") ? "args" : "command";
  const env = flags.list("env").map((pair) => {
    const [key = "", value] = pair.split(/=(.*)/s);
    if (value === undefined) throw new CommandError(`invalid env: ${pair}`);
    return { name: key, value };
  });
  return {
    name,
    image,
    ...(command.length > 0 ? { [words]: command } : {}),
    ...(env.length > 0 ? { env } : {}),
    ...(flags.text("image-pull-policy") ? { imagePullPolicy: flags.text("image-pull-policy") } : {}),
    ...(flags.bool("stdin") ? { stdin: true } : {}),
    ...(flags.bool("tty") ? { tty: true } : {}),
    resources: {},
    terminationMessagePolicy: "File",
  };
}

/** With `-i` or `--attach`: waits until the container runs, and shows what it writes. */
export async function attachIfAsked(invocation: Invocation, pod: JsonObject, container: string): Promise<number> {
  const { client, context, flags } = invocation;
  if (!flags.bool("attach") && !(flags.bool("stdin") && !flags.changed("attach"))) return 0;
  const resource = await invocation.mapper.resource("pods");
  const namespace = textOf(at(pod, "metadata", "namespace")) || invocation.namespace;
  const name = nameOfPod(pod);
  let state: JsonObject = {};
  await followObject(invocation, { resource, namespace, name, timeoutUs: null }, (now) => {
    if (now === null) throw new CommandError(`pods ${JSON.stringify(name)} not found`);
    const statuses = ["containerStatuses", "ephemeralContainerStatuses"].flatMap((field) =>
      objectsOf(at(now, "status", field)),
    );
    state = (statuses.find((one) => one.name === container)?.state as JsonObject | undefined) ?? {};
    return state.running !== undefined || state.terminated !== undefined;
  });
  if (state.terminated !== undefined) {
    const log = await client.raw("GET", `/api/v1/namespaces/${namespace}/pods/${name}/log?container=${container}`);
    if (log.status < 400) context.out.write(log.body);
    return 0;
  }
  if (!flags.bool("quiet") && context.columns !== null)
    invocation.err("If you don't see a command prompt, try pressing enter.");
  const tty = flags.bool("tty") && context.columns !== null;
  return runStream(invocation, {
    namespace,
    pod: name,
    container,
    verb: "attach",
    command: [],
    stdin: flags.bool("stdin"),
    tty,
  });
}
