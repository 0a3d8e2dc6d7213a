import type { ApiObject } from "../../../api/object.ts";
import { formatTime } from "../../../api/time.ts";
import type { Component } from "../../../kernel/types.ts";
import type { World } from "../../../kernel/world.ts";
import { updateStatusRequest } from "../../../machinery/requests.ts";
import { PODS } from "../../../machinery/resources.ts";
import { ask, EPOCH_WALL_US, smallWorld, stored, TEST_KUBECONFIG } from "../../../machinery/testing/small-world.ts";
import { kubeControllerManager } from "../program.ts";

/** A world with a controller manager (or several, by their names) and the fake API server. */
export function controllerWorld(
  options: {
    readonly objects?: Readonly<Record<string, readonly ApiObject[]>>;
    readonly names?: readonly string[];
    readonly flags?: readonly string[];
  } = {},
): World {
  const argv = [
    "kube-controller-manager",
    "--kubeconfig=/etc/kubernetes/controller-manager.conf",
    "--leader-elect=true",
    "--use-service-account-credentials=true",
    ...(options.flags ?? []),
  ];
  return smallWorld({
    components: [kubeControllerManager as unknown as Component<never, never>],
    processes: (options.names ?? ["kcm"]).map((name) => ({ name, kind: kubeControllerManager.kind, args: { argv } })),
    files: { "/etc/kubernetes/controller-manager.conf": TEST_KUBECONFIG },
    objects: options.objects ?? {},
  });
}

/** What kubelets would do: every pod that is not ready becomes so. */
export function makeReady(world: World): void {
  const now = formatTime(EPOCH_WALL_US + world.nowUs);
  for (const pod of [...stored(world, "pods").values()]) {
    const status = pod.status as { readonly phase?: string } | undefined;
    if (status?.phase === "Running" || pod.metadata?.deletionTimestamp !== undefined) continue;
    const conditions = [{ type: "Ready", status: "True", lastTransitionTime: now }];
    ask(world, updateStatusRequest(PODS, { ...pod, status: { phase: "Running", conditions } }));
  }
}

/** Messages of the events on objects of a kind, oldest first. */
export function eventsOf(world: World, kind: string): string[] {
  const found = [...stored(world, "events").values()].filter(
    (event) => (event.involvedObject as { readonly kind: string }).kind === kind,
  );
  return found.map((event) => String(event.message));
}
