import type { Suite } from "./suite.ts";
import { deployment } from "./suites/deployment.ts";
import { duration } from "./suites/duration.ts";
import { fieldSelector } from "./suites/field-selector.ts";
import { intstr } from "./suites/intstr.ts";
import { labelSelector } from "./suites/label-selector.ts";
import { names } from "./suites/names.ts";
import { quantity } from "./suites/quantity.ts";
import { raft } from "./suites/raft.ts";
import { scheduler } from "./suites/scheduler.ts";
import { schedulerUnits } from "./suites/scheduler-units.ts";

/** Every suite that the product can be put to. */
export const SUITES: readonly Suite[] = [
  duration,
  fieldSelector,
  intstr,
  labelSelector,
  names,
  quantity,
  scheduler,
  schedulerUnits,
  raft,
  deployment,
];
