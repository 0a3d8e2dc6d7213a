import type { StageView, TimeView } from "../../protocol/views.ts";
import type { ApiObject } from "../../sim/api/object.ts";
import { parseTime } from "../../sim/api/time.ts";
import type { Records } from "../records.ts";
import type { Session } from "../session.ts";

/** A wait shorter than this bores nobody. */
const WORTH_SKIPPING_US = 5_000_000;
const SKIPS_MAX = 4;
const DEFAULT_TOLERATION_US = 300_000_000;
const GRACE_US = 50_000_000;

/** Long waits that the world is in, and when each ends: read from leases, taints and back-offs. */
export function skipsOf(session: Session, stage: StageView, records: Records): TimeView["skips"] {
  const skips: { label: string; atUs: number }[] = [];
  const { epochWallUs } = session.world.state;
  for (const machine of stage.machines) {
    if (machine.node === "Ready" && machine.power !== "on") {
      const renewed = renewedAtUs(records.get(`/registry/leases/kube-node-lease/${machine.id}`), epochWallUs);
      if (renewed !== null)
        skips.push({ label: `${machine.id} is found NotReady`, atUs: renewed + GRACE_US + 5_000_000 });
    } else if (machine.node === "Unknown") {
      const tainted = taintedAtUs(records.get(`/registry/minions/${machine.id}`), epochWallUs);
      const hasPods = stage.pods.some(
        (pod) => pod.machine === machine.id && !pod.system && pod.state !== "terminating",
      );
      if (tainted !== null && hasPods)
        skips.push({ label: `pods of ${machine.id} are evicted`, atUs: tainted + DEFAULT_TOLERATION_US + 1_000_000 });
    }
  }
  for (const pod of stage.pods) {
    if (pod.nextRestartAtUs !== null) skips.push({ label: `${pod.name} is started again`, atUs: pod.nextRestartAtUs });
  }
  return skips
    .filter((skip) => skip.atUs - session.nowUs > WORTH_SKIPPING_US)
    .sort((a, b) => a.atUs - b.atUs)
    .slice(0, SKIPS_MAX);
}

function renewedAtUs(lease: ApiObject | null, epochWallUs: number): number | null {
  const time = (lease?.spec as { readonly renewTime?: string } | undefined)?.renewTime;
  const at = time === undefined ? null : parseTime(time);
  return at === null ? null : at - epochWallUs;
}

function taintedAtUs(node: ApiObject | null, epochWallUs: number): number | null {
  const taints = (
    node?.spec as { readonly taints?: readonly { readonly effect: string; readonly timeAdded?: string }[] } | undefined
  )?.taints;
  const added = taints?.find((taint) => taint.effect === "NoExecute")?.timeAdded;
  const at = added === undefined ? null : parseTime(added);
  return at === null ? null : at - epochWallUs;
}
