import { decodeBase64 } from "../../api/base64.ts";
import { textOfBytes } from "../../api/byte-text.ts";
import type { ApiObject } from "../../api/object.ts";
import type { Context } from "../../kernel/types.ts";
import { createInformer, startInformer, stopInformer } from "../../machinery/informer.ts";
import { clientOf, informerOf } from "../../machinery/machinery.ts";
import { CONFIG_MAPS, type Resource, SECRETS } from "../../machinery/resources.ts";
import type { KubeletState, PodWorker } from "./state.ts";
import type { Pod } from "./types.ts";

/** ConfigMaps and secrets that pods of this node use: one watch each, as long as a pod here needs it. */
export interface ObjectNeed {
  readonly resource: "configmaps" | "secrets";
  readonly name: string;
  readonly optional: boolean;
}

const RESOURCES: Readonly<Record<ObjectNeed["resource"], Resource>> = { configmaps: CONFIG_MAPS, secrets: SECRETS };

/** Everything that the pod's volumes and environment refer to. */
export function objectNeeds(pod: Pod): ObjectNeed[] {
  const needs = new Map<string, ObjectNeed>();
  const need = (resource: ObjectNeed["resource"], name: string | undefined, optional: boolean | undefined): void => {
    if (name === undefined || name === "") return;
    const key = `${resource}/${name}`;
    if (needs.get(key)?.optional === false) return;
    needs.set(key, { resource, name, optional: optional === true });
  };
  for (const volume of pod.spec.volumes ?? []) {
    need("configmaps", volume.configMap?.name, volume.configMap?.optional);
    need("secrets", volume.secret?.secretName, volume.secret?.optional);
    for (const source of volume.projected?.sources ?? []) {
      need("configmaps", source.configMap?.name, source.configMap?.optional);
      need("secrets", source.secret?.name, source.secret?.optional);
    }
  }
  for (const container of [...(pod.spec.initContainers ?? []), ...pod.spec.containers]) {
    for (const from of container.envFrom ?? []) {
      need("configmaps", from.configMapRef?.name, from.configMapRef?.optional);
      need("secrets", from.secretRef?.name, from.secretRef?.optional);
    }
    for (const { valueFrom } of container.env ?? []) {
      need("configmaps", valueFrom?.configMapKeyRef?.name, valueFrom?.configMapKeyRef?.optional);
      need("secrets", valueFrom?.secretKeyRef?.name, valueFrom?.secretKeyRef?.optional);
    }
  }
  return [...needs.values()];
}

export function objectKey(resource: string, namespace: string, name: string): string {
  return `${resource}/${namespace}/${name}`;
}

/** Starts watching what the pod needs. */
export function watchObjects(state: KubeletState, worker: PodWorker, context: Context): void {
  if (state.machinery === null) return;
  const namespace = worker.pod.metadata.namespace ?? "";
  for (const { resource, name } of objectNeeds(worker.pod)) {
    const key = objectKey(resource, namespace, name);
    const users = state.objects.get(key);
    if (users !== undefined) {
      users.add(worker.uid);
      continue;
    }
    state.objects.set(key, new Set([worker.uid]));
    const informer = createInformer({
      name: key,
      resource: RESOURCES[resource],
      namespace,
      fieldSelector: `metadata.name=${name}`,
    });
    state.machinery.informers.set(key, informer);
    startInformer(informer, clientOf(state.machinery), context);
  }
}

/** The pod needs nothing any more. */
export function unwatchObjects(state: KubeletState, worker: PodWorker, context: Context): void {
  if (state.machinery === null) return;
  const namespace = worker.pod.metadata.namespace ?? "";
  for (const { resource, name } of objectNeeds(worker.pod)) {
    const key = objectKey(resource, namespace, name);
    const users = state.objects.get(key);
    if (users === undefined) continue;
    users.delete(worker.uid);
    if (users.size > 0) continue;
    state.objects.delete(key);
    stopInformer(informerOf(state.machinery, key), context);
    state.machinery.informers.delete(key);
  }
}

/** The object; null: there is none; undefined: not known yet. */
export function lookUp(
  state: KubeletState,
  resource: ObjectNeed["resource"],
  namespace: string,
  name: string,
): ApiObject | null | undefined {
  const informer = state.machinery?.informers.get(objectKey(resource, namespace, name));
  if (informer === undefined || !informer.hasSynced) return undefined;
  return informer.store.objects.get(`${namespace}/${name}`) ?? null;
}

/** Key -> text of a ConfigMap's or Secret's data, as variables have it: a ConfigMap's bytes are for volumes alone. */
export function dataOf(object: ApiObject): Readonly<Record<string, string>> {
  const data = (object.data ?? {}) as Readonly<Record<string, string>>;
  return object.kind !== "Secret" && object.type === undefined ? data : decoded(data);
}

/** As `dataOf`, with a ConfigMap's bytes. */
export function filesOf(object: ApiObject): Readonly<Record<string, string>> {
  if (object.binaryData === undefined) return dataOf(object);
  return { ...dataOf(object), ...decoded(object.binaryData as Readonly<Record<string, string>>) };
}

/** Bytes as text (`api/byte-text.ts`): what goes in comes out. */
function decoded(data: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(data).map(([key, value]) => [key, textOfBytes(Uint8Array.from(decodeBase64(value) ?? []))]),
  );
}
