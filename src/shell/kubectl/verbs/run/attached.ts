/** `kubectl run -i`, `--attach`: waits for the pod, shows what it prints, and removes it afterwards with `--rm`. */
import type { Invocation } from "../../command.ts";
import { CommandError, isNotFound, SilentExit, toError } from "../../errors.ts";
import { at, type JsonObject, objectsOf, textOf } from "../../json.ts";
import { nameOfPod } from "../../pods.ts";
import { runStream } from "../../streams.ts";
import { followObject } from "../../waiting.ts";

export async function runAttached(invocation: Invocation, created: JsonObject): Promise<number> {
  const { flags, namespace } = invocation;
  const name = nameOfPod(created);
  try {
    return await attachAndWait(invocation, name);
  } catch (error) {
    if (error instanceof SilentExit && flags.bool("rm")) invocation.err(`pod ${namespace}/${name} terminated (Error)`);
    throw error;
  } finally {
    if (flags.bool("rm")) await removePod(invocation, name);
  }
}

async function attachAndWait(invocation: Invocation, name: string): Promise<number> {
  const { client, context, flags, namespace } = invocation;
  const resource = await invocation.mapper.resource("pods");
  const followed = { resource, namespace, name, timeoutUs: flags.durationUs("pod-running-timeout") };
  let phase = "";
  const started = await followObject(invocation, followed, (pod) => {
    if (pod === null) throw new CommandError(`pods "${name}" not found`);
    phase = textOf(at(pod, "status", "phase"));
    return /^(Running|Succeeded|Failed)$/.test(phase);
  });
  if (started === "timedOut") throw new CommandError("timed out waiting for the condition");
  if (phase === "Running") {
    if (!flags.bool("quiet") && context.columns !== null)
      invocation.err("If you don't see a command prompt, try pressing enter.");
    const stdin = flags.bool("stdin");
    await runStream(invocation, {
      namespace,
      pod: name,
      container: name,
      verb: "attach",
      command: [],
      stdin,
      tty: flags.bool("tty") && context.columns !== null,
    });
  } else {
    const log = await client.raw("GET", `/api/v1/namespaces/${namespace}/pods/${name}/log?container=${name}`);
    if (log.status < 400) context.out.write(log.body);
  }
  if (flags.text("restart") === "Always") return 0;
  return waitForEnd(invocation, followed);
}

async function waitForEnd(invocation: Invocation, followed: Parameters<typeof followObject>[1]): Promise<number> {
  let code = 0;
  await followObject(invocation, { ...followed, timeoutUs: null }, (pod) => {
    const phase = textOf(at(pod, "status", "phase"));
    if (phase === "Failed") {
      const [status] = objectsOf(at(pod, "status", "containerStatuses"));
      code = Number(at(status, "state", "terminated", "exitCode") ?? 1);
    }
    return pod === null || phase === "Succeeded" || phase === "Failed";
  });
  if (code !== 0) throw new SilentExit(code);
  return 0;
}

async function removePod(invocation: Invocation, name: string): Promise<void> {
  const { client, namespace } = invocation;
  try {
    await client.send("DELETE", `/api/v1/namespaces/${namespace}/pods/${name}`, {
      body: { propagationPolicy: "Background" },
    });
    invocation.out(`pod "${name}" deleted`);
  } catch (error) {
    if (!isNotFound(error)) throw toError(error);
  }
}
