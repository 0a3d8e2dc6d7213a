import type { ControllerDefinition } from "../../machinery/controller-runtime.ts";
import type { IndexFunctions } from "../../machinery/store.ts";
import { deploymentController } from "./controllers/deployment/index.ts";
import { replicaSetController } from "./controllers/replicaset/index.ts";
import { ORPHAN_INDEX, orphanIndex } from "./lib/claim.ts";

export interface ControllerEntry {
  readonly definition: ControllerDefinition<never>;
  /** In kube-system: as whom it asks the API server. */
  readonly serviceAccount: string;
  /** `source.component` of its events. */
  readonly eventComponent: string;
}

function entry<Memory>(
  definition: ControllerDefinition<Memory>,
  serviceAccount: string,
  eventComponent: string,
): ControllerEntry {
  return { definition: definition as unknown as ControllerDefinition<never>, serviceAccount, eventComponent };
}

/** Every controller, a line each, in the order in which they start. */
export const CONTROLLERS: readonly ControllerEntry[] = [
  entry(deploymentController, "deployment-controller", "deployment-controller"),
  entry(replicaSetController, "replicaset-controller", "replicaset-controller"),
];

export const INDEX_FUNCTIONS: IndexFunctions = Object.freeze({ [ORPHAN_INDEX]: orphanIndex });

/** Informer -> who listens to it. */
export const LISTENERS: ReadonlyMap<string, readonly ControllerEntry[]> = listeners();

export function entryOf(name: string): ControllerEntry {
  const found = CONTROLLERS.find(({ definition }) => definition.name === name);
  if (found === undefined) throw new Error(`no controller ${name}`);
  return found;
}

function listeners(): Map<string, ControllerEntry[]> {
  const map = new Map<string, ControllerEntry[]>();
  for (const each of CONTROLLERS) {
    for (const informer of each.definition.informers) {
      const name = informer.name ?? informer.resource.resource;
      const list = map.get(name);
      if (list === undefined) map.set(name, [each]);
      else if (!list.includes(each)) list.push(each);
    }
  }
  return map;
}
