import { DEFAULT_CA_KEY } from "../../api/certificates/certificate.ts";
import { randomUid } from "../../api/hash.ts";
import { deepFreeze } from "../../api/object.ts";
import { DEFAULT_TOKEN_KEY } from "../../api/service-account-token.ts";
import type { Certificate, Component, Context, KernelMessage, NetworkError } from "../../kernel/types.ts";
import { fileData } from "../../machinery/kubeconfig.ts";
import type { ProgramArgs } from "../container-runtime/messages.ts";
import type { EtcdWatchFrame } from "../etcd/messages.ts";
import { API_SERVICES } from "./aggregator/api-services.ts";
import {
  type ApiServiceTimer,
  apiServiceDue,
  apiServicesListed,
  availabilityAnswered,
  cacheChanged,
} from "./aggregator/availability.ts";
import { forwardAnswered } from "./aggregator/forward.ts";
import { type DefinitionTimer, definitionDue } from "./apiextensions/controllers.ts";
import { definitionEvents, definitionsListed } from "./apiextensions/definitions.ts";
import { DEFINITIONS } from "./apiextensions/kinds.ts";
import { concernsRbac } from "./authz/authorize.ts";
import { COMPACT_EVERY_US, compact } from "./bootstrap/compactor.ts";
import { IDENTITY_EVERY_US, identityLeaseName, renewIdentity } from "./bootstrap/identity-lease.ts";
import { leaveMasters, MASTER_EVERY_US, renewMaster } from "./bootstrap/master-lease.ts";
import { beginBootstrap, etcdTaskAnswered, taskAnswered } from "./bootstrap/tasks.ts";
import { fileText } from "./file-text.ts";
import { type Flags, parseFlags } from "./flags.ts";
import type { Incoming } from "./http/reply.ts";
import type { HttpRequest, HttpResponse, ResourceRequest } from "./messages.ts";
import { childAnswered } from "./registry/collection.ts";
import { kubeletAnswered, proxyClosed, proxyFrame } from "./registry/connect.ts";
import { answerOf, askEtcd, type EtcdAnswer, type Tag } from "./registry/etcd-client.ts";
import { freshnessTimedOut, wakeWaiting } from "./registry/read.ts";
import { resume, resumeCached, resumeCharged } from "./registry/registry.ts";
import { cachedAlways, cacheKey, STORED_KINDS } from "./resources.ts";
import { serveHttp, serveResource } from "./serve.ts";
import { serviceTimeUs } from "./service-time.ts";
import type { ApiServerState } from "./state.ts";
import { createWatchCache, type WatchCache } from "./watch/cache.ts";
import {
  type FeedResult,
  type FeedTimer,
  feedClosed,
  feedFrame,
  feedListed,
  feedRetried,
  startFeed,
} from "./watch/feed.ts";
import {
  closeWatchers,
  dispatchEvents,
  endWatch,
  sendBookmarks,
  type WatchTimer,
  watchTimedOut,
} from "./watch/serve.ts";

/** Timers of its own. */
export type ApiServerTimer =
  | { readonly type: "connect" }
  | { readonly type: "giveUp" }
  | { readonly type: "bookmarks" }
  | { readonly type: "bootstrapRetry" }
  | { readonly type: "renewMaster" }
  | { readonly type: "renewIdentity" }
  | { readonly type: "compact" }
  | { readonly type: "stopped" }
  | DefinitionTimer
  | ApiServiceTimer
  | { readonly type: "freshness"; readonly exchange: number; readonly resource: string; readonly revision: number }
  | FeedTimer
  | WatchTimer;

/** etcd must answer within this time of the start. */
const ETCD_WAIT_US = 20_000_000;
const CONNECT_RETRY_US = 1_000_000;

export const kubeApiserver: Component<ApiServerState, ApiServerTimer> = {
  kind: "kube-apiserver",
  start,
  step,
  serviceTimeUs,
};

function start(context: Context, args: unknown): ApiServerState {
  const flags = parseFlags((args as ProgramArgs).argv);
  if ("error" in flags) {
    context.log(`Error: ${flags.error}`);
    context.exit(1, "Error", flags.error);
    return createState(context, parseFlags(["kube-apiserver"]) as Flags);
  }
  const state = createState(context, flags);
  context.log("I: Version: v1.33.1");
  context.setTimer(ETCD_WAIT_US, { type: "giveUp" });
  probe(state, context);
  return state;
}

function createState(context: Context, given: Flags): ApiServerState {
  const flags = deepFreeze({ ...given, advertiseAddress: given.advertiseAddress || context.self.ip });
  const key = fileText(context, flags.serviceAccountKeyFile);
  return {
    flags,
    phase: "connecting",
    startedAtUs: context.nowUs,
    etcd: Object.freeze({ address: etcdAddress(flags), certificate: certificateAt(context, flags.etcdCertFile) }),
    kubeletCertificate: certificateAt(context, flags.kubeletClientCertificate),
    tokenKey: key || DEFAULT_TOKEN_KEY,
    caKey: fileText(context, flags.clientCaFile.replace(/\.crt$/, ".key")) || DEFAULT_CA_KEY,
    caches: new Map(STORED_KINDS.map((kind) => [cacheKey(kind), createWatchCache(kind, cacheKey(kind))])),
    customKinds: new Map(),
    definitionWork: new Map(),
    aggregatedApis: new Map(),
    exchanges: new Map(),
    nextExchange: 1,
    requestsServed: 0,
    finished: [],
    streams: new Map(),
    hooks: new Map(),
    rbacVersion: Object.freeze({ revision: 0 }),
    nodePorts: null,
    masterLease: 0,
    identity: `${identityLeaseName(context.machine.name)}_${randomUid((bound) => context.random.int(bound))}`,
    eventLease: null,
    leaseWaiters: [],
    quotaBooks: new Map(),
    compactor: { version: 0, revision: 0 },
    bookmarkTimer: false,
    etcdHealth: { checkedAtUs: -10_000_000, error: "" },
    healthWaiters: [],
    bootstrap: [],
    bootstrapInFlight: 0,
    bootstrapFailures: 0,
    bootstrapping: "",
    unsynced: 0,
    recent: [],
    requestCounts: new Map(),
  };
}

function etcdAddress({ etcdServers }: Flags): string {
  return (etcdServers[0] ?? "127.0.0.1:2379").replace(/^https?:\/\//, "");
}

function certificateAt(context: Context, path: string): Certificate | undefined {
  if (path === "") return undefined;
  return (fileData(context.disk.read(path)) ?? undefined) as Certificate | undefined;
}

function probe(state: ApiServerState, context: Context): void {
  askEtcd(
    state,
    context,
    { op: "range", key: "/registry/health" },
    { use: "task", task: "probe" },
    CONNECT_RETRY_US * 5,
  );
}

function step(state: ApiServerState, message: KernelMessage | ApiServerTimer, context: Context): void {
  handle(state, message, context);
  while (state.finished.length > 0) {
    const finished = state.finished;
    state.finished = [];
    for (const { replyTo, code, object } of finished) {
      if (replyTo.via === "exchange") childAnswered(state, replyTo.id, context, code, object);
      else if (replyTo.via === "loopback") taskAnswered(state, replyTo.task, context, code, object);
    }
  }
}

function handle(state: ApiServerState, message: KernelMessage | ApiServerTimer, context: Context): void {
  switch (message.type) {
    case "request":
      serve(
        state,
        context,
        { replyTo: { via: "request", id: message.id }, from: message.from, deadlineAtUs: message.deadlineAtUs },
        message.body,
      );
      return;
    case "streamOpened":
      serve(
        state,
        context,
        { replyTo: { via: "stream", id: message.id }, from: message.from, deadlineAtUs: 0 },
        message.body,
      );
      return;
    case "response":
      responded(state, context, message.tag as Tag, message);
      return;
    case "requestFailed":
      responded(state, context, message.tag as Tag, message);
      return;
    case "streamFrame":
      framed(state, context, message);
      return;
    case "streamClosed":
      streamClosed(state, context, message);
      return;
    case "signal":
      stop(state, context);
      return;
    case "requestCancelled":
    case "datagram":
    case "diskSynced":
    case "childExited":
    case "childAllowed":
    case "input":
      return;
    default:
      timerFired(state, message, context);
      return;
  }
}

function serve(state: ApiServerState, context: Context, incoming: Incoming, body: unknown): void {
  const request = body as ResourceRequest | HttpRequest | { readonly type: "tcp" };
  if (request.type === "tcp") {
    // Bytes that are no HTTP, or nobody who only asks whether somebody listens.
    if (incoming.replyTo.via === "request") context.respond(incoming.replyTo.id, { type: "tcp" });
    else context.closeStream(incoming.replyTo.id);
    return;
  }
  if (request.type === "http") serveHttp(state, context, incoming, request);
  else serveResource(state, context, incoming, request);
}

function timerFired(state: ApiServerState, timer: ApiServerTimer, context: Context): void {
  switch (timer.type) {
    case "connect":
      if (state.phase === "connecting") probe(state, context);
      return;
    case "giveUp":
      giveUp(state, context);
      return;
    case "bookmarks":
      sendBookmarks(state, context);
      return;
    case "bootstrapRetry":
      // What failed is not there: look again for all of it.
      beginBootstrap(state, context);
      return;
    case "renewMaster":
      renewMaster(state, context);
      context.setTimer(MASTER_EVERY_US, timer);
      return;
    case "renewIdentity":
      renewIdentity(state, context);
      context.setTimer(IDENTITY_EVERY_US, timer);
      return;
    case "compact":
      compact(state, context);
      context.setTimer(COMPACT_EVERY_US, timer);
      return;
    case "definition":
      definitionDue(state, context, timer);
      return;
    case "apiService":
      apiServiceDue(state, context, timer);
      return;
    case "freshness":
      freshnessTimedOut(state, context, timer);
      return;
    case "feed": {
      const cache = state.caches.get(timer.resource);
      if (cache !== undefined) feedRetried(state, context, cache, timer);
      return;
    }
    case "watchTimeout":
      watchTimedOut(state, context, timer);
      return;
    case "stopped":
      context.exit(0, "Completed", "");
      return;
  }
}

/** Upstream cannot start without its storage: it says so and ends; the kubelet starts it again. */
function giveUp(state: ApiServerState, context: Context): void {
  if (state.phase === "serving" || state.phase === "stopping") return;
  const message = "Error: unable to create storage backend: config: {Prefix:/registry}, err: context deadline exceeded";
  context.log(`F: ${message}`);
  context.exit(1, "Error", message);
}

function responded(
  state: ApiServerState,
  context: Context,
  tag: Tag,
  message: KernelMessage & { type: "response" | "requestFailed" },
): void {
  switch (tag.use) {
    case "exchange": {
      const exchange = state.exchanges.get(tag.exchange);
      if (exchange !== undefined) resume(state, exchange, context, answerOf(message));
      return;
    }
    case "cache": {
      const cache = state.caches.get(tag.resource);
      if (cache !== undefined && cache.epoch === tag.epoch)
        fed(state, context, cache, feedListed(state, context, cache, answerOf(message)));
      return;
    }
    case "kubelet": {
      const exchange = state.exchanges.get(tag.exchange);
      if (exchange === undefined) return;
      kubeletAnswered(
        state,
        exchange,
        context,
        message.type === "response" ? (message.body as Parameters<typeof kubeletAnswered>[3]) : message.error,
      );
      return;
    }
    case "quota":
      resumeCharged(state, context, tag.namespace, answerOf(message));
      return;
    case "apiService":
      availabilityAnswered(state, context, tag, httpAnswerOf(message));
      return;
    case "forward":
      forwardAnswered(context, tag, httpAnswerOf(message));
      return;
    case "task":
      if (tag.task === "probe") {
        probed(state, context, answerOf(message));
        return;
      }
      etcdTaskAnswered(state, tag.task, context, answerOf(message));
      return;
  }
}

function httpAnswerOf(message: KernelMessage & { type: "response" | "requestFailed" }): HttpResponse | NetworkError {
  return message.type === "response" ? (message.body as HttpResponse) : message.error;
}

/** etcd is there: fill the caches, then open the port. */
function probed(state: ApiServerState, context: Context, answer: EtcdAnswer): void {
  if (state.phase !== "connecting") return;
  if (!answer.ok) {
    context.log(`W: [core] grpc: addrConn.createTransport failed to connect: ${answer.text}`);
    context.setTimer(CONNECT_RETRY_US, { type: "connect" });
    return;
  }
  state.phase = "listing";
  for (const kind of STORED_KINDS) {
    if (!cachedAlways(kind)) continue;
    state.unsynced += 1;
    startFeed(state, context, state.caches.get(cacheKey(kind))!);
  }
}

function fed(state: ApiServerState, context: Context, cache: WatchCache, result: FeedResult): void {
  switch (result.type) {
    case "nothing":
      return;
    case "listed":
      if (state.phase === "listing") {
        state.unsynced -= 1;
        if (state.unsynced === 0) open(state, context);
      } else closeWatchers(state, context, cache);
      if (concernsRbac(cache.resource)) state.rbacVersion = Object.freeze({ revision: cache.revision });
      if (cache.resource === DEFINITIONS && state.phase === "serving") definitionsListed(state, context);
      if (cache.resource === API_SERVICES && state.phase === "serving") apiServicesListed(state, context);
      break;
    case "events":
      if (concernsRbac(cache.resource)) state.rbacVersion = Object.freeze({ revision: cache.revision });
      if (cache.resource === DEFINITIONS && state.phase === "serving") definitionEvents(state, context, result.events);
      if (state.phase === "serving") cacheChanged(state, context, cache.resource, result.events);
      dispatchEvents(context, cache, result.events);
      break;
    case "progress":
      break;
  }
  wakeWaiting(state, context, cache, (exchange) => {
    resumeCached(state, exchange, context);
  });
}

function open(state: ApiServerState, context: Context): void {
  state.phase = "serving";
  const certificate = certificateAt(context, state.flags.tlsCertFile);
  // Client certificates are asked for, not required, and judged by authentication: a token or nobody may come too.
  const tls = certificate === undefined ? {} : { tls: { certificate, clientAuthority: null } };
  if (!context.listen(state.flags.securePort, tls)) {
    const message = `failed to create listener: failed to listen on 0.0.0.0:${state.flags.securePort}: listen tcp 0.0.0.0:${state.flags.securePort}: bind: address already in use`;
    context.log(`Error: ${message}`);
    context.exit(1, "Error", message);
    return;
  }
  context.log(`I: Serving securely on [::]:${state.flags.securePort}`);
  beginBootstrap(state, context);
  definitionsListed(state, context);
  apiServicesListed(state, context);
  context.setTimer(100_000, { type: "renewMaster" });
  context.setTimer(IDENTITY_EVERY_US / 2, { type: "renewIdentity" });
  context.setTimer(COMPACT_EVERY_US, { type: "compact" });
  compact(state, context);
}

function framed(state: ApiServerState, context: Context, message: KernelMessage & { type: "streamFrame" }): void {
  const served = state.streams.get(message.id);
  if (served?.use === "proxy") {
    proxyFrame(state, context, served, message.id, message.frame);
    return;
  }
  const tag = message.tag as Tag | null;
  if (tag?.use !== "cache") return;
  const cache = state.caches.get(tag.resource);
  if (cache === undefined || cache.epoch !== tag.epoch) {
    context.closeStream(message.id);
    return;
  }
  fed(state, context, cache, feedFrame(state, context, cache, message.frame as EtcdWatchFrame));
}

function streamClosed(
  state: ApiServerState,
  context: Context,
  message: KernelMessage & { type: "streamClosed" },
): void {
  const { id, error } = message;
  const tag = message.tag as Tag | null;
  const served = state.streams.get(id);
  if (served?.use === "proxy") {
    proxyClosed(state, context, served, id, error);
    return;
  }
  if (served?.use === "watch") {
    endWatch(state, context, served.resource, id);
    return;
  }
  if (served?.use === "exchange") {
    state.exchanges.delete(served.exchange);
    state.streams.delete(id);
    return;
  }
  if (tag?.use !== "cache") return;
  const cache = state.caches.get(tag.resource);
  if (cache !== undefined && cache.epoch === tag.epoch) feedClosed(context, cache);
}

function stop(state: ApiServerState, context: Context): void {
  if (state.phase === "stopping") return;
  if (state.phase === "serving") leaveMasters(state, context);
  state.phase = "stopping";
  context.unlisten(state.flags.securePort);
  context.setTimer(1_000_000, { type: "stopped" });
}
