import type { Kind } from "../../../api/kinds.ts";
import type { ApiObject } from "../../../api/object.ts";

/**
 * Objects inside of objects have metadata with a time of creation that is never set: Go writes it all the same. It is
 * not stored, since nothing goes by it.
 */
type Change = (value: Fields) => Fields;
type Fields = Readonly<Record<string, unknown>>;

const POD_TEMPLATE: Change = within("spec", within("template", withMetadata));

const TEMPLATES: Readonly<Record<string, Change>> = {
  "/PodTemplate": within("template", withMetadata),
  "/ReplicationController": POD_TEMPLATE,
  "apps/DaemonSet": POD_TEMPLATE,
  "apps/Deployment": POD_TEMPLATE,
  "apps/ReplicaSet": POD_TEMPLATE,
  "apps/StatefulSet": (set) => within("spec", withClaims)(POD_TEMPLATE(set)),
  "batch/Job": POD_TEMPLATE,
  "batch/CronJob": within(
    "spec",
    within("jobTemplate", (job) => POD_TEMPLATE(withMetadata(job))),
  ),
};

/** Cache, by the frozen object. */
const written = new WeakMap<object, ApiObject>();

/** The object as Go writes it. */
export function withTemplateMetadata(kind: Kind, object: ApiObject): ApiObject {
  const name = `${kind.group}/${kind.kind}`;
  if (!Object.hasOwn(TEMPLATES, name)) return object;
  const known = written.get(object);
  if (known !== undefined) return known;
  const made = TEMPLATES[name]!(object) as ApiObject;
  if (Object.isFrozen(object)) written.set(object, made);
  return made;
}

function within(field: string, change: Change): Change {
  return (object) => {
    const inner = object[field];
    return typeof inner === "object" && inner !== null ? { ...object, [field]: change(inner as Fields) } : object;
  };
}

function withMetadata(template: Fields): Fields {
  const { metadata, ...rest } = template;
  return { metadata: { creationTimestamp: null, ...(metadata as Fields | undefined) }, ...rest };
}

function withClaims(spec: Fields): Fields {
  const claims = spec.volumeClaimTemplates;
  if (!Array.isArray(claims)) return spec;
  const shown = (claims as readonly Fields[]).map((claim) => ({
    kind: "PersistentVolumeClaim",
    apiVersion: "v1",
    ...withMetadata(claim),
  }));
  return { ...spec, volumeClaimTemplates: shown };
}
