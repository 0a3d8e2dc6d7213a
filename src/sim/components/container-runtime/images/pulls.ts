import type { Context, NetworkError, RequestId } from "../../../kernel/types.ts";
import type { ImageName, RegistryRequest, RegistryResponse } from "../../image-registry/messages.ts";
import { fail, imageIdOf } from "../containers.ts";
import type { CriResponse, ImageOfRuntime } from "../messages.ts";
import type { PullState, RuntimeState } from "../state.ts";
import { putImage } from "../store.ts";
import { after } from "../timers.ts";
import { parseReference } from "./reference.ts";

const REGISTRY = "registry:443";
/** containerd's `max_concurrent_downloads`. */
const CONCURRENT_DOWNLOADS = 3;
const RESOLVE_TIMEOUT_US = 30_000_000;
const LAYER_TIMEOUT_US = 1_800_000_000;
/** Decompressing and writing a layer: 200 MB/s of compressed data. */
const UNPACK_US_PER_KILOBYTE = 5;

export type PullTag =
  | { readonly pull: "manifest"; readonly reference: string }
  | { readonly pull: "blob"; readonly reference: string; readonly digest: string };

export function pullImage(state: RuntimeState, context: Context, request: RequestId, image: string): void {
  const name = parseReference(image);
  if (name === null) {
    fail(context, request, "InvalidArgument", `failed to parse image reference "${image}": invalid reference format`);
    return;
  }
  const reference = name.complete;
  const pull = state.pulls.get(reference);
  if (pull !== undefined) {
    pull.requests.push(request);
    return;
  }
  state.pulls.set(reference, {
    reference,
    startedAtUs: context.nowUs,
    phase: "resolving",
    image: null,
    waiting: [],
    downloading: new Map(),
    doneBytes: 0,
    requests: [request],
  });
  if (isInvalidDomain(name.registry)) {
    pullFailed(
      state,
      context,
      reference,
      "Unknown",
      `failed to do request: Head "${manifestUrl(name)}": dial tcp: lookup ${name.registry}: no such host`,
    );
    return;
  }
  ask(
    context,
    { type: "manifest", name },
    { pull: "manifest", reference },
    `HEAD ${name.repository}:${name.tag}`,
    RESOLVE_TIMEOUT_US,
  );
}

/** Names under `.invalid` never resolve (RFC 2606). */
function isInvalidDomain(registry: string): boolean {
  return registry === "invalid" || registry.endsWith(".invalid");
}

export function registryAnswered(state: RuntimeState, context: Context, tag: PullTag, answer: RegistryResponse): void {
  const pull = state.pulls.get(tag.reference);
  if (pull === undefined) return;
  if (answer.type === "missing") {
    const { reference } = pull;
    if (answer.reason === "denied") {
      pullFailed(
        state,
        context,
        reference,
        "Unknown",
        "pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed",
      );
    } else {
      pullFailed(state, context, reference, "NotFound", `${reference}: not found`);
    }
    return;
  }
  if (answer.type === "manifest" && state.images.get(pull.reference)?.digest === answer.image.digest) {
    // All of it is here already: the registry was only asked whether that is so.
    pullDone(state, context, pull);
    return;
  }
  if (answer.type === "manifest") {
    pull.image = answer.image;
    pull.waiting = answer.image.layers;
    pull.phase = "downloading";
  } else {
    pull.doneBytes += pull.downloading.get(answer.digest)?.sizeBytes ?? 0;
    pull.downloading.delete(answer.digest);
  }
  downloadMore(pull, context);
  if (pull.waiting.length > 0 || pull.downloading.size > 0 || pull.phase !== "downloading") return;
  pull.phase = "unpacking";
  const kilobytes = Math.ceil((pull.image as NonNullable<PullState["image"]>).sizeBytes / 1000);
  after(context, 20_000 + kilobytes * UNPACK_US_PER_KILOBYTE, { type: "layersUnpacked", reference: pull.reference });
}

function downloadMore(pull: PullState, context: Context): void {
  while (pull.waiting.length > 0 && pull.downloading.size < CONCURRENT_DOWNLOADS) {
    const layer = pull.waiting[0] as PullState["waiting"][number];
    pull.waiting = pull.waiting.slice(1);
    pull.downloading.set(layer.digest, { sizeBytes: layer.sizeBytes, askedAtUs: context.nowUs });
    const tag: PullTag = { pull: "blob", reference: pull.reference, digest: layer.digest };
    ask(context, { type: "blob", ...layer }, tag, `GET layer ${layer.digest.slice(7, 19)}`, LAYER_TIMEOUT_US);
  }
}

export function layersUnpacked(state: RuntimeState, context: Context, reference: string): void {
  const pull = state.pulls.get(reference);
  if (pull?.image == null) return;
  putImage(state, context, pull.image);
  pullDone(state, context, pull);
}

function pullDone(state: RuntimeState, context: Context, pull: PullState): void {
  state.pulls.delete(pull.reference);
  const answer: CriResponse = { call: "PullImage", image: imageOf(state, pull.reference) as ImageOfRuntime };
  for (const request of pull.requests) context.respond(request, answer);
}

export function registryFailed(state: RuntimeState, context: Context, tag: PullTag, error: NetworkError): void {
  const pull = state.pulls.get(tag.reference);
  if (pull === undefined) return;
  const name = parseReference(tag.reference) as ImageName;
  if (tag.pull === "manifest") {
    pullFailed(
      state,
      context,
      tag.reference,
      "Unknown",
      `failed to do request: Head "${manifestUrl(name)}": ${dialText(error)}`,
    );
    return;
  }
  const url = `https://${hostOf(name.registry)}/v2/${name.repository}/blobs/${tag.digest}`;
  state.pulls.delete(tag.reference);
  const text = `failed to pull and unpack image "${tag.reference}": failed to copy: httpReadSeeker: failed open: failed to do request: Get "${url}": ${dialText(error)}`;
  for (const request of pull.requests) fail(context, request, "Unknown", text);
}

function dialText(error: NetworkError): string {
  return error.kind === "reset" ? "EOF" : error.text;
}

function pullFailed(
  state: RuntimeState,
  context: Context,
  reference: string,
  code: "NotFound" | "Unknown",
  reason: string,
): void {
  const pull = state.pulls.get(reference);
  if (pull === undefined) return;
  state.pulls.delete(reference);
  const text = `failed to pull and unpack image "${reference}": failed to resolve reference "${reference}": ${reason}`;
  for (const request of pull.requests) fail(context, request, code, text);
}

function manifestUrl(name: ImageName): string {
  return `https://${hostOf(name.registry)}/v2/${name.repository}/manifests/${name.digest === "" ? name.tag : name.digest}`;
}

function hostOf(registry: string): string {
  return registry === "docker.io" ? "registry-1.docker.io" : registry;
}

function ask(context: Context, body: RegistryRequest, tag: PullTag, label: string, timeoutUs: number): void {
  context.request({ to: REGISTRY, body, tag, label, timeoutUs });
}

/** How the runtime lists an image it has; null if it has none by that name. */
export function imageOf(state: RuntimeState, image: string): ImageOfRuntime | null {
  const reference = parseReference(image)?.complete ?? image;
  const config = state.images.get(reference);
  if (config === undefined) return null;
  return {
    id: config.digest,
    repoTags: [config.reference],
    repoDigest: imageIdOf(config.reference, config.digest),
    sizeBytes: config.sizeBytes,
    user: config.user,
  };
}
