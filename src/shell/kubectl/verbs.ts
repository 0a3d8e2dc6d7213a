/** Every verb. A new one is a folder below `verbs/` and a line here. */
import type { Command } from "./command.ts";
import { apply } from "./verbs/apply/index.ts";
import { attach } from "./verbs/attach/index.ts";
import { auth } from "./verbs/auth/index.ts";
import { autoscale } from "./verbs/autoscale/index.ts";
import { certificate } from "./verbs/certificate/index.ts";
import { completion } from "./verbs/completion/index.ts";
import { config } from "./verbs/config/index.ts";
import { cp } from "./verbs/cp/index.ts";
import { create } from "./verbs/create/index.ts";
import { debug } from "./verbs/debug/index.ts";
import { deleteCommand } from "./verbs/delete/index.ts";
import { describe } from "./verbs/describe/index.ts";
import { diff } from "./verbs/diff/index.ts";
import { apiResources, apiVersions, clusterInfo, version } from "./verbs/discovery/index.ts";
import { cordon, uncordon } from "./verbs/drain/cordon.ts";
import { drain } from "./verbs/drain/index.ts";
import { edit } from "./verbs/edit/index.ts";
import { events } from "./verbs/events/index.ts";
import { exec } from "./verbs/exec/index.ts";
import { explain } from "./verbs/explain/index.ts";
import { expose } from "./verbs/expose/index.ts";
import { get } from "./verbs/get/index.ts";
import { kustomize } from "./verbs/kustomize/index.ts";
import { annotate, label } from "./verbs/label/index.ts";
import { logs } from "./verbs/logs/index.ts";
import { patch } from "./verbs/patch/index.ts";
import { plugin } from "./verbs/plugin/index.ts";
import { portForward } from "./verbs/port-forward/index.ts";
import { proxy } from "./verbs/proxy/index.ts";
import { replace } from "./verbs/replace/index.ts";
import { rollout } from "./verbs/rollout/index.ts";
import { run } from "./verbs/run/index.ts";
import { scale } from "./verbs/scale/index.ts";
import { set } from "./verbs/set/index.ts";
import { taint } from "./verbs/taint/index.ts";
import { top } from "./verbs/top/index.ts";
import { wait } from "./verbs/wait/index.ts";

export const verbs: readonly Command[] = [
  annotate,
  apiResources,
  apiVersions,
  apply,
  attach,
  auth,
  autoscale,
  certificate,
  clusterInfo,
  completion,
  config,
  cordon,
  cp,
  create,
  debug,
  deleteCommand,
  describe,
  diff,
  drain,
  edit,
  events,
  exec,
  explain,
  expose,
  get,
  kustomize,
  label,
  logs,
  patch,
  plugin,
  portForward,
  proxy,
  replace,
  rollout,
  run,
  scale,
  set,
  taint,
  top,
  uncordon,
  version,
  wait,
];
