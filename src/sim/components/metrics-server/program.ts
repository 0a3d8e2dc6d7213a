import { parseGoDuration } from "../../api/duration.ts";
import type { ApiObject } from "../../api/object.ts";
import type { Component, Context, KernelMessage } from "../../kernel/types.ts";
import { klog } from "../../machinery/klog.ts";
import { inClusterConfig } from "../../machinery/kubeconfig.ts";
import { allSynced, createMachinery, informerOf, machineryStep, startInformers } from "../../machinery/machinery.ts";
import { NODES, PODS } from "../../machinery/resources.ts";
import type { ProgramArgs } from "../container-runtime/messages.ts";
import type { HttpRequest, HttpResponse } from "../kube-apiserver/messages.ts";
import type { KubeletRequest, ResourceMetricsAnswer, ResourceSample } from "../kubelet/messages.ts";
import { METRICS_SERVER_PORT } from "./messages.ts";
import { askedOf, json, metricsAnswer } from "./serve.ts";
import type { MetricsServerMessage, MetricsServerState, Scrape, ScrapeTag } from "./state.ts";

/** How long a request waits for kubelets that do not answer. */
const SCRAPE_WAIT_US = 2_000_000;
const KUBELET_TIMEOUT_US = 10_000_000;
const KUBELET_PORT = 10250;
const SERVICE_US = 300;

/**
 * kubernetes-sigs/metrics-server: `metrics.k8s.io/v1beta1`. Upstream asks all kubelets every 15 s; here they are asked
 * when somebody wants to know, for what they saw at the last two of those ticks.
 */
export const metricsServer: Component<MetricsServerState, MetricsServerMessage> = {
  kind: "metrics-server",

  start(context, given) {
    const args = given as ProgramArgs;
    const kubeconfig = inClusterConfig(args);
    const port = Number(flag(args, "secure-port") ?? METRICS_SERVER_PORT);
    const resolutionUs = parseGoDuration(flag(args, "metric-resolution") ?? "1m0s") ?? 0;
    const state: MetricsServerState = {
      machinery:
        kubeconfig === null
          ? null
          : createMachinery({
              kubeconfig,
              client: { userAgent: "metrics-server/v0.7.2 (linux/amd64)", qps: 5, burst: 10 },
              informers: [{ resource: NODES }, { resource: PODS }],
            }),
      port,
      resolutionUs,
      startedAtUs: context.nowUs,
      scrape: null,
      served: 0,
    };
    if (state.machinery === null || resolutionUs < 10_000_000) {
      const text =
        state.machinery === null
          ? "unable to construct lister client config: unable to load in-cluster configuration, KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT must be defined"
          : `metric-resolution should be a time duration at least 10s, but value ${flag(args, "metric-resolution")} provided`;
      context.log(text);
      context.exit(1, "Error", text);
      return state;
    }
    startInformers(state.machinery, context);
    context.listen(port);
    klog(context, "I", "secure_serving.go:213", `"Serving securely on [::]:${port}"`);
    return state;
  },

  step(state, message, context) {
    if (state.machinery === null || machineryStep(state.machinery, message, context) !== null) return;
    switch (message.type) {
      case "request":
        serve(state, context, message.id, message.body as HttpRequest);
        return;
      case "response":
      case "requestFailed":
        kubeletAnswered(state, context, message);
        return;
      case "scrapeOver":
        if (state.scrape?.tick === message.tick) answerWaiting(state, context, state.scrape);
        return;
      case "signal":
        context.exit(0);
        return;
      default:
    }
  },

  serviceTimeUs(message) {
    return message.type === "request" ? SERVICE_US : 0;
  },
};

function flag({ argv }: ProgramArgs, name: string): string | undefined {
  return argv.find((argument) => argument.startsWith(`--${name}=`))?.slice(name.length + 3);
}

/** The last tick of the resolution since the start. */
function tickOf({ startedAtUs, resolutionUs }: MetricsServerState, nowUs: number): number {
  return Math.floor((nowUs - startedAtUs) / resolutionUs);
}

/** Two scrapes would have been made, and it is known of whom. */
function isReady(state: MetricsServerState, nowUs: number): boolean {
  return tickOf(state, nowUs) >= 1 && state.machinery !== null && allSynced(state.machinery);
}

function serve(state: MetricsServerState, context: Context, id: number, request: HttpRequest): void {
  state.served += 1;
  const [path = ""] = request.path.split("?");
  if (path === "/livez" || path === "/healthz") {
    respond(context, id, text(200, "ok"));
    return;
  }
  if (path === "/readyz") {
    const ready = isReady(state, context.nowUs);
    respond(
      context,
      id,
      ready ? text(200, "ok") : text(500, "[-]metric-storage-ready failed: reason withheld\nreadyz check failed\n"),
    );
    return;
  }
  const asked = askedOf(request);
  if (asked.what === "document") respond(context, id, json(200, asked.document));
  else if (asked.what === "refused") respond(context, id, json(asked.code, asked.status));
  else wantScrape(state, context, { id, request });
}

function text(status: number, body: string): HttpResponse {
  return { type: "http", status, headers: { "content-type": "text/plain; charset=utf-8" }, body };
}

function respond(context: Context, id: number, response: HttpResponse): void {
  context.respond(id, response, { label: String(response.status), sizeBytes: response.body.length + 250 });
}

/** Answers from the last tick's scrape, which it makes first if nobody wanted it before. */
function wantScrape(state: MetricsServerState, context: Context, wanted: Scrape["waiting"][number]): void {
  const tick = tickOf(state, context.nowUs);
  if (!isReady(state, context.nowUs)) {
    answer(state, context, wanted, new Map());
    return;
  }
  if (state.scrape?.tick !== tick) beginScrape(state, context, tick);
  const scrape = state.scrape as Scrape;
  if (scrape.timer === null) answer(state, context, wanted, scrape.byNode);
  else scrape.waiting = [...scrape.waiting, wanted];
}

interface Node extends ApiObject {
  readonly status?: {
    readonly addresses?: readonly { readonly type: string; readonly address: string }[];
    readonly daemonEndpoints?: { readonly kubeletEndpoint?: { readonly Port?: number } };
  };
}

function beginScrape(state: MetricsServerState, context: Context, tick: number): void {
  if (state.machinery === null) return;
  const earlier = state.scrape;
  const waiting = earlier?.waiting ?? [];
  if (earlier?.timer != null) context.clearTimer(earlier.timer);
  const scrape: Scrape = { tick, asked: new Set(), byNode: new Map(), waiting, timer: null };
  state.scrape = scrape;
  const atUs = state.startedAtUs + tick * state.resolutionUs;
  const body: KubeletRequest = Object.freeze({
    type: "resourceMetrics",
    atUs: Object.freeze([atUs - state.resolutionUs, atUs]),
  });
  informerOf(state.machinery, "nodes").store.objects.forEach((object) => {
    const { metadata, status } = object as Node;
    const node = metadata?.name ?? "";
    const address = status?.addresses?.find(({ type }) => type === "InternalIP")?.address;
    if (address === undefined) return;
    scrape.asked.add(node);
    const tag: ScrapeTag = { metricsServer: "scrape", tick, node };
    const port = status?.daemonEndpoints?.kubeletEndpoint?.Port ?? KUBELET_PORT;
    context.request({
      to: `${address}:${port}`,
      body,
      timeoutUs: KUBELET_TIMEOUT_US,
      tag,
      label: "GET /metrics/resource",
    });
  });
  scrape.timer = context.setTimer(SCRAPE_WAIT_US, { type: "scrapeOver", tick }, "keep");
  if (scrape.asked.size === 0) answerWaiting(state, context, scrape);
}

function kubeletAnswered(
  state: MetricsServerState,
  context: Context,
  message: Extract<KernelMessage, { type: "response" | "requestFailed" }>,
): void {
  const { tick, node } = message.tag as ScrapeTag;
  const { scrape } = state;
  if (message.type === "requestFailed") {
    klog(
      context,
      "E",
      "scraper.go:149",
      `"Failed to scrape node" err="${message.error.text.replaceAll('"', '\\"')}" node="${node}"`,
    );
  }
  if (scrape?.tick !== tick) return;
  scrape.asked.delete(node);
  if (message.type === "response") {
    const [before, last] = (message.body as ResourceMetricsAnswer).samples as [ResourceSample, ResourceSample];
    scrape.byNode.set(node, Object.freeze([before, last] as const));
  }
  if (scrape.asked.size === 0 && scrape.timer !== null) {
    context.clearTimer(scrape.timer);
    answerWaiting(state, context, scrape);
  }
}

function answerWaiting(state: MetricsServerState, context: Context, scrape: Scrape): void {
  const { waiting } = scrape;
  scrape.timer = null;
  scrape.waiting = [];
  for (const wanted of waiting) answer(state, context, wanted, scrape.byNode);
}

function answer(
  state: MetricsServerState,
  context: Context,
  { id, request }: Scrape["waiting"][number],
  looks: Scrape["byNode"],
): void {
  const asked = askedOf(request);
  if (state.machinery === null || (asked.what !== "nodes" && asked.what !== "pods")) return;
  const nodes = informerOf(state.machinery, "nodes").store;
  const pods = informerOf(state.machinery, "pods").store;
  const known = { nodes, pods, looks, resolutionUs: state.resolutionUs };
  respond(context, id, metricsAnswer(asked, request.headers.accept ?? "", known));
}
