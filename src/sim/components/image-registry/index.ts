import type { Component, Context, KernelMessage } from "../../kernel/types.ts";
import { findImage } from "./catalogue.ts";
import { REGISTRY_PORT, type RegistryRequest, type RegistryResponse } from "./messages.ts";

/** Counters for the page: what has been asked of the registry. */
export interface RegistryState {
  manifests: number;
  blobs: number;
  sentBytes: number;
}

/** The machine `registry`: answers manifests and layers; the link's bandwidth makes large ones slow. */
export const imageRegistry: Component<RegistryState> = {
  kind: "image-registry",
  start(context: Context): RegistryState {
    context.listen(REGISTRY_PORT);
    return { manifests: 0, blobs: 0, sentBytes: 0 };
  },
  step(state: RegistryState, message: KernelMessage, context: Context): void {
    if (message.type === "signal") {
      context.exit(0);
      return;
    }
    if (message.type !== "request") return;
    const request = message.body as RegistryRequest;
    if (request.type === "blob") {
      state.blobs += 1;
      state.sentBytes += request.sizeBytes;
      const answer: RegistryResponse = { type: "blob", digest: request.digest };
      context.respond(message.id, answer, {
        label: `layer ${request.digest.slice(0, 19)}`,
        sizeBytes: request.sizeBytes,
      });
      return;
    }
    state.manifests += 1;
    const found = findImage(request.name);
    const answer: RegistryResponse =
      "image" in found ? { type: "manifest", image: found.image } : { type: "missing", reason: found.missing };
    context.respond(message.id, answer, { label: "image" in found ? "200 manifest" : "404" });
  },
  serviceTimeUs(): number {
    return 2_000;
  },
};
