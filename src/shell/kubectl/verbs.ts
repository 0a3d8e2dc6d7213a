/** Every verb. A new one is a folder below `verbs/` and a line here. */
import type { Command } from "./command.ts";
import type { CommandGroup } from "./help.ts";
import { apply } from "./verbs/apply/index.ts";
import { auth } from "./verbs/auth/index.ts";
import { config } from "./verbs/config/index.ts";
import { create } from "./verbs/create/index.ts";
import { deleteCommand } from "./verbs/delete/index.ts";
import { describe } from "./verbs/describe/index.ts";
import { apiResources, apiVersions, clusterInfo, version } from "./verbs/discovery/index.ts";
import { cordon, uncordon } from "./verbs/drain/cordon.ts";
import { drain } from "./verbs/drain/index.ts";
import { edit } from "./verbs/edit/index.ts";
import { events } from "./verbs/events/index.ts";
import { exec } from "./verbs/exec/index.ts";
import { explain } from "./verbs/explain/index.ts";
import { expose } from "./verbs/expose/index.ts";
import { get } from "./verbs/get/index.ts";
import { annotate, label } from "./verbs/label/index.ts";
import { logs } from "./verbs/logs/index.ts";
import { patch } from "./verbs/patch/index.ts";
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
  auth,
  clusterInfo,
  config,
  cordon,
  create,
  deleteCommand,
  describe,
  drain,
  edit,
  events,
  exec,
  explain,
  expose,
  get,
  label,
  logs,
  patch,
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

export const commandGroups: readonly CommandGroup[] = [
  { title: "Basic Commands (Beginner)", names: ["create", "expose", "run", "set"] },
  { title: "Basic Commands (Intermediate)", names: ["explain", "get", "edit", "delete"] },
  { title: "Deploy Commands", names: ["rollout", "scale"] },
  { title: "Cluster Management Commands", names: ["cluster-info", "top", "cordon", "uncordon", "drain", "taint"] },
  { title: "Troubleshooting and Debugging Commands", names: ["describe", "logs", "exec", "auth", "events"] },
  { title: "Advanced Commands", names: ["apply", "patch", "replace", "wait"] },
  { title: "Settings Commands", names: ["label", "annotate"] },
  { title: "Other Commands", names: ["api-resources", "api-versions", "config", "version"] },
];
