/** A container that is added to a running pod. */
import { withQuery } from "../../client.ts";
import type { Invocation } from "../../command.ts";
import { at, type JsonObject, objectsOf, textOf } from "../../json.ts";
import { nameOfPod } from "../../pods.ts";
import { typed } from "../../targets.ts";
import { attachIfAsked, containerOf, randomSuffix } from "./container.ts";
import { profiledContainer } from "./profiles.ts";

export async function addEphemeralContainer(
  invocation: Invocation,
  pod: JsonObject,
  command: readonly string[],
): Promise<number> {
  const { client, flags } = invocation;
  const target = flags.text("target");
  if (target !== "" && !flags.bool("quiet"))
    invocation.out(
      `Targeting container ${JSON.stringify(target)}. If you don't see processes from this container it may be because the container runtime doesn't support this feature.`,
    );
  const name = flags.text("container") || `debugger-${await randomSuffix(invocation)}`;
  if (flags.text("container") === "" && !flags.bool("quiet"))
    invocation.out(`Defaulting debug container name to ${name}.`);
  const base = containerOf(invocation, name, flags.text("image"), command);
  const container = {
    ...profiledContainer(base, flags.text("profile"), "ephemeral"),
    ...(target ? { targetContainerName: target } : {}),
  };
  const before = objectsOf(at(pod, "spec", "ephemeralContainers"));
  const namespace = textOf(at(pod, "metadata", "namespace"));
  const path = withQuery(`/api/v1/namespaces/${namespace}/pods/${nameOfPod(pod)}/ephemeralcontainers`);
  const body = { spec: { ephemeralContainers: [...before, container] } };
  const changed = await client.send("PATCH", path, {
    body,
    contentType: "application/strategic-merge-patch+json",
    accept: "application/json",
  });
  return attachIfAsked(invocation, typed(await invocation.mapper.resource("pods"), changed), name);
}
