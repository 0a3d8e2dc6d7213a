/** Containers of pods and pod templates. */
import { at, isObject, type JsonObject, listOf, numberOf, objectOf, objectsOf, sortedKeys, textOf } from "../json.ts";
import { type Lines, longTime, shownBool } from "./writer.ts";

export interface ContainerPlace {
  /** In a template all stands deeper, and names a little. */
  readonly inTemplate: boolean;
  readonly pod: JsonObject | null;
}

export function containerLines(
  lines: Lines,
  title: string,
  containers: readonly JsonObject[],
  statuses: readonly JsonObject[],
  place: ContainerPlace,
): void {
  lines.raw(`${place.inTemplate ? "  " : ""}${title}:\n`);
  for (const container of containers) {
    const status = statuses.find(({ name }) => name === container.name);
    lines.raw(`${place.inTemplate ? "   " : "  "}${textOf(container.name)}:\n`);
    basics(lines, container, status);
    words(lines, "Command", container.command);
    words(lines, "Args", container.args);
    if (status) state(lines, status);
    resources(lines, objectOf(container.resources));
    probe(lines, "Liveness", container.livenessProbe);
    probe(lines, "Readiness", container.readinessProbe);
    probe(lines, "Startup", container.startupProbe);
    environmentFrom(lines, objectsOf(container.envFrom));
    environment(lines, objectsOf(container.env), place.pod);
    mounts(lines, objectsOf(container.volumeMounts));
  }
}

function basics(lines: Lines, container: JsonObject, status: JsonObject | undefined): void {
  if (status) lines.line(2, "Container ID:", textOf(status.containerID));
  lines.line(2, "Image:", textOf(container.image));
  if (status) lines.line(2, "Image ID:", textOf(status.imageID));
  const ports = objectsOf(container.ports);
  const shown = (field: string): string =>
    ports.map((port) => `${numberOf(port[field])}/${textOf(port.protocol) || "TCP"}`).join(", ") || "<none>";
  const s = ports.length > 1 ? "s" : "";
  lines.line(2, `Port${s}:`, shown("containerPort"));
  lines.line(2, `Host Port${s}:`, shown("hostPort"));
}

function words(lines: Lines, title: string, list: unknown): void {
  const values = listOf(list).map(textOf);
  if (values.length === 0) return;
  lines.line(2, `${title}:`);
  for (const value of values) for (const line of value.split("\n")) lines.line(3, line);
}

function state(lines: Lines, status: JsonObject): void {
  oneState(lines, "State", objectOf(status.state));
  if (isObject(at(status, "lastState", "terminated"))) oneState(lines, "Last State", objectOf(status.lastState));
  lines.line(2, "Ready:", shownBool(status.ready));
  lines.line(2, "Restart Count:", String(numberOf(status.restartCount)));
}

function oneState(lines: Lines, title: string, { running, waiting, terminated }: JsonObject): void {
  if (isObject(running)) {
    lines.line(2, `${title}:`, "Running");
    lines.line(3, "Started:", longTime(running.startedAt));
  } else if (isObject(waiting)) {
    lines.line(2, `${title}:`, "Waiting");
    if (waiting.reason) lines.line(3, "Reason:", textOf(waiting.reason));
  } else if (isObject(terminated)) {
    lines.line(2, `${title}:`, "Terminated");
    if (terminated.reason) lines.line(3, "Reason:", textOf(terminated.reason));
    if (terminated.message) lines.line(3, "Message:", textOf(terminated.message));
    lines.line(3, "Exit Code:", String(numberOf(terminated.exitCode)));
    if (numberOf(terminated.signal) > 0) lines.line(3, "Signal:", String(numberOf(terminated.signal)));
    lines.line(3, "Started:", longTime(terminated.startedAt));
    lines.line(3, "Finished:", longTime(terminated.finishedAt));
  } else lines.line(2, `${title}:`, "Waiting");
}

function resources(lines: Lines, { limits, requests }: JsonObject): void {
  for (const [title, values] of [
    ["Limits", objectOf(limits)],
    ["Requests", objectOf(requests)],
  ] as const) {
    const names = sortedKeys(values);
    if (names.length > 0) lines.line(2, `${title}:`);
    for (const name of names) lines.line(3, `${name}:`, String(values[name]));
  }
}

function probe(lines: Lines, title: string, value: unknown): void {
  if (isObject(value)) lines.line(2, `${title}:`, probeText(value));
}

export function probeText(probe: JsonObject): string {
  const number = (field: string, fallback: number): number =>
    typeof probe[field] === "number" ? (probe[field] as number) : fallback;
  const times = `delay=${number("initialDelaySeconds", 0)}s timeout=${number("timeoutSeconds", 1)}s period=${number("periodSeconds", 10)}s #success=${number("successThreshold", 1)} #failure=${number("failureThreshold", 3)}`;
  const { exec, httpGet, tcpSocket, grpc } = probe;
  if (isObject(exec)) return `exec [${listOf(exec.command).map(textOf).join(" ")}] ${times}`;
  if (isObject(httpGet)) {
    const port = httpGet.port === undefined ? "" : `:${String(httpGet.port)}`;
    const scheme = (textOf(httpGet.scheme) || "http").toLowerCase();
    const path = textOf(httpGet.path);
    return `http-get ${scheme}://${textOf(httpGet.host)}${port}${path !== "" && !path.startsWith("/") ? "/" : ""}${path} ${times}`;
  }
  if (isObject(tcpSocket)) return `tcp-socket ${textOf(tcpSocket.host)}:${String(tcpSocket.port ?? "")} ${times}`;
  if (isObject(grpc)) return `grpc <pod>:${numberOf(grpc.port)} ${textOf(grpc.service)} ${times}`;
  return `unknown ${times}`;
}

function environmentFrom(lines: Lines, sources: readonly JsonObject[]): void {
  if (sources.length === 0) return;
  lines.line(2, "Environment Variables from:");
  for (const source of sources) {
    const isMap = isObject(source.configMapRef);
    const ref = objectOf(isMap ? source.configMapRef : source.secretRef);
    const prefix = textOf(source.prefix);
    lines.line(
      3,
      textOf(ref.name),
      `${isMap ? "ConfigMap" : "Secret"}${prefix ? ` with prefix '${prefix}'` : ""}`,
      `Optional: ${ref.optional === true}`,
    );
  }
}

function environment(lines: Lines, variables: readonly JsonObject[], pod: JsonObject | null): void {
  if (variables.length === 0) {
    lines.line(2, "Environment:", "<none>");
    return;
  }
  lines.line(2, "Environment:");
  for (const variable of variables) {
    const name = textOf(variable.name);
    if (!isObject(variable.valueFrom)) {
      textOf(variable.value)
        .split("\n")
        .forEach((line, index) => {
          lines.line(3, index === 0 ? `${name}:` : "", line);
        });
    } else variableFrom(lines, name, variable.valueFrom, pod);
  }
}

function variableFrom(lines: Lines, name: string, from: JsonObject, pod: JsonObject | null): void {
  const { configMapKeyRef, fieldRef, resourceFieldRef, secretKeyRef } = from;
  if (isObject(fieldRef)) {
    const path = textOf(fieldRef.fieldPath);
    lines.line(3, `${name}:`, `${pod ? fieldValue(pod, path) : ""} (${textOf(fieldRef.apiVersion) || "v1"}:${path})`);
  } else if (isObject(resourceFieldRef)) lines.line(3, `${name}:`, ` (${textOf(resourceFieldRef.resource)})`);
  else if (isObject(secretKeyRef)) {
    const text = `<set to the key '${textOf(secretKeyRef.key)}' in secret '${textOf(secretKeyRef.name)}'>`;
    lines.line(3, `${name}:`, text, `Optional: ${secretKeyRef.optional === true}`);
  } else if (isObject(configMapKeyRef)) {
    const text = `<set to the key '${textOf(configMapKeyRef.key)}' of config map '${textOf(configMapKeyRef.name)}'>`;
    lines.line(3, `${name}:`, text, `Optional: ${configMapKeyRef.optional === true}`);
  }
}

function fieldValue(pod: JsonObject, path: string): string {
  const keyed = /^(metadata\.(?:labels|annotations))\['(.+)'\]$/.exec(path);
  if (keyed) return textOf(at(pod, ...keyed[1]!.split("."), keyed[2]!));
  return textOf(at(pod, ...path.split(".")));
}

function mounts(lines: Lines, list: readonly JsonObject[]): void {
  if (list.length === 0) {
    lines.line(2, "Mounts:", "<none>");
    return;
  }
  lines.line(2, "Mounts:");
  const sorted = [...list].sort((a, b) => (textOf(a.mountPath) < textOf(b.mountPath) ? -1 : 1));
  for (const mount of sorted) {
    const flags = [
      mount.readOnly === true ? "ro" : "rw",
      ...(mount.subPath ? [`path=${JSON.stringify(textOf(mount.subPath))}`] : []),
    ];
    lines.line(3, `${textOf(mount.mountPath)} from ${textOf(mount.name)} (${flags.join(",")})`);
  }
}
