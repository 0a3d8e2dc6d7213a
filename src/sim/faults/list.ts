import { certExpireFault } from "./certificate-faults.ts";
import { killFault, oomFault, registryDownFault } from "./container-faults.ts";
import type { Fault } from "./fault.ts";
import { delayFault, lossFault, partitionFault } from "./link-faults.ts";
import {
  clockSkewFault,
  diskFullFault,
  diskSlowFault,
  diskWipeFault,
  freezeFault,
  powerOffFault,
  rebootFault,
} from "./machine-faults.ts";
import { crashFault, hangFault, slowFault, stopFault } from "./process-faults.ts";

/** Everything that can be broken, in the order of the Break menus. */
export const FAULTS: readonly Fault[] = [
  crashFault,
  stopFault,
  hangFault,
  slowFault,
  certExpireFault,
  powerOffFault,
  rebootFault,
  freezeFault,
  clockSkewFault,
  diskFullFault,
  diskSlowFault,
  diskWipeFault,
  partitionFault,
  lossFault,
  delayFault,
  killFault,
  oomFault,
  registryDownFault,
];
