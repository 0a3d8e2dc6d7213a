import { DEFAULT_CA_KEY } from "../../api/certificates/certificate.ts";
import { DEFAULT_TOKEN_KEY } from "../../api/service-account-token.ts";
import type { Component, Context, KernelMessage } from "../../kernel/types.ts";
import { createClient } from "../../machinery/client.ts";
import {
  type Controller,
  createController,
  deliverDeltas,
  handleWriteAnswer,
  runController,
  startController,
  type WriteTag,
} from "../../machinery/controller-runtime.ts";
import { createEventRecorder } from "../../machinery/event-recorder.ts";
import {
  createInformer,
  type Delta,
  forgetInformer,
  type InformerOptions,
  startInformer,
} from "../../machinery/informer.ts";
import { klog } from "../../machinery/klog.ts";
import { type KubeconfigFile, readKubeconfig } from "../../machinery/kubeconfig.ts";
import { createLeaderElection, newIdentity, startLeaderElection } from "../../machinery/leader-election.ts";
import {
  clientOf,
  createMachinery,
  emitEvent,
  informerOf,
  type Machinery,
  type MachineryOutcome,
  type MachineryTimer,
  machineryStep,
  startInformers,
} from "../../machinery/machinery.ts";
import { createWorkQueue } from "../../machinery/work-queue.ts";
import type { ProgramArgs } from "../container-runtime/messages.ts";
import type { ResourceResponse } from "../kube-apiserver/messages.ts";
import { CONTROLLERS, type ControllerEntry, entryOf, FOLLOWERS, INDEX_FUNCTIONS, LISTENERS } from "./controllers.ts";
import { type CredentialTimer, handleCredentialAnswer, isCredentialTag, requestToken } from "./credentials.ts";
import { type Flags, isEnabled, parseFlags } from "./flags.ts";
import type { ControllerOptions } from "./options.ts";

export const SECURE_PORT = 10257;

export interface ControllerManagerState {
  readonly flags: Flags;
  readonly kubeconfig: KubeconfigFile;
  readonly machinery: Machinery;
  /** Only the leader has any. */
  readonly controllers: Map<string, Controller>;
  role: "standby" | "leader";
  /** Controllers that have asked for a new token because theirs was refused. */
  readonly renewing: Set<string>;
  /** Controllers that wait for their token. */
  readonly awaitingToken: Set<string>;
}

type Message = MachineryTimer | CredentialTimer;

const USER_AGENT = "kube-controller-manager/v1.33.1 (linux/amd64) kubernetes/8adc0f0";
/** Half of the renew deadline, as client-go gives its lock's client. */
const ELECTION_TIMEOUT_US = 5_000_000;

/** cmd/kube-controller-manager: the controllers of `controllers.ts` in one process, of which one at a time leads. */
export const kubeControllerManager: Component<ControllerManagerState | null, Message> = {
  kind: "kube-controller-manager",

  start(context, args) {
    const flags = parseFlags((args as ProgramArgs).argv);
    if ("error" in flags) return giveUp(context, `Error: ${flags.error}`);
    const kubeconfig = readKubeconfig(context.disk, flags.kubeconfig);
    if (kubeconfig === null) {
      return giveUp(context, `Error: stat ${flags.kubeconfig}: no such file or directory`);
    }
    klog(context, "I", "controllermanager.go:187", '"Starting" version="v1.33.1"');
    context.listen(SECURE_PORT);
    const machinery = createMachinery({
      kubeconfig,
      client: { userAgent: `${USER_AGENT}/shared-informers`, qps: flags.qps, burst: flags.burst },
      recorders: [{ component: "kube-controller-manager" }],
      election: createLeaderElection({
        name: "kube-controller-manager",
        identity: newIdentity(context),
        client: "leader-election",
      }),
    });
    addClient({ machinery, kubeconfig, flags }, "leader-election");
    const state: ControllerManagerState = {
      flags,
      kubeconfig,
      machinery,
      controllers: new Map(),
      role: "standby",
      awaitingToken: new Set(),
      renewing: new Set(),
    };
    if (!flags.leaderElect) lead(state, context);
    else if (machinery.election !== null) {
      startLeaderElection(machinery.election, clientOf(machinery, "leader-election"), context);
    }
    return state;
  },

  step(state, message, context) {
    if (state === null) return;
    const outcomes = machineryStep(state.machinery, message, context, INDEX_FUNCTIONS);
    if (outcomes !== null) {
      for (const outcome of outcomes) act(state, outcome, context);
      return;
    }
    switch (message.type) {
      case "response":
      case "requestFailed":
        answered(state, message, context);
        return;
      case "controller-manager/credentials":
        requestToken(state.machinery, message.controller, message.serviceAccount, context);
        return;
      case "request":
        context.respond(message.id, { type: "http", status: 200, headers: {}, body: "ok" });
        return;
      case "signal":
        klog(context, "E", "controllermanager.go:341", '"leaderelection lost"');
        context.exit(1, "Error");
        return;
      default:
    }
  },
};

function giveUp(context: Context, text: string): null {
  context.log(text);
  context.exit(1, "Error");
  return null;
}

function act(state: ControllerManagerState, outcome: MachineryOutcome, context: Context): void {
  switch (outcome.type) {
    case "deltas":
      deltasArrived(state, outcome.informer, outcome.deltas, context);
      return;
    case "synced":
      for (const entry of CONTROLLERS) startWhenReady(state, entry, context);
      return;
    case "keyReady": {
      const controller = state.controllers.get(outcome.queue);
      if (controller === undefined) return;
      runController(state.machinery, controller, entryOf(outcome.queue).definition, context);
      return;
    }
    case "elected":
      lead(state, context);
      return;
    case "leadershipLost":
      klog(context, "E", "controllermanager.go:341", '"leaderelection lost"');
      context.exit(1, "Error");
      return;
    case "leaderChanged":
      return;
  }
}

function deltasArrived(
  state: ControllerManagerState,
  informer: string,
  deltas: readonly Delta[],
  context: Context,
): void {
  for (const { definition } of FOLLOWERS)
    if (definition.follows?.informer === informer) followInformers(state, definition.follows, context);
  // Whoever follows hears of what is not everybody's.
  for (const { definition } of LISTENERS.get(informer) ?? FOLLOWERS) {
    const controller = state.controllers.get(definition.name);
    if (controller === undefined) continue;
    deliverDeltas(state.machinery, controller, definition, informer, deltas, context);
    runController(state.machinery, controller, definition, context);
  }
}

/** Informers of kinds that have come are started, those of kinds that are gone are forgotten. */
function followInformers(
  { machinery }: ControllerManagerState,
  follows: NonNullable<ControllerEntry["definition"]["follows"]>,
  context: Context,
): void {
  const wanted = new Map(
    follows
      .informers(informerOf(machinery, follows.informer).store)
      .map((options) => [options.name ?? options.resource.resource, options]),
  );
  for (const [name, informer] of machinery.informers)
    if (!LISTENERS.has(name) && !wanted.has(name) && informer.phase !== "idle") forgetInformer(informer, context);
  for (const [name, options] of wanted) {
    const informer = machinery.informers.get(name) ?? createInformer(options);
    machinery.informers.set(name, informer);
    startInformer(informer, clientOf(machinery, informer.client), context);
  }
}

function answered(
  state: ControllerManagerState,
  message: Extract<KernelMessage, { type: "response" | "requestFailed" }>,
  context: Context,
): void {
  if (isCredentialTag(message.tag)) {
    const name = message.tag.controller;
    state.renewing.delete(name);
    if (handleCredentialAnswer(state.machinery, message, context) && state.awaitingToken.delete(name)) {
      startWhenReady(state, entryOf(name), context);
    }
    return;
  }
  const tag = message.tag as WriteTag;
  const controller = state.controllers.get(tag.controller);
  if (controller === undefined) return;
  if (message.type === "response" && (message.body as ResourceResponse).code === 401)
    renewToken(state, tag.controller, context);
  handleWriteAnswer(state.machinery, controller, entryOf(tag.controller).definition, message, context);
}

/** A token that is not accepted (any more) is thrown away for a new one. */
function renewToken(state: ControllerManagerState, name: string, context: Context): void {
  if (!state.flags.useServiceAccountCredentials || state.renewing.has(name)) return;
  if (entryOf(name).serviceAccount === "") return;
  state.renewing.add(name);
  requestToken(state.machinery, name, entryOf(name).serviceAccount, context);
}

/** Begins to work: clients, queues, recorders and shared informers of all enabled controllers. */
function lead(state: ControllerManagerState, context: Context): void {
  const { machinery, flags } = state;
  state.role = "leader";
  const election = machinery.election;
  if (election !== null && flags.leaderElect) {
    emitEvent(machinery, "kube-controller-manager", context, {
      object: { apiVersion: "coordination.k8s.io/v1", kind: "Lease", namespace: "kube-system", name: election.name },
      type: "Normal",
      reason: "LeaderElection",
      message: `${election.identity} became leader`,
    });
  }
  const enabled = CONTROLLERS.filter(({ definition }) => isEnabled(flags.controllers, definition.name));
  const options: ControllerOptions = {
    ...flags,
    rootCa: textOf(context.disk.read(flags.rootCaFile)),
    caKey:
      flags.clusterSigningKeyFile === ""
        ? ""
        : textOf(context.disk.read(flags.clusterSigningKeyFile)) || DEFAULT_CA_KEY,
    // What signs is what checks: the API server reads the public file.
    tokenKey:
      flags.serviceAccountPrivateKeyFile === ""
        ? ""
        : textOf(context.disk.read(flags.serviceAccountPrivateKeyFile.replace(/\.key$/, ".pub"))) || DEFAULT_TOKEN_KEY,
  };
  for (const { definition, serviceAccount, eventComponent, rateFactor } of enabled) {
    const { name, backOff } = definition;
    klog(context, "I", "controllermanager.go:778", `"Started controller" controller="${name}"`);
    const agent = serviceAccount === "" ? "tokens-controller" : `system:serviceaccount:kube-system:${serviceAccount}`;
    addClient(state, name, agent, rateFactor);
    machinery.queues.set(name, createWorkQueue(name, backOff));
    machinery.recorders.set(name, createEventRecorder({ name, component: eventComponent, client: name }));
    state.controllers.set(name, createController(definition, options));
    if (flags.useServiceAccountCredentials && serviceAccount !== "") {
      state.awaitingToken.add(name);
      requestToken(machinery, name, serviceAccount, context);
    }
  }
  for (const options of unitedInformers(enabled)) {
    const informer = createInformer(options);
    machinery.informers.set(informer.name, informer);
  }
  startInformers(machinery, context);
}

function addClient(
  { machinery, kubeconfig, flags }: Pick<ControllerManagerState, "machinery" | "kubeconfig" | "flags">,
  name: string,
  agent = name,
  rateFactor = 1,
): void {
  const timeout = name === "leader-election" ? { timeoutUs: ELECTION_TIMEOUT_US } : {};
  const client = createClient(kubeconfig, {
    name,
    userAgent: `${USER_AGENT}/${agent}`,
    qps: flags.qps * rateFactor,
    burst: flags.burst * rateFactor,
    ...timeout,
  });
  machinery.clients.set(name, client);
}

/** Text of a file, whose value may be `{text, data}`. */
function textOf(value: unknown): string {
  if (typeof value === "string") return value;
  const text = (value as { readonly text?: unknown } | undefined)?.text;
  return typeof text === "string" ? text : "";
}

/** One informer a resource, with the indexes that any controller asks for. */
function unitedInformers(entries: readonly ControllerEntry[]): InformerOptions[] {
  const united = new Map<string, { options: InformerOptions; indexes: Set<string> }>();
  for (const { definition } of entries) {
    for (const options of definition.informers) {
      const name = options.name ?? options.resource.resource;
      const held = united.get(name) ?? { options, indexes: new Set<string>() };
      for (const index of options.indexes ?? []) held.indexes.add(index);
      united.set(name, held);
    }
  }
  return [...united.values()].map(({ options, indexes }) => ({ ...options, indexes: [...indexes] }));
}

/** A controller starts when its informers are synced and it has its credentials. */
function startWhenReady(state: ControllerManagerState, entry: ControllerEntry, context: Context): void {
  const { name, informers } = entry.definition;
  const controller = state.controllers.get(name);
  if (controller === undefined || controller.running || state.awaitingToken.has(name)) return;
  for (const options of informers) {
    if (!informerOf(state.machinery, options.name ?? options.resource.resource).hasSynced) return;
  }
  startController(state.machinery, controller, entry.definition, context);
}
