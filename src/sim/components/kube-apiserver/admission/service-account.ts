import { randomSuffix } from "../../../api/hash.ts";
import type { ApiObject } from "../../../api/object.ts";
import { forbidden } from "../../../api/status-errors.ts";
import { withFields } from "../../../kernel/records.ts";
import { type AdmissionPlugin, createsPod, type PodContainer, type PodSpec, type PodVolume } from "./plugin.ts";

const MIRROR = "kubernetes.io/config.mirror";
const MOUNT_PATH = "/var/run/secrets/kubernetes.io/serviceaccount";
const TOKEN_EXPIRATION_SECONDS = 3607;

interface ServiceAccount extends ApiObject {
  readonly automountServiceAccountToken?: boolean;
  readonly imagePullSecrets?: readonly { readonly name?: string }[];
}

/** Every pod runs as a service account and finds its token, the cluster's CA and its namespace in a volume. */
export const serviceAccount: AdmissionPlugin = {
  name: "ServiceAccount",
  enabledByDefault: true,
  resources: ["pods"],
  admit(request, view) {
    if (!createsPod(request)) return null;
    const pod = request.object!;
    // A mirror pod runs outside of the API server's reach: it gets no token.
    if (pod.metadata?.annotations?.[MIRROR] !== undefined) return null;
    let spec = pod.spec as PodSpec;
    const name = spec.serviceAccountName || "default";
    const account = view.lookup("serviceaccounts", request.namespace, name) as ServiceAccount | undefined;
    if (account === undefined) {
      const why = `error looking up service account ${request.namespace}/${name}: serviceaccount "${name}" not found`;
      return forbidden(request.kind, request.name, why);
    }
    spec = withFields(spec, { serviceAccountName: name, serviceAccount: name });
    if (spec.automountServiceAccountToken ?? account.automountServiceAccountToken ?? true)
      spec = mountToken(spec, (bound) => view.random(bound));
    const secrets = account.imagePullSecrets;
    if ((spec.imagePullSecrets ?? []).length === 0 && secrets !== undefined && secrets.length > 0) {
      spec = { ...spec, imagePullSecrets: secrets };
    }
    return { ...pod, spec };
  },
  validate(request) {
    const pod = request.object;
    if (!createsPod(request) || pod?.metadata?.annotations?.[MIRROR] === undefined) return null;
    const why = forbiddenToMirrors(pod.spec as PodSpec);
    return why === "" ? null : forbidden(request.kind, request.name, why);
  },
};

/** What a static pod cannot have: the kubelet runs it without asking anybody. */
function forbiddenToMirrors({
  serviceAccountName,
  volumes = [],
  containers = [],
  initContainers = [],
}: PodSpec): string {
  if (serviceAccountName) return "a mirror pod may not reference service accounts";
  const sources = volumes.flatMap(({ projected }) => (projected as ProjectedVolume | undefined)?.sources ?? []);
  const refersToSecret = [...containers, ...initContainers].some((container) => {
    const { env = [], envFrom = [] } = container as ContainerReferences;
    return (
      env.some(({ valueFrom }) => valueFrom?.secretKeyRef !== undefined) ||
      envFrom.some(({ secretRef }) => secretRef !== undefined)
    );
  });
  if (
    refersToSecret ||
    volumes.some(({ secret }) => secret !== undefined) ||
    sources.some(({ secret }) => secret !== undefined)
  ) {
    return "a mirror pod may not reference secrets";
  }
  if (sources.some(({ serviceAccountToken }) => serviceAccountToken !== undefined)) {
    return "a mirror pod may not use ServiceAccountToken volume projections";
  }
  return "";
}

interface ProjectedVolume {
  readonly sources?: readonly { readonly secret?: unknown; readonly serviceAccountToken?: unknown }[];
}

interface ContainerReferences {
  readonly env?: readonly { readonly valueFrom?: { readonly secretKeyRef?: unknown } }[];
  readonly envFrom?: readonly { readonly secretRef?: unknown }[];
}

function mountToken(spec: PodSpec, random: (bound: number) => number): PodSpec {
  const volumeName = `kube-api-access-${randomSuffix(5, random)}`;
  const mount = { name: volumeName, readOnly: true, mountPath: MOUNT_PATH };
  let needed = false;
  const withMount = (container: PodContainer): PodContainer => {
    const mounts = container.volumeMounts ?? [];
    if (mounts.some(({ mountPath }) => mountPath === MOUNT_PATH)) return container;
    needed = true;
    return withFields(container, { volumeMounts: mounts.concat(mount) });
  };
  const containers = spec.containers?.map(withMount);
  const initContainers = spec.initContainers?.map(withMount);
  if (!needed) return spec;
  return {
    ...spec,
    volumes: (spec.volumes ?? []).concat(tokenVolume(volumeName)),
    ...(initContainers === undefined ? {} : { initContainers }),
    ...(containers === undefined ? {} : { containers }),
  };
}

const SOURCES = Object.freeze([
  Object.freeze({ serviceAccountToken: Object.freeze({ expirationSeconds: TOKEN_EXPIRATION_SECONDS, path: "token" }) }),
  Object.freeze({
    configMap: Object.freeze({
      name: "kube-root-ca.crt",
      items: Object.freeze([Object.freeze({ key: "ca.crt", path: "ca.crt" })]),
    }),
  }),
  Object.freeze({
    downwardAPI: Object.freeze({
      items: Object.freeze([
        Object.freeze({
          path: "namespace",
          fieldRef: Object.freeze({ apiVersion: "v1", fieldPath: "metadata.namespace" }),
        }),
      ]),
    }),
  }),
]);

const PROJECTED = Object.freeze({ sources: SOURCES, defaultMode: 420 });

function tokenVolume(name: string): PodVolume {
  return { name, projected: PROJECTED };
}
