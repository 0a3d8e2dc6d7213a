/** Printers of storage, networking, roles, certificates and what configures the API server. */
import { humanDuration } from "../duration.ts";
import { loadBalancerText, simplePrinter } from "./core.ts";
import {
  ageOf,
  columns,
  countOf,
  type Fields,
  list,
  NONE,
  nameOf,
  number,
  type Printer,
  quantityText,
  record,
  text,
  UNSET,
} from "./printer.ts";
import { selectorText } from "./workloads.ts";

const ACCESS_MODES: readonly (readonly [string, string])[] = [
  ["ReadWriteOnce", "RWO"],
  ["ReadOnlyMany", "ROX"],
  ["ReadWriteMany", "RWX"],
  ["ReadWriteOncePod", "RWOP"],
];

function accessModes(modes: unknown): string {
  const given = list(modes);
  return ACCESS_MODES.filter(([mode]) => given.includes(mode))
    .map(([, short]) => short)
    .join(",");
}

function phaseOf(object: Fields): string {
  return record(object.metadata).deletionTimestamp ? "Terminating" : text(record(object.status).phase);
}

function storageClassOf(object: Fields): string {
  const annotation = record(record(object.metadata).annotations)["volume.beta.kubernetes.io/storage-class"];
  return text(annotation ?? record(object.spec).storageClassName);
}

export const persistentVolumePrinter: Printer = {
  columns: columns(
    "Name",
    "Capacity",
    "Access Modes",
    "Reclaim Policy",
    "Status",
    "Claim",
    "StorageClass",
    "VolumeAttributesClass",
    "Reason",
    "Age",
    "*VolumeMode",
  ),
  cells: (object, print) => {
    const [spec, status] = [record(object.spec), record(object.status)];
    const claim = record(spec.claimRef);
    return [
      nameOf(object),
      quantityText(record(spec.capacity).storage),
      accessModes(spec.accessModes),
      text(spec.persistentVolumeReclaimPolicy),
      phaseOf(object),
      spec.claimRef ? `${text(claim.namespace)}/${text(claim.name)}` : "",
      storageClassOf(object),
      text(spec.volumeAttributesClassName) || UNSET,
      text(status.reason),
      ageOf(object, print),
      text(spec.volumeMode) || UNSET,
    ];
  },
};

export const persistentVolumeClaimPrinter: Printer = {
  columns: columns(
    "Name",
    "Status",
    "Volume",
    "Capacity",
    "Access Modes",
    "StorageClass",
    "VolumeAttributesClass",
    "Age",
    "*VolumeMode",
  ),
  cells: (object, print) => {
    const [spec, status] = [record(object.spec), record(object.status)];
    const bound = text(spec.volumeName) !== "";
    return [
      nameOf(object),
      phaseOf(object),
      text(spec.volumeName),
      bound ? quantityText(record(status.capacity).storage) : "",
      bound ? accessModes(status.accessModes) : "",
      storageClassOf(object),
      text(spec.volumeAttributesClassName) || UNSET,
      ageOf(object, print),
      text(spec.volumeMode) || UNSET,
    ];
  },
};

export const storageClassPrinter: Printer = {
  columns: columns("Name", "Provisioner", "ReclaimPolicy", "VolumeBindingMode", "?AllowVolumeExpansion", "Age"),
  cells: (object, print) => {
    const annotations = record(record(object.metadata).annotations);
    const isDefault = [
      "storageclass.kubernetes.io/is-default-class",
      "storageclass.beta.kubernetes.io/is-default-class",
    ].some((key) => annotations[key] === "true");
    return [
      isDefault ? `${nameOf(object)} (default)` : nameOf(object),
      text(object.provisioner),
      text(object.reclaimPolicy) || "Delete",
      text(object.volumeBindingMode) || "Immediate",
      object.allowVolumeExpansion === true,
      ageOf(object, print),
    ];
  },
};

export const csiNodePrinter = simplePrinter(["#Drivers"], (object) => [countOf(record(object.spec).drivers)]);

export const csiDriverPrinter = simplePrinter(
  ["?AttachRequired", "?PodInfoOnMount", "?StorageCapacity", "TokenRequests", "?RequiresRepublish", "Modes"],
  (object) => {
    const spec = record(object.spec);
    const audiences = list(spec.tokenRequests).map((one) => text(record(one).audience));
    return [
      spec.attachRequired !== false,
      spec.podInfoOnMount === true,
      spec.storageCapacity === true,
      audiences.length === 0 ? UNSET : audiences.join(","),
      spec.requiresRepublish === true,
      list(spec.volumeLifecycleModes).map(text).join(",") || NONE,
    ];
  },
);

export const csiStorageCapacityPrinter: Printer = {
  columns: columns("Name", "StorageClassName", "Capacity"),
  cells: (object) => [
    nameOf(object),
    text(object.storageClassName),
    object.capacity ? quantityText(object.capacity) : UNSET,
  ],
};

export const volumeAttachmentPrinter = simplePrinter(["Attacher", "PV", "Node", "?Attached"], (object) => {
  const spec = record(object.spec);
  const source = record(spec.source);
  return [
    text(spec.attacher),
    text(source.persistentVolumeName),
    text(spec.nodeName),
    record(object.status).attached === true,
  ];
});

export const ingressPrinter = simplePrinter(["Class", "Hosts", "Address", "Ports"], (object, print) => {
  const spec = record(object.spec);
  return [
    text(spec.ingressClassName) || NONE,
    hostsText(list(spec.rules)),
    loadBalancerText(record(object.status).loadBalancer, print.wide),
    list(spec.tls).length > 0 ? "80, 443" : "80",
  ];
});

/** Three hosts; how many more there are is said in rules. */
function hostsText(rules: readonly unknown[]): string {
  const hosts: string[] = [];
  let more = "";
  for (const rule of rules) {
    if (hosts.length === 3) more = ` + ${rules.length - 3} more...`;
    else if (text(record(rule).host) !== "") hosts.push(text(record(rule).host));
  }
  return hosts.length === 0 ? "*" : hosts.join(",") + more;
}

export const ingressClassPrinter = simplePrinter(["Controller", "Parameters"], (object) => {
  const spec = record(object.spec);
  const { apiGroup, kind, name } = record(spec.parameters);
  const type = apiGroup === undefined || apiGroup === null ? text(kind) : `${text(kind)}.${text(apiGroup)}`;
  return [text(spec.controller), spec.parameters ? `${type.replace(/^\./, "")}/${text(name)}` : NONE];
});

export const networkPolicyPrinter = simplePrinter(["Pod-Selector"], (object) => [
  selectorText(record(object.spec).podSelector),
]);
export const serviceCidrPrinter = simplePrinter(["CIDRs"], (object) => [
  list(record(object.spec).cidrs).map(text).join(","),
]);

export const ipAddressPrinter: Printer = {
  columns: columns("Name", "ParentRef"),
  cells: (object) => {
    const { parentRef } = record(object.spec);
    if (!parentRef) return [nameOf(object), NONE];
    const { group, resource, namespace, name } = record(parentRef);
    const type = (text(group) === "" ? text(resource) : `${text(resource)}.${text(group)}`).toLowerCase();
    return [nameOf(object), `${type}/${text(namespace) === "" ? "" : `${text(namespace)}/`}${text(name)}`];
  },
};

export const bindingPrinter: Printer = {
  columns: columns("Name", "Role", "Age", "*Users", "*Groups", "*ServiceAccounts"),
  cells: (object, print) => {
    const role = record(object.roleRef);
    const subjects = list(object.subjects).map(record);
    const named = (kind: string): string =>
      subjects
        .filter((subject) => subject.kind === kind)
        .map(({ namespace, name }) => (kind === "ServiceAccount" ? `${text(namespace)}/${text(name)}` : text(name)))
        .join(", ");
    return [
      nameOf(object),
      `${text(role.kind)}/${text(role.name)}`,
      ageOf(object, print),
      named("User"),
      named("Group"),
      named("ServiceAccount"),
    ];
  },
};

export const leasePrinter = simplePrinter(["Holder"], (object) => [text(record(object.spec).holderIdentity)]);
export const runtimeClassPrinter = simplePrinter(["Handler"], (object) => [text(object.handler)]);

export const apiServicePrinter = simplePrinter(["Service", "Available"], (object) => {
  const { namespace, name } = record(record(object.spec).service);
  const conditions = list(record(object.status).conditions).map(record);
  const { status, reason } = conditions.find(({ type }) => type === "Available") ?? { status: "Unknown" };
  const available = status === "True" || status === "Unknown" ? text(status) : `${text(status)} (${text(reason)})`;
  return [name === undefined ? "Local" : `${text(namespace)}/${text(name)}`, available];
});

export const priorityClassPrinter: Printer = {
  columns: columns("Name", "#Value", "?Global-Default", "Age", "PreemptionPolicy"),
  cells: (object, print) => {
    const row = [nameOf(object), number(object.value), object.globalDefault === true, ageOf(object, print)];
    return print.wide ? [...row, text(object.preemptionPolicy)] : row;
  },
};

export const certificateSigningRequestPrinter: Printer = {
  columns: columns("Name", "Age", "SignerName", "Requestor", "RequestedDuration", "Condition"),
  cells: (object, print) => {
    const spec = record(object.spec);
    const seconds = spec.expirationSeconds;
    return [
      nameOf(object),
      ageOf(object, print),
      text(spec.signerName) || NONE,
      text(spec.username),
      typeof seconds === "number" ? humanDuration(seconds * 1_000_000) : NONE,
      certificateStatus(record(object.status)),
    ];
  },
};

function certificateStatus(status: Fields): string {
  const types = list(status.conditions).map((one) => record(one).type);
  const word = types.includes("Denied") ? "Denied" : types.includes("Approved") ? "Approved" : "Pending";
  return word + (types.includes("Failed") ? ",Failed" : "") + (text(status.certificate) === "" ? "" : ",Issued");
}

export const webhookConfigurationPrinter = simplePrinter(["#Webhooks"], (object) => [countOf(object.webhooks)]);

export const admissionPolicyPrinter = simplePrinter(["#Validations", "ParamKind"], (object) => {
  const spec = record(object.spec);
  const { apiVersion, kind } = record(spec.paramKind);
  return [countOf(spec.validations), spec.paramKind ? `${text(apiVersion)}/${text(kind)}` : UNSET];
});

export const admissionPolicyBindingPrinter = simplePrinter(["PolicyName", "ParamRef"], (object) => {
  const spec = record(object.spec);
  const { namespace, name, selector } = record(spec.paramRef);
  const named = `${text(namespace) || "*"}/${text(name)}`;
  return [text(spec.policyName), text(name) !== "" ? named : selector ? goSelectorText(record(selector)) : UNSET];
});

/** A label selector as its Go type prints itself. */
function goSelectorText({ matchLabels, matchExpressions }: Fields): string {
  const labels = record(matchLabels);
  const pairs = Object.keys(labels)
    .sort()
    .map((key) => `${key}: ${text(labels[key])},`);
  const requirements = list(matchExpressions).map((one) => {
    const { key, operator, values } = record(one);
    return `LabelSelectorRequirement{Key:${text(key)},Operator:${text(operator)},Values:[${list(values).map(text).join(" ")}],},`;
  });
  return `&LabelSelector{MatchLabels:map[string]string{${pairs.join("")}},MatchExpressions:[]LabelSelectorRequirement{${requirements.join("")}},}`;
}

export const flowSchemaPrinter: Printer = {
  columns: columns("Name", "PriorityLevel", "#MatchingPrecedence", "DistinguisherMethod", "Age", "MissingPL"),
  cells: (object, print) => {
    const spec = record(object.spec);
    const dangling = list(record(object.status).conditions)
      .map(record)
      .find((one) => one.type === "Dangling");
    return [
      nameOf(object),
      text(record(spec.priorityLevelConfiguration).name),
      number(spec.matchingPrecedence),
      text(record(spec.distinguisherMethod).type) || NONE,
      ageOf(object, print),
      text(dangling?.status) || "?",
    ];
  },
};

export const priorityLevelPrinter = simplePrinter(
  ["Type", "NominalConcurrencyShares", "Queues", "HandSize", "QueueLengthLimit"],
  (object) => {
    const spec = record(object.spec);
    const limited = record(spec.limited);
    const queuing = record(record(limited.limitResponse).queuing);
    const shown = (value: unknown): string | number => (typeof value === "number" ? value : NONE);
    return [
      text(spec.type),
      shown(limited.nominalConcurrencyShares),
      shown(queuing.queues),
      shown(queuing.handSize),
      shown(queuing.queueLengthLimit),
    ];
  },
);
