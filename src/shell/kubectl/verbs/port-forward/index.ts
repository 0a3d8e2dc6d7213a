/** `kubectl port-forward`: a port of the laptop leads to one of a pod, until Ctrl-C. */
import type { HttpRequest, HttpResponse, LocalListener } from "../../../doors.ts";
import { type Command, type Invocation, inSteps } from "../../command.ts";
import type { ApiResource } from "../../discovery.ts";
import { CommandError, toError, UsageError } from "../../errors.ts";
import { durationFlag, type FlagSpec } from "../../flags.ts";
import { parseResponse, requestText } from "../../http-text.ts";
import { at, type JsonObject, objectsOf, textOf } from "../../json.ts";
import { claimPort, listenUntilInterrupted } from "../../listening.ts";
import { namedObject, nameOfPod, podsOf } from "../../pods.ts";

interface Forward {
  readonly local: number;
  readonly remote: number;
}

interface Options {
  readonly namespace: string;
  readonly pod: string;
  readonly forwards: readonly Forward[];
}

async function complete(invocation: Invocation): Promise<Options> {
  const [target, ...ports] = invocation.args;
  if (target === undefined || ports.length === 0)
    throw new UsageError("TYPE/NAME and list of ports are required for port-forward");
  const { resource, object } = await namedObject(invocation, target);
  const pod = await podOf(invocation, resource, object);
  const forwards = ports.map((text) => parsePorts(text, resource, object, pod));
  const phase = textOf(at(pod, "status", "phase"));
  if (phase !== "Running")
    throw new CommandError(`unable to forward port because pod is not running. Current status=${phase}`);
  return { namespace: textOf(at(pod, "metadata", "namespace")) || invocation.namespace, pod: nameOfPod(pod), forwards };
}

async function podOf(invocation: Invocation, resource: ApiResource, object: JsonObject): Promise<JsonObject> {
  if (resource.kind === "Service" && at(object, "spec", "selector") === undefined)
    throw new CommandError(
      `cannot attach to *v1.Service: invalid service '${textOf(at(object, "metadata", "name"))}': Service is defined without a selector`,
    );
  const [pod] = await podsOf(invocation, resource, object);
  if (!pod) throw new CommandError("timed out waiting for the condition");
  return pod;
}

/** `80`, `8080:80`, `:80`, `http`: a Service's ports are translated to the pod's. */
function parsePorts(text: string, resource: ApiResource, object: JsonObject, pod: JsonObject): Forward {
  const parts = text.split(":");
  if (parts.length > 2) throw new CommandError(`invalid port format '${text}'`);
  const [first = "", second] = parts;
  const wanted = second ?? first;
  const remote = resource.kind === "Service" ? portOfService(wanted, object, pod) : portOfPod(wanted, pod);
  const local =
    second === undefined
      ? /^\d+$/.test(first)
        ? number(first, "local")
        : remote
      : first === ""
        ? 0
        : number(first, "local");
  if (remote === 0) throw new CommandError("remote port must be > 0");
  return { local, remote };
}

function number(text: string, which: string): number {
  const refuse = (why: string): CommandError =>
    new CommandError(
      `error parsing ${which} port '${text}': strconv.ParseUint: parsing ${JSON.stringify(text)}: ${why}`,
    );
  if (!/^\d+$/.test(text)) throw refuse("invalid syntax");
  if (Number(text) > 65_535) throw refuse("value out of range");
  return Number(text);
}

function portOfPod(text: string, pod: JsonObject): number {
  if (/^\d+$/.test(text)) return number(text, "local");
  const ports = objectsOf(at(pod, "spec", "containers")).flatMap(({ ports: list }) => objectsOf(list));
  const found = ports.find(({ name }) => name === text);
  if (!found) throw new CommandError(`Pod '${nameOfPod(pod)}' does not have a named port '${text}'`);
  return Number(found.containerPort);
}

function portOfService(text: string, service: JsonObject, pod: JsonObject): number {
  const ports = objectsOf(at(service, "spec", "ports"));
  const found = ports.find(({ name, port }) => name === text || String(port) === text);
  const name = textOf(at(service, "metadata", "name"));
  if (!found) {
    const what = /^\d+$/.test(text) ? `a service port ${text}` : `a named port '${text}'`;
    throw new CommandError(`Service '${name}' does not have ${what}`);
  }
  const target = found.targetPort ?? found.port;
  return typeof target === "number" ? target : portOfPod(textOf(target), pod);
}

async function run({ namespace, pod, forwards }: Options, invocation: Invocation): Promise<number> {
  const claimed: number[] = [];
  for (const { local, remote } of forwards) {
    const listener: LocalListener = async (request) => {
      invocation.out(`Handling connection for ${port}`);
      return exchange(invocation, { namespace, pod, remote, local: port }, request);
    };
    let port = local;
    try {
      port = claimPort(invocation, local, listener);
    } catch (error) {
      const why = `unable to create listener: Error ${toError(error).message}`;
      invocation.err(
        `Unable to listen on port ${local}: Listeners failed to create with the following errors: [${why}]`,
      );
      continue;
    }
    claimed.push(port);
    invocation.out(`Forwarding from 127.0.0.1:${port} -> ${remote}\nForwarding from [::1]:${port} -> ${remote}`);
  }
  if (claimed.length === 0)
    throw new CommandError(
      `unable to listen on any of the requested ports: [${forwards.map(({ local, remote }) => `{${local} ${remote}}`).join(" ")}]`,
    );
  return listenUntilInterrupted(invocation, claimed);
}

interface Way {
  readonly namespace: string;
  readonly pod: string;
  readonly remote: number;
  readonly local: number;
}

/** One connection through the API server and the kubelet: the request goes in, the answer comes out. */
async function exchange(invocation: Invocation, way: Way, request: HttpRequest) {
  const path = `/api/v1/namespaces/${way.namespace}/pods/${way.pod}/portforward`;
  let answer = "";
  let problem = "";
  try {
    const stream = await invocation.client.open("GET", path);
    stream.send({ type: "portOpen", connection: 0, port: way.remote });
    stream.send({ type: "portData", connection: 0, data: requestText(request) });
    for await (const frame of stream.frames) {
      if (frame.type === "portData") answer += frame.data;
      else if (frame.type === "portError") problem = frame.text;
      else if (frame.type === "portEnd") break;
    }
    stream.close();
  } catch (error) {
    problem = toError(error).message;
  }
  if (problem !== "")
    invocation.err(
      `E portforward.go:424] "Unhandled Error" err="an error occurred forwarding ${way.local} -> ${way.remote}: ${problem}"`,
    );
  const response: HttpResponse | null = parseResponse(answer);
  return response ?? { failure: "reset" as const, text: "Empty reply from server" };
}

const addressFlag: FlagSpec = { name: "address", type: "list", default: ["localhost"] };

export const portForward: Command = {
  name: "port-forward",
  completes: "pods",
  flags: [addressFlag, durationFlag("pod-running-timeout", "1m0s")],
  run: inSteps({ complete, run }),
};
