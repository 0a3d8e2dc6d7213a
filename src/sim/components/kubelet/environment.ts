import { sharing } from "../../api/equal.ts";
import { fnv32a } from "../../api/hash.ts";
import type { ApiObject } from "../../api/object.ts";
import { deepFreeze } from "../../api/object.ts";
import { milliValue, wholeValue } from "../../api/quantity.ts";
import { defined, withFields } from "../../kernel/records.ts";
import { Twins } from "../../kernel/twins.ts";
import type { Context } from "../../kernel/types.ts";
import { informerOf } from "../../machinery/machinery.ts";
import { objectsByIndex } from "../../machinery/store.ts";
import type { ContainerConfig, PortMapping, SandboxConfig } from "../container-runtime/messages.ts";
import { truncateHostname } from "./critical.ts";
import { fieldValue, type NodeFacts, resourceValue } from "./fields.ts";
import { dataOf, lookUp } from "./objects.ts";
import { userOf } from "./security-context.ts";
import type { KubeletState, PodWorker } from "./state.ts";
import { terminationLog } from "./termination-message.ts";
import type { Container, EnvVar } from "./types.ts";
import { makeFolders, mountsOf } from "./volumes.ts";

/** `error`: CreateContainerConfigError with upstream's text. */
export type ConfigResult = { readonly config: ContainerConfig } | { readonly error: string };

export function nodeFacts(state: KubeletState, context: Context): NodeFacts {
  const { machine } = context;
  return {
    nodeName: state.nodeName,
    hostIp: machine.ip,
    cpuMillicores: machine.cpuMillicores,
    memoryBytes: machine.memoryBytes,
    hostFiles: context.disk,
  };
}

export function sandboxConfig(worker: PodWorker, attempt: number): SandboxConfig {
  const { metadata, spec } = worker.pod;
  const portMappings = spec.hostNetwork === true ? [] : portMappingsOf(spec.containers);
  return defined({
    namespace: metadata.namespace ?? "",
    name: metadata.name ?? "",
    uid: worker.uid,
    attempt,
    hostNetwork: spec.hostNetwork === true,
    portMappings: portMappings.length === 0 ? undefined : portMappings,
    labels: metadata.labels ?? {},
  });
}

function portMappingsOf(containers: readonly Container[]): PortMapping[] {
  return containers.flatMap(({ ports = [] }) =>
    ports.flatMap(({ hostPort = 0, hostIP = "", protocol = "TCP", containerPort }): PortMapping[] =>
      hostPort === 0 ? [] : [{ protocol, hostPort, hostIp: hostIP === "0.0.0.0" ? "" : hostIP, containerPort }],
    ),
  );
}

/** What the runtime needs to make a container (generateContainerConfig). */
export function containerConfig(
  state: KubeletState,
  worker: PodWorker,
  container: Container,
  attempt: number,
  context: Context,
): ConfigResult {
  const { pod } = worker;
  const facts = nodeFacts(state, context);
  const podIp = pod.spec.hostNetwork === true ? context.machine.ip : (worker.sandboxes[0]?.ip ?? "");
  const environment = environmentOf(state, worker, container, podIp, facts);
  if ("error" in environment) return environment;
  const { env } = environment;
  const mounted = mountsOf(state, worker, container, podIp, facts, env);
  if ("problem" in mounted) return { error: mounted.problem };
  makeFolders(mounted.folders, context);
  const expand = (text: string): string => expandReferences(text, env);
  const { limits, requests } = container.resources ?? {};
  return {
    config: sharingWithOthers({
      name: container.name,
      image: container.image ?? "",
      attempt,
      command: (container.command ?? []).map(expand),
      args: (container.args ?? []).map(expand),
      env,
      workingDir: container.workingDir ?? "",
      mounts: mounted.mounts.concat(terminationLog(worker.uid, container, attempt)),
      ports: container.ports ?? [],
      limits: quantities(limits),
      requests: quantities(requests),
      dns: dnsOf(state, worker),
      ...namesOf(state, worker),
      ...userOf(pod, container),
      stdin: container.stdin === true ? true : undefined,
      stdinOnce: container.stdinOnce === true ? true : undefined,
      tty: container.tty === true ? true : undefined,
    }),
  };
}

/** Containers of one image differ in little. Programs see the order of their variables. */
const recentConfigs = new Twins<ContainerConfig>(256);

function sharingWithOthers(made: ContainerConfig): ContainerConfig {
  const place = fnv32a(made.image);
  const config = defined(made);
  return recentConfigs.keep(place, deepFreeze(sharing(config, recentConfigs.at(place), "in order")));
}

export function quantities(list: Readonly<Record<string, string>> | undefined): {
  cpuMillicores?: number;
  memoryBytes?: number;
} {
  return defined({
    cpuMillicores: list?.cpu === undefined ? undefined : milliValue(list.cpu),
    memoryBytes: list?.memory === undefined ? undefined : wholeValue(list.memory),
  });
}

function hostnameOf(state: KubeletState, { pod }: PodWorker): string {
  if (pod.spec.hostNetwork === true) return state.nodeName;
  return truncateHostname(pod.spec.hostname ?? pod.metadata.name ?? "") ?? "";
}

/** The pod's own names, and those that it brings for others. */
function namesOf(state: KubeletState, worker: PodWorker): Pick<ContainerConfig, "hostname" | "fqdn" | "hostAliases"> {
  const { metadata, spec } = worker.pod;
  const hostname = hostnameOf(state, worker);
  const { subdomain = "", hostAliases = [] } = spec;
  return {
    hostname,
    ...(subdomain === "" || spec.hostNetwork === true
      ? {}
      : { fqdn: `${hostname}.${subdomain}.${metadata.namespace}.svc.${state.config.clusterDomain}` }),
    ...(hostAliases.length === 0 ? {} : { hostAliases }),
  };
}

const HOST_DNS = { nameservers: ["10.0.0.2"], searches: ["lab.internal"], ndots: 1 };

function dnsOf(state: KubeletState, { pod }: PodWorker): ContainerConfig["dns"] {
  const { dnsPolicy = "ClusterFirst", dnsConfig, hostNetwork } = pod.spec;
  const { clusterDNS, clusterDomain } = state.config;
  const inCluster =
    clusterDNS.length > 0 &&
    (dnsPolicy === "ClusterFirstWithHostNet" || (dnsPolicy === "ClusterFirst" && hostNetwork !== true));
  const namespace = pod.metadata.namespace ?? "";
  const base =
    dnsPolicy === "None"
      ? { nameservers: [], searches: [], ndots: 1 }
      : inCluster
        ? {
            nameservers: clusterDNS,
            searches: [`${namespace}.svc.${clusterDomain}`, `svc.${clusterDomain}`, clusterDomain].concat(
              HOST_DNS.searches,
            ),
            ndots: 5,
          }
        : HOST_DNS;
  if (dnsConfig === undefined) return base;
  const ndots = dnsConfig.options?.find(({ name }) => name === "ndots")?.value;
  return {
    nameservers: [...base.nameservers, ...(dnsConfig.nameservers ?? [])],
    searches: [...base.searches, ...(dnsConfig.searches ?? [])],
    ndots: ndots === undefined ? base.ndots : Number(ndots),
  };
}

type Environment = { readonly env: Readonly<Record<string, string>> } | { readonly error: string };

/** makeEnvironmentVariables: services first, then envFrom, then env; later ones win. */
export function environmentOf(
  state: KubeletState,
  worker: PodWorker,
  container: Container,
  podIp: string,
  facts: NodeFacts,
): Environment {
  const env: Record<string, string> = withFields(serviceEnvironment(state, worker), {});
  const namespace = worker.pod.metadata.namespace ?? "";
  for (const { prefix = "", configMapRef, secretRef } of container.envFrom ?? []) {
    const reference = configMapRef ?? secretRef;
    const resource = configMapRef !== undefined ? "configmaps" : "secrets";
    const object = lookUp(state, resource, namespace, reference?.name ?? "");
    if (object == null) {
      if (reference?.optional === true) continue;
      return { error: `${resource.slice(0, -1)} "${reference?.name}" not found` };
    }
    for (const [key, value] of Object.entries(dataOf(object))) env[`${prefix}${key}`] = value;
  }
  for (const variable of container.env ?? []) {
    const value = variableValue(state, worker, container, variable, env, podIp, facts);
    if (typeof value === "object" && value !== null) return value;
    if (value !== null) env[variable.name] = value;
  }
  return { env };
}

/** Null: an optional key that is not there. */
function variableValue(
  state: KubeletState,
  worker: PodWorker,
  container: Container,
  { value, valueFrom }: EnvVar,
  env: Readonly<Record<string, string>>,
  podIp: string,
  facts: NodeFacts,
): string | { readonly error: string } | null {
  if (valueFrom === undefined) return expandReferences(value ?? "", env);
  if (valueFrom.fieldRef !== undefined) {
    const { fieldPath } = valueFrom.fieldRef;
    return fieldValue(worker.pod, podIp, facts, fieldPath) ?? { error: `unsupported fieldPath: ${fieldPath}` };
  }
  if (valueFrom.resourceFieldRef !== undefined) {
    const { containerName, resource, divisor } = valueFrom.resourceFieldRef;
    const of =
      containerName === undefined || containerName === ""
        ? container
        : (worker.pod.spec.containers.find(({ name }) => name === containerName) ?? container);
    return resourceValue(of, facts, resource, divisor);
  }
  const reference = valueFrom.configMapKeyRef ?? valueFrom.secretKeyRef;
  if (reference === undefined) return "";
  const isConfigMap = valueFrom.configMapKeyRef !== undefined;
  const namespace = worker.pod.metadata.namespace ?? "";
  const name = reference.name ?? "";
  const object = lookUp(state, isConfigMap ? "configmaps" : "secrets", namespace, name);
  if (object == null)
    return reference.optional === true
      ? null
      : { error: `${isConfigMap ? "configmap" : "secret"} "${name}" not found` };
  const found = dataOf(object)[reference.key];
  if (found !== undefined) return found;
  if (reference.optional === true) return null;
  return {
    error: `couldn't find key ${reference.key} in ${isConfigMap ? "ConfigMap" : "Secret"} ${namespace}/${name}`,
  };
}

/** `$(NAME)` is replaced if the variable is known, `$$` is a dollar sign. */
export function expandReferences(text: string, env: Readonly<Record<string, string>>): string {
  return text.replace(/\$(\$|\(([^)]*)\))/g, (whole, kind: string, name: string | undefined) =>
    kind === "$" ? "$" : (env[name ?? ""] ?? whole),
  );
}

/** Docker-style variables of the services in the pod's namespace, and of `kubernetes` always. */
function serviceEnvironment(state: KubeletState, worker: PodWorker): Readonly<Record<string, string>> {
  if (state.machinery === null) return {};
  const { store } = informerOf(state.machinery, "services");
  const namespace = worker.pod.metadata.namespace ?? "";
  const links = worker.pod.spec.enableServiceLinks !== false;
  const env: Record<string, string> = {};
  const master = store.objects.get("default/kubernetes");
  if (master !== undefined) Object.assign(env, variablesOf(master));
  if (links)
    for (const service of objectsByIndex(store, "namespace", namespace)) Object.assign(env, variablesOf(service));
  return env;
}

const variables = new WeakMap<object, Readonly<Record<string, string>>>();

interface ServiceSpec {
  readonly clusterIP?: string;
  readonly ports?: readonly { readonly name?: string; readonly port: number; readonly protocol?: string }[];
}

function variablesOf(service: ApiObject): Readonly<Record<string, string>> {
  const known = variables.get(service);
  if (known !== undefined) return known;
  const { clusterIP = "", ports = [] } = (service.spec ?? {}) as ServiceSpec;
  const env: Record<string, string> = {};
  const first = ports[0];
  if (clusterIP !== "" && clusterIP !== "None" && first !== undefined) {
    const prefix = (service.metadata?.name ?? "").toUpperCase().replaceAll("-", "_");
    env[`${prefix}_SERVICE_HOST`] = clusterIP;
    env[`${prefix}_SERVICE_PORT`] = String(first.port);
    for (const { name, port } of ports)
      if (name) env[`${prefix}_SERVICE_PORT_${name.toUpperCase().replaceAll("-", "_")}`] = String(port);
    ports.forEach(({ port, protocol = "TCP" }, index) => {
      const lower = protocol.toLowerCase();
      const url = `${lower}://${clusterIP}:${port}`;
      if (index === 0) env[`${prefix}_PORT`] = url;
      const base = `${prefix}_PORT_${port}_${protocol.toUpperCase()}`;
      env[base] = url;
      env[`${base}_PROTO`] = lower;
      env[`${base}_PORT`] = String(port);
      env[`${base}_ADDR`] = clusterIP;
    });
  }
  const frozen = Object.freeze(env);
  variables.set(service, frozen);
  return frozen;
}
