/** What `kubectl top` prints (k8s.io/kubectl/pkg/metricsutil). Lines end in padding, as every cell ends with a tab there. */
import { milliValue, wholeValue } from "../../../../sim/api/quantity.ts";
import { at, compareText, type JsonObject, objectsOf, textOf } from "../../json.ts";
import { alignTabs, tableTabs } from "../../tabwriter.ts";

/** Millicores and bytes. */
export interface Use {
  readonly cpu: number;
  readonly memory: number;
}

const NODE_COLUMNS = ["NAME", "CPU(cores)", "CPU(%)", "MEMORY(bytes)", "MEMORY(%)"];
const POD_COLUMNS = ["NAME", "CPU(cores)", "MEMORY(bytes)"];
const MEBIBYTE = 1_048_576;

export function useOf(owner: JsonObject): Use {
  return {
    cpu: milliValue(textOf(at(owner, "usage", "cpu"))),
    memory: wholeValue(textOf(at(owner, "usage", "memory"))),
  };
}

function sumOf(uses: readonly Use[]): Use {
  return uses.reduce((sum, use) => ({ cpu: sum.cpu + use.cpu, memory: sum.memory + use.memory }), {
    cpu: 0,
    memory: 0,
  });
}

export function podUse(metrics: JsonObject): Use {
  return sumOf(objectsOf(metrics.containers).map(useOf));
}

/** Greatest first by what is asked for, else `otherwise`. */
function sorted<T>(
  items: readonly T[],
  useOfItem: (item: T) => Use,
  sortBy: string,
  otherwise: (a: T, b: T) => number,
) {
  if (sortBy !== "cpu" && sortBy !== "memory") return [...items].sort(otherwise);
  return [...items].sort((a, b) => useOfItem(b)[sortBy] - useOfItem(a)[sortBy] || otherwise(a, b));
}

function nameOf(object: JsonObject): string {
  return textOf(at(object, "metadata", "name"));
}

function cpuText({ cpu }: Use): string {
  return `${cpu}m`;
}

function memoryText({ memory }: Use): string {
  return `${Math.trunc(memory / MEBIBYTE)}Mi`;
}

function percent(part: number, whole: number | undefined): string[] {
  return whole === undefined || whole === 0 ? [] : [`${Math.trunc((part / whole) * 100)}%`];
}

function aligned(lines: readonly (readonly string[])[]): string {
  return alignTabs(lines.map((cells) => `${cells.join("\t")}\t\n`).join(""), tableTabs);
}

export interface NodeTable {
  readonly metrics: readonly JsonObject[];
  /** What there is of each node: allocatable or capacity. Nodes without metrics are shown too. */
  readonly available: ReadonlyMap<string, Use>;
  readonly noHeaders: boolean;
  readonly sortBy: string;
}

export function nodeTable({ metrics, available, noHeaders, sortBy }: NodeTable): string {
  const rows = sorted(metrics, useOf, sortBy, (a, b) => compareText(nameOf(a), nameOf(b))).map((node) => {
    const use = useOf(node);
    const whole = available.get(nameOf(node));
    return [
      nameOf(node),
      cpuText(use),
      ...percent(use.cpu, whole?.cpu),
      memoryText(use),
      ...percent(use.memory, whole?.memory),
    ];
  });
  const measured = new Set(metrics.map(nameOf));
  const missing = [...available.keys()].filter((name) => !measured.has(name)).sort(compareText);
  const unknown = missing.map((name) => [name, "<unknown>", "<unknown>", "<unknown>", "<unknown>"]);
  return aligned([...(noHeaders ? [] : [NODE_COLUMNS]), ...rows, ...unknown]);
}

export interface PodTable {
  readonly metrics: readonly JsonObject[];
  readonly withNamespace: boolean;
  readonly byContainer: boolean;
  readonly noHeaders: boolean;
  readonly sortBy: string;
  readonly sum: boolean;
}

export function podTable({ metrics, withNamespace, byContainer, noHeaders, sortBy, sum }: PodTable): string {
  const namespaceOf = (pod: JsonObject): string => textOf(at(pod, "metadata", "namespace"));
  const byName = (a: JsonObject, b: JsonObject): number =>
    (withNamespace ? compareText(namespaceOf(a), namespaceOf(b)) : 0) || compareText(nameOf(a), nameOf(b));
  const rows = sorted(metrics, podUse, sortBy, byName).flatMap((pod) => {
    const place = withNamespace ? [namespaceOf(pod)] : [];
    if (!byContainer) {
      const use = podUse(pod);
      return [[...place, nameOf(pod), cpuText(use), memoryText(use)]];
    }
    const containers = sorted(objectsOf(pod.containers), useOf, sortBy, (a, b) =>
      compareText(textOf(a.name), textOf(b.name)),
    );
    return containers.map((one) => [
      ...place,
      nameOf(pod),
      textOf(one.name),
      cpuText(useOf(one)),
      memoryText(useOf(one)),
    ]);
  });
  const head = [...(withNamespace ? ["NAMESPACE"] : []), ...(byContainer ? ["POD"] : []), ...POD_COLUMNS];
  // Upstream counts columns by the head that it prints.
  const width = noHeaders ? POD_COLUMNS.length : head.length;
  const total = sumOf(metrics.map(podUse));
  const foot = [
    [...new Array<string>(width - 2).fill(""), "________", "________"],
    [...new Array<string>(width - 3).fill(""), "", cpuText(total), memoryText(total)],
  ];
  return aligned([...(noHeaders ? [] : [head]), ...rows, ...(sum ? foot : [])]);
}
