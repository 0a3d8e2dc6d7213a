import type { ApiObject } from "../object.ts";
import { claimNameOf } from "../storage/pod-claims.ts";

/** Cache: `secret/x`, `configmap/y`, `pvc/z` that a frozen pod spec refers to. */
const referencesOfSpecs = new WeakMap<object, ReadonlySet<string>>();

interface Reference {
  readonly name?: string;
}

interface PodSpecReferences {
  readonly imagePullSecrets?: readonly Reference[];
  readonly containers?: readonly ContainerReferences[];
  readonly initContainers?: readonly ContainerReferences[];
  readonly volumes?: readonly VolumeReferences[];
}

interface ContainerReferences {
  readonly env?: readonly {
    readonly valueFrom?: { readonly secretKeyRef?: Reference; readonly configMapKeyRef?: Reference };
  }[];
  readonly envFrom?: readonly { readonly secretRef?: Reference; readonly configMapRef?: Reference }[];
}

interface VolumeReferences {
  readonly secret?: { readonly secretName?: string };
  readonly configMap?: Reference;
  readonly name: string;
  readonly persistentVolumeClaim?: { readonly claimName?: string };
  readonly ephemeral?: unknown;
  readonly projected?: {
    readonly sources?: readonly { readonly secret?: Reference; readonly configMap?: Reference }[];
  };
}

/** Secrets, ConfigMaps and claims that a pod needs, as `secret/NAME`, `configmap/NAME`, `pvc/NAME`. */
export function referencesOf(pod: ApiObject): ReadonlySet<string> {
  const spec = pod.spec as PodSpecReferences;
  const known = referencesOfSpecs.get(spec);
  if (known !== undefined) return known;
  const found = new Set<string>();
  const add = (kind: string, name: string | undefined) => name !== undefined && found.add(`${kind}/${name}`);
  for (const secret of spec.imagePullSecrets ?? []) add("secret", secret.name);
  for (const container of [...(spec.containers ?? []), ...(spec.initContainers ?? [])]) {
    for (const { valueFrom } of container.env ?? []) {
      add("secret", valueFrom?.secretKeyRef?.name);
      add("configmap", valueFrom?.configMapKeyRef?.name);
    }
    for (const from of container.envFrom ?? []) {
      add("secret", from.secretRef?.name);
      add("configmap", from.configMapRef?.name);
    }
  }
  for (const volume of spec.volumes ?? []) {
    add("secret", volume.secret?.secretName);
    add("configmap", volume.configMap?.name);
    add("pvc", claimNameOf(pod, volume) ?? undefined);
    for (const source of volume.projected?.sources ?? []) {
      add("secret", source.secret?.name);
      add("configmap", source.configMap?.name);
    }
  }
  if (Object.isFrozen(spec)) referencesOfSpecs.set(spec, found);
  return found;
}
