import type { ApiObject } from "../../../api/object.ts";
import { deepFreeze } from "../../../api/object.ts";
import type { Certificate, Component, Context, KernelMessage, NetworkError } from "../../../kernel/types.ts";
import { createWorld, type World } from "../../../kernel/world.ts";
import { kubeApiserver } from "../component.ts";
import type { HttpChunk, HttpResponse, ResourceRequest, ResourceResponse, WatchFrame } from "../messages.ts";
import type { ApiServerState } from "../state.ts";
import { type FakeEtcd, fakeEtcd } from "./fake-etcd.ts";

/** A small world: etcd (without Raft), one API server, and a client that does as the test says. */
export interface Harness {
  readonly world: World;
  readonly server: ApiServerState;
  readonly etcd: FakeEtcd;
  ask(request: Partial<ResourceRequest>, options?: { user?: string; groups?: string[] }): ResourceResponse;
  http(method: string, path: string, body?: unknown, headers?: Record<string, string>, user?: string): HttpResponse;
  watch(request: Partial<ResourceRequest>, user?: string): { readonly frames: WatchFrame[] };
  stream(path: string, headers?: Record<string, string>): { readonly frames: (HttpResponse | HttpChunk)[] };
  /** Lets virtual time pass. */
  run(us: number): void;
}

interface ClientState {
  readonly answers: Map<number, unknown>;
  readonly frames: Map<number, unknown[]>;
  readonly closed: Set<number>;
}

type ClientInput = {
  readonly id: number;
  readonly body: unknown;
  readonly stream: boolean;
  readonly certificate: Certificate | null;
};

const client: Component<ClientState> = {
  kind: "client",
  start: () => ({ answers: new Map(), frames: new Map(), closed: new Set() }),
  step(state: ClientState, message: KernelMessage, context: Context) {
    switch (message.type) {
      case "input": {
        const { id, body, stream, certificate } = message.input as ClientInput;
        const options = { to: "10.0.0.10:6443", body, tag: id, certificate: certificate ?? undefined };
        if (stream) {
          state.frames.set(id, []);
          context.openStream(options);
        } else context.request({ ...options, timeoutUs: 60_000_000 });
        return;
      }
      case "response":
        state.answers.set(message.tag as number, message.body);
        return;
      case "requestFailed":
        state.answers.set(message.tag as number, message.error);
        return;
      case "streamFrame":
        state.frames.get(message.tag as number)?.push(message.frame);
        return;
      case "streamClosed":
        state.closed.add(message.tag as number);
        return;
      default:
    }
  },
};

const ARGV = [
  "kube-apiserver",
  "--advertise-address=10.0.0.10",
  "--authorization-mode=Node,RBAC",
  "--enable-admission-plugins=NodeRestriction",
  "--service-cluster-ip-range=10.96.0.0/12",
  "--etcd-servers=https://127.0.0.1:2379",
];

export function certificateOf(commonName: string, organizations: readonly string[]): Certificate {
  return deepFreeze({
    commonName,
    organizations,
    issuer: "kubernetes-ca",
    dnsNames: [],
    ipAddresses: [],
    notBeforeWallUs: 0,
    notAfterWallUs: Number.MAX_SAFE_INTEGER,
    serial: commonName,
  });
}

const CORE: Omit<ResourceRequest, "verb"> = {
  type: "resource",
  group: "",
  version: "v1",
  resource: "configmaps",
  subresource: "",
  namespace: "",
  name: "",
  options: {},
  credentials: {},
  userAgent: "test/1.0",
};

/** `flags`: more of them than kubeadm gives. */
export function createHarness(flags: readonly string[] = []): Harness {
  const components = new Map<string, Component<never, never>>([
    ["etcd", fakeEtcd as Component<never, never>],
    ["kube-apiserver", kubeApiserver as unknown as Component<never, never>],
    ["client", client as Component<never, never>],
  ]);
  const world = createWorld(
    { components, routePacket: null },
    {
      seed: 1,
      epochWallUs: 1_795_165_200_000_000,
      machines: [
        {
          info: {
            name: "control-plane-1",
            ip: "10.0.0.10",
            zone: "a",
            role: "control-plane",
            cpuMillicores: 2000,
            memoryBytes: 4e9,
            extra: {},
          },
          boot: [
            { name: "etcd@control-plane-1", kind: "etcd", args: null },
            {
              name: "kube-apiserver@control-plane-1",
              kind: "kube-apiserver",
              args: { argv: [...ARGV, ...flags], env: {} },
            },
            { name: "client@control-plane-1", kind: "client", args: null },
          ],
          bootUs: 1000,
          fsyncUs: 1000,
          files: {},
        },
      ],
    },
  );
  const stateOf = <T>(name: string): T => world.state.processes.get(world.state.names.get(name)!)!.state as T;
  const run = (us: number): void => {
    const untilUs = world.nowUs + us;
    world.advance(untilUs);
    world.settle(untilUs);
  };
  run(10_000_000);
  const mine = () => stateOf<ClientState>("client@control-plane-1");
  let next = 1;
  const send = (body: unknown, stream: boolean, certificate: Certificate | null): number => {
    const id = next++;
    world.input("client@control-plane-1", deepFreeze({ id, body, stream, certificate }));
    return id;
  };
  const answerTo = (id: number): unknown => {
    for (let turn = 0; turn < 400 && !mine().answers.has(id); turn += 1) run(200_000);
    const answer = mine().answers.get(id);
    if (answer === undefined) throw new Error("no answer");
    if (typeof answer === "object" && answer !== null && "kind" in answer && "text" in answer)
      throw new Error((answer as NetworkError).text);
    return answer;
  };
  const admin = certificateOf("kubernetes-admin", ["system:masters"]);
  return {
    world,
    get server() {
      return stateOf<ApiServerState>("kube-apiserver@control-plane-1");
    },
    get etcd() {
      return stateOf<FakeEtcd>("etcd@control-plane-1");
    },
    ask: (request, options = {}) => {
      const certificate = options.user === undefined ? admin : certificateOf(options.user, options.groups ?? []);
      return answerTo(send({ ...CORE, verb: "get", ...request }, false, certificate)) as ResourceResponse;
    },
    http: (method, path, body, headers = {}, user) => {
      const text = body === undefined ? "" : typeof body === "string" ? body : JSON.stringify(body);
      const certificate = user === undefined ? admin : user === "" ? null : certificateOf(user, []);
      return answerTo(send({ type: "http", method, path, headers, body: text }, false, certificate)) as HttpResponse;
    },
    watch: (request, user) => {
      const id = send(
        { ...CORE, verb: "watch", ...request },
        true,
        user === undefined ? admin : certificateOf(user, []),
      );
      run(100_000);
      return {
        get frames() {
          return mine().frames.get(id) as WatchFrame[];
        },
      };
    },
    stream: (path, headers = {}) => {
      const id = send({ type: "http", method: "GET", path, headers, body: "" }, true, admin);
      run(100_000);
      return {
        get frames() {
          return mine().frames.get(id) as (HttpResponse | HttpChunk)[];
        },
      };
    },
    run,
  };
}

export function configMap(name: string, data: Record<string, string> = {}): ApiObject {
  return { kind: "ConfigMap", apiVersion: "v1", metadata: { name }, data };
}
