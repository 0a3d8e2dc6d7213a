/** `ctr -n k8s.io containers|images|tasks ls`: containerd's own client, which sees only its namespace's things. */
import type { Program } from "../doors.ts";
import { consoleOf } from "./here.ts";

const SOCKET = "unix:/run/containerd/containerd.sock";

interface Answers {
  readonly containers?: readonly { readonly id: string; readonly imageId: string; readonly state: string }[];
  readonly images?: readonly {
    readonly id: string;
    readonly repoTags: readonly string[];
    readonly repoDigest: string;
    readonly sizeBytes: number;
  }[];
}

export const ctr: Program = async (context) => {
  const console = consoleOf(context);
  if (console === null) {
    context.err.write("ctr: command not found\n");
    return 127;
  }
  const words = [...context.args];
  const at = words.findIndex((word) => word === "-n" || word === "--namespace");
  const namespace = at >= 0 ? words.splice(at, 2)[1] : (context.env.CONTAINERD_NAMESPACE ?? "default");
  const [what = "", verb = ""] = words.filter((word) => !word.startsWith("-"));
  if (!/^(c|containers?|i|images?|t|tasks?)$/.test(what) || !/^(ls|list)$/.test(verb)) {
    context.err.write("NAME:\n   ctr - containerd CLI\n\nUSAGE:\n   ctr -n k8s.io containers|images|tasks ls\n");
    return what === "" ? 0 : 1;
  }
  const call = async (name: string): Promise<Answers> => {
    const answer = await console.request(SOCKET, { call: name }, { signal: context.signal, timeoutMs: 2_000 });
    if ("failure" in answer)
      throw new Error(`ctr: failed to dial "/run/containerd/containerd.sock": connection error: ${answer.text}`);
    return namespace === "k8s.io" ? (answer.body as Answers) : {};
  };
  try {
    if (what.startsWith("i")) {
      context.out.write("REF TYPE DIGEST SIZE PLATFORMS LABELS\n");
      for (const { repoTags, repoDigest, sizeBytes } of (await call("ListImages")).images ?? [])
        for (const tag of repoTags)
          context.out.write(
            `${tag} application/vnd.oci.image.index.v1+json ${repoDigest.split("@")[1] ?? repoDigest} ${(sizeBytes / 1_048_576).toFixed(1)} MiB linux/amd64 io.cri-containerd.image=managed\n`,
          );
      return 0;
    }
    const { containers = [] } = await call("ListContainers");
    if (what.startsWith("t")) {
      context.out.write("TASK                                                                PID    STATUS\n");
      for (const { id, state } of containers.filter(({ state: how }) => how === "CONTAINER_RUNNING"))
        context.out.write(`${id}    -      ${state.replace("CONTAINER_", "")}\n`);
      return 0;
    }
    const images = new Map(
      ((await call("ListImages")).images ?? []).map(({ id, repoTags }) => [id, repoTags[0] ?? id]),
    );
    context.out.write(
      "CONTAINER                                                           IMAGE                                        RUNTIME\n",
    );
    for (const { id, imageId } of containers)
      context.out.write(
        `${id}    ${(images.get(imageId) ?? imageId).split("@")[0]!.padEnd(45)}io.containerd.runc.v2\n`,
      );
    return 0;
  } catch (error) {
    context.err.write(`${(error as Error).message}\n`);
    return 1;
  }
};
