/** `kubectl cluster-info dump`: everything that helps to find out what is wrong, objects first, then logs. */
import { type Command, type Invocation, inSteps } from "../../command.ts";
import { boolFlag, listFlag, textFlag } from "../../flags.ts";
import { at, textOf } from "../../json.ts";
import { outputFlags, printerFor } from "../../output.ts";
import { containersOf, nameOfPod } from "../../pods.ts";
import { listItems } from "../../targets.ts";

const kinds: readonly string[] = [
  "/api/v1/namespaces/NS/events",
  "/api/v1/namespaces/NS/replicationcontrollers",
  "/api/v1/namespaces/NS/services",
  "/apis/apps/v1/namespaces/NS/daemonsets",
  "/apis/apps/v1/namespaces/NS/deployments",
  "/apis/apps/v1/namespaces/NS/replicasets",
  "/api/v1/namespaces/NS/pods",
];

async function namespacesOf(invocation: Invocation): Promise<readonly string[]> {
  const { client, flags, namespace } = invocation;
  if (flags.list("namespaces").length > 0) return flags.list("namespaces");
  if (!flags.bool("all-namespaces")) return ["kube-system", namespace];
  return listItems(await client.get("/api/v1/namespaces")).map((one) => textOf(at(one, "metadata", "name")));
}

async function dumpAll(invocation: Invocation): Promise<number> {
  const { client, context, flags } = invocation;
  const print = (await printerFor(flags, context))!;
  const folder = flags.text("output-directory");
  const write = async (path: string, text: string): Promise<void> => {
    if (folder === "" || folder === "-") context.out.write(text);
    else await context.files.write(`${folder}/${path}`, text);
  };
  await write("nodes.json", print(await client.get("/api/v1/nodes")));
  for (const namespace of await namespacesOf(invocation)) {
    let pods: Awaited<ReturnType<typeof client.get>> = {};
    for (const kind of kinds) {
      pods = await client.get(kind.replace("NS", namespace));
      await write(`${namespace}/${kind.split("/").at(-1)}.json`, print(pods));
    }
    for (const pod of listItems(pods)) {
      const { init, main } = containersOf(pod);
      for (const container of [...init, ...main]) {
        const name = nameOfPod(pod);
        const log = await client.raw("GET", `/api/v1/namespaces/${namespace}/pods/${name}/log?container=${container}`);
        const text =
          log.status < 400 ? log.body : `Request log error: ${textOf(at(JSON.parse(log.body), "message"))}\n`;
        const title = `logs for container ${container} of pod ${namespace}/${name}`;
        await write(`${namespace}/${name}/logs.txt`, `==== START ${title} ====\n${text}==== END ${title} ====\n`);
      }
    }
  }
  if (folder !== "" && folder !== "-") invocation.out(`Cluster info dumped to ${folder}`);
  return 0;
}

export const dump: Command = {
  name: "dump",
  completes: "none",
  flags: [
    boolFlag("all-namespaces", false, "A"),
    listFlag("namespaces"),
    textFlag("output-directory"),
    { name: "pod-running-timeout", type: "duration", default: "20s" },
    ...outputFlags.map((flag) => (flag.name === "output" ? { ...flag, default: "json" } : flag)),
  ],
  run: inSteps({ complete: (invocation) => invocation, run: dumpAll }),
};
