/** Printers of apps, batch, autoscaling and policy. */
import { humanDuration } from "../duration.ts";
import { formatObjectSelector, type LabelSelectorObject } from "../labels.ts";
import { parseTime } from "../time.ts";
import {
  ageOf,
  columns,
  containersText,
  type Fields,
  labelsText,
  list,
  NONE,
  nameOf,
  number,
  type PrintContext,
  type Printer,
  quantityText,
  record,
  since,
  text,
  UNKNOWN,
  UNSET,
} from "./printer.ts";

export function selectorText(selector: unknown): string {
  return formatObjectSelector(selector as LabelSelectorObject | null | undefined);
}

export const deploymentPrinter: Printer = {
  columns: columns("Name", "Ready", "#Up-to-date", "#Available", "Age", "*Containers", "*Images", "*Selector"),
  cells: (object, print) => {
    const [spec, status] = [record(object.spec), record(object.status)];
    return [
      nameOf(object),
      `${number(status.readyReplicas)}/${number(spec.replicas)}`,
      number(status.updatedReplicas),
      number(status.availableReplicas),
      ageOf(object, print),
      ...containersText(spec.template),
      deploymentSelectorText(spec.selector),
    ];
  },
};

/** Of deployments an empty selector is shown as it is. */
function deploymentSelectorText(selector: unknown): string {
  const shown = selectorText(selector);
  return shown === NONE ? "" : shown;
}

function replicaPrinter(selectorOf: (selector: unknown) => string): Printer {
  return {
    columns: columns("Name", "#Desired", "#Current", "#Ready", "Age", "*Containers", "*Images", "*Selector"),
    cells: (object, print) => {
      const [spec, status] = [record(object.spec), record(object.status)];
      return [
        nameOf(object),
        number(spec.replicas),
        number(status.replicas),
        number(status.readyReplicas),
        ageOf(object, print),
        ...containersText(spec.template),
        selectorOf(spec.selector),
      ];
    },
  };
}

export const replicaSetPrinter = replicaPrinter(selectorText);
export const replicationControllerPrinter = replicaPrinter(labelsText);

export const daemonSetPrinter: Printer = {
  columns: columns(
    "Name",
    "#Desired",
    "#Current",
    "#Ready",
    "#Up-to-date",
    "#Available",
    "Node Selector",
    "Age",
    "*Containers",
    "*Images",
    "*Selector",
  ),
  cells: (object, print) => {
    const [spec, status] = [record(object.spec), record(object.status)];
    return [
      nameOf(object),
      number(status.desiredNumberScheduled),
      number(status.currentNumberScheduled),
      number(status.numberReady),
      number(status.updatedNumberScheduled),
      number(status.numberAvailable),
      labelsText(record(record(spec.template).spec).nodeSelector),
      ageOf(object, print),
      ...containersText(spec.template),
      selectorText(spec.selector),
    ];
  },
};

export const statefulSetPrinter: Printer = {
  columns: columns("Name", "Ready", "Age", "*Containers", "*Images"),
  cells: (object, print) => {
    const [spec, status] = [record(object.spec), record(object.status)];
    const ready = `${number(status.readyReplicas)}/${number(spec.replicas)}`;
    return [nameOf(object), ready, ageOf(object, print), ...containersText(spec.template)];
  },
};

export const jobPrinter: Printer = {
  columns: columns("Name", "Status", "Completions", "Duration", "Age", "*Containers", "*Images", "*Selector"),
  cells: (object, print) => {
    const spec = record(object.spec);
    return [
      nameOf(object),
      jobStatus(object),
      completionsText(spec, record(object.status)),
      durationText(record(object.status), print),
      ageOf(object, print),
      ...containersText(spec.template),
      selectorText(spec.selector),
    ];
  },
};

function completionsText(spec: Fields, status: Fields): string {
  const succeeded = number(status.succeeded);
  if (typeof spec.completions === "number") return `${succeeded}/${spec.completions}`;
  return number(spec.parallelism) > 1 ? `${succeeded}/1 of ${spec.parallelism}` : `${succeeded}/1`;
}

function durationText(status: Fields, { nowWallUs }: PrintContext): string {
  const startedUs = parseTime(text(status.startTime));
  if (startedUs === null) return "";
  return humanDuration((parseTime(text(status.completionTime)) ?? nowWallUs) - startedUs);
}

function jobStatus(job: Fields): string {
  const holds = (type: string): boolean =>
    list(record(job.status).conditions)
      .map(record)
      .find((one) => one.type === type)?.status === "True";
  if (holds("Complete")) return "Complete";
  if (holds("Failed")) return "Failed";
  if (record(job.metadata).deletionTimestamp) return "Terminating";
  return ["Suspended", "FailureTarget", "SuccessCriteriaMet"].find(holds) ?? "Running";
}

export const cronJobPrinter: Printer = {
  columns: columns(
    "Name",
    "Schedule",
    "Timezone",
    "Suspend",
    "#Active",
    "Last Schedule",
    "Age",
    "*Containers",
    "*Images",
    "*Selector",
  ),
  cells: (object, print) => {
    const [spec, status] = [record(object.spec), record(object.status)];
    const job = record(record(spec.jobTemplate).spec);
    return [
      nameOf(object),
      text(spec.schedule),
      typeof spec.timeZone === "string" ? spec.timeZone : NONE,
      spec.suspend === undefined ? UNSET : spec.suspend ? "True" : "False",
      list(status.active).length,
      status.lastScheduleTime ? since(status.lastScheduleTime, print) : NONE,
      ageOf(object, print),
      ...containersText(job.template),
      selectorText(job.selector),
    ];
  },
};

export const horizontalPodAutoscalerPrinter: Printer = {
  columns: columns("Name", "Reference", "Targets", "MinPods", "#MaxPods", "#Replicas", "Age"),
  cells: (object, print) => {
    const [spec, status] = [record(object.spec), record(object.status)];
    const target = record(spec.scaleTargetRef);
    return [
      nameOf(object),
      `${text(target.kind)}/${text(target.name)}`,
      targetsText(spec, status),
      typeof spec.minReplicas === "number" ? String(spec.minReplicas) : UNSET,
      number(spec.maxReplicas),
      number(status.currentReplicas),
      ageOf(object, print),
    ];
  },
};

function targetsText(spec: Fields, status: Fields): string {
  const metrics = metricsOf(spec);
  if (metrics.length === 0) return NONE;
  const statuses = statusesOf(status);
  const shown = metrics.map((metric, index) => metricText(record(metric), record(statuses[index])));
  return shown.length > 2 ? `${shown.slice(0, 2).join(", ")} + ${shown.length - 2} more...` : shown.join(", ");
}

/** `autoscaling/v1` knows CPU only, and writes it shorter. */
function metricsOf(spec: Fields): readonly unknown[] {
  const percent = spec.targetCPUUtilizationPercentage;
  if (typeof percent !== "number") return list(spec.metrics);
  return [{ type: "Resource", resource: { name: "cpu", target: { averageUtilization: percent } } }];
}

function statusesOf(status: Fields): readonly unknown[] {
  const percent = status.currentCPUUtilizationPercentage;
  if (typeof percent !== "number") return list(status.currentMetrics);
  return [{ resource: { current: { averageUtilization: percent } } }];
}

const METRIC_FIELDS: Readonly<Record<string, string>> = {
  External: "external",
  Pods: "pods",
  Object: "object",
  Resource: "resource",
  ContainerResource: "containerResource",
};

function metricText(metric: Fields, status: Fields): string {
  const field = METRIC_FIELDS[text(metric.type)];
  if (field === undefined) return "<unknown type>";
  const source = record(metric[field]);
  const target = record(source.target);
  const measured = status[field] !== undefined && status[field] !== null;
  const current = record(record(status[field]).current);
  const averaged = target.averageValue !== undefined && target.averageValue !== null;
  /** A status that tells something else tells nil. */
  const amount = (name: string): string => (measured ? goQuantityText(current[name]) : UNKNOWN);
  const averageTarget = goQuantityText(target.averageValue);
  if (field === "resource" || field === "containerResource") {
    const name = `${text(source.name)}: `;
    if (averaged) return `${name}${amount("averageValue")}/${averageTarget}`;
    const wanted = typeof target.averageUtilization === "number" ? `${target.averageUtilization}%` : "<auto>";
    const used = typeof current.averageUtilization === "number" ? `${current.averageUtilization}%` : UNKNOWN;
    return `${name}${used}/${wanted}`;
  }
  if (field === "pods") return `${amount("averageValue")}/${averageTarget}`;
  if (averaged) return `${current.averageValue ? amount("averageValue") : UNKNOWN}/${averageTarget} (avg)`;
  return `${amount("value")}/${goQuantityText(target.value)}`;
}

/** As Go prints a pointer to an amount. */
function goQuantityText(value: unknown): string {
  return value === undefined || value === null ? "<nil>" : quantityText(value);
}

export const podDisruptionBudgetPrinter: Printer = {
  columns: columns("Name", "Min Available", "Max Unavailable", "#Allowed Disruptions", "Age"),
  cells: (object, print) => {
    const spec = record(object.spec);
    return [
      nameOf(object),
      text(spec.minAvailable) || "N/A",
      text(spec.maxUnavailable) || "N/A",
      number(record(object.status).disruptionsAllowed),
      ageOf(object, print),
    ];
  },
};

export const controllerRevisionPrinter: Printer = {
  columns: columns("Name", "Controller", "#Revision", "Age"),
  cells: (object, print) => {
    const owner = list(record(object.metadata).ownerReferences)
      .map(record)
      .find((one) => one.controller === true);
    return [nameOf(object), owner ? ownerText(owner) : NONE, number(object.revision), ageOf(object, print)];
  },
};

function ownerText(owner: Fields): string {
  const [group, version] = text(owner.apiVersion).split("/");
  const kind = text(owner.kind).toLowerCase();
  return `${version === undefined ? kind : `${kind}.${group}`}/${text(owner.name)}`;
}

export const podTemplatePrinter: Printer = {
  columns: columns("Name", "Containers", "Images", "Pod Labels"),
  cells: (object) => [
    nameOf(object),
    ...containersText(object.template),
    labelsText(record(record(object.template).metadata).labels),
  ],
};

export const scalePrinter: Printer = {
  columns: columns("Name", "#Desired", "#Available", "Age"),
  cells: (object, print) => [
    nameOf(object),
    number(record(object.spec).replicas),
    number(record(object.status).replicas),
    ageOf(object, print),
  ],
};
