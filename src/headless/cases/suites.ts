import type { Suite } from "./suite.ts";
import { apply } from "./suites/apply.ts";
import { cronJob } from "./suites/cronjob.ts";
import { daemonset } from "./suites/daemonset.ts";
import { defaulting } from "./suites/defaulting.ts";
import { deployment } from "./suites/deployment.ts";
import { disruption } from "./suites/disruption.ts";
import { dns } from "./suites/dns.ts";
import { duration } from "./suites/duration.ts";
import { endpointslice } from "./suites/endpointslice.ts";
import { fieldSelector } from "./suites/field-selector.ts";
import { gc } from "./suites/gc.ts";
import { hpa } from "./suites/hpa.ts";
import { intstr } from "./suites/intstr.ts";
import { iptables } from "./suites/iptables.ts";
import { job } from "./suites/job.ts";
import { kubelet } from "./suites/kubelet.ts";
import { labelSelector } from "./suites/label-selector.ts";
import { names } from "./suites/names.ts";
import { nodeLifecycle } from "./suites/node-lifecycle.ts";
import { jsonMerge, jsonPatch, strategicMerge, threeWay } from "./suites/patches.ts";
import { podgc } from "./suites/podgc.ts";
import { pvBinding } from "./suites/pv-binding.ts";
import { quantity } from "./suites/quantity.ts";
import { quota } from "./suites/quota.ts";
import { raft } from "./suites/raft.ts";
import { rbac } from "./suites/rbac.ts";
import { replicaSetRanking } from "./suites/replicaset-ranking.ts";
import { scheduler } from "./suites/scheduler.ts";
import { schedulerUnits } from "./suites/scheduler-units.ts";
import { statefulSet } from "./suites/statefulset.ts";
import { statusErrors } from "./suites/status-errors.ts";
import { table } from "./suites/table.ts";
import { taintEviction } from "./suites/taint-eviction.ts";
import { ttl } from "./suites/ttl.ts";
import { validation } from "./suites/validation.ts";

/** Every suite that the product can be put to. */
export const SUITES: readonly Suite[] = [
  apply,
  dns,
  duration,
  fieldSelector,
  intstr,
  iptables,
  labelSelector,
  names,
  quantity,
  quota,
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
  table,
  validation,
  kubelet,
  rbac,
  replicaSetRanking,
  daemonset,
  nodeLifecycle,
  taintEviction,
  endpointslice,
  disruption,
  hpa,
  podgc,
  pvBinding,
  gc,
  ttl,
  job,
  cronJob,
  statefulSet,
];
