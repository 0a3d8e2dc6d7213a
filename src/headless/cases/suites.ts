import type { Suite } from "./suite.ts";
import { defaulting } from "./suites/defaulting.ts";
import { deployment } from "./suites/deployment.ts";
import { dns } from "./suites/dns.ts";
import { duration } from "./suites/duration.ts";
import { fieldSelector } from "./suites/field-selector.ts";
import { intstr } from "./suites/intstr.ts";
import { kubelet } from "./suites/kubelet.ts";
import { labelSelector } from "./suites/label-selector.ts";
import { names } from "./suites/names.ts";
import { jsonMerge, jsonPatch, strategicMerge, threeWay } from "./suites/patches.ts";
import { quantity } from "./suites/quantity.ts";
import { raft } from "./suites/raft.ts";
import { rbac } from "./suites/rbac.ts";
import { scheduler } from "./suites/scheduler.ts";
import { schedulerUnits } from "./suites/scheduler-units.ts";
import { statusErrors } from "./suites/status-errors.ts";
import { validation } from "./suites/validation.ts";

/** Every suite that the product can be put to. */
export const SUITES: readonly Suite[] = [
  dns,
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
  defaulting,
  jsonMerge,
  jsonPatch,
  strategicMerge,
  threeWay,
  statusErrors,
  validation,
  kubelet,
  rbac,
];
