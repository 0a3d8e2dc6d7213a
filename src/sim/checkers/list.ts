import type { Checker } from "./checker.ts";
import { oneLeaderPerTerm, sameHistory } from "./etcd.ts";
import { containersOnTheirNode, uniquePodIps } from "./pods.ts";
import { uniqueServiceAddresses } from "./services.ts";

/** Everything that must hold in every moment of every world. */
export const CHECKERS: readonly Checker[] = [
  oneLeaderPerTerm,
  sameHistory,
  uniquePodIps,
  containersOnTheirNode,
  uniqueServiceAddresses,
];
