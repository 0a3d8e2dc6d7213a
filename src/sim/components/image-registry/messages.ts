/** Every registry that images are pulled from answers here, on one machine: Docker Hub, registry.k8s.io, ghcr.io and so on. */
export const REGISTRY_PORT = 443;

export interface ImageName {
  readonly registry: string;
  readonly repository: string;
  /** "" when only a digest is given. */
  readonly tag: string;
  /** "" when there is none. */
  readonly digest: string;
  /** As containerd names it, registry and tag filled in: `docker.io/library/nginx:1.27`. */
  readonly complete: string;
}

export type RegistryRequest =
  | { readonly type: "manifest"; readonly name: ImageName }
  | { readonly type: "blob"; readonly digest: string; readonly sizeBytes: number };

export interface ImageLayer {
  readonly digest: string;
  readonly sizeBytes: number;
}

/** What kind of userland the image brings: which commands there are. `none`: not even a shell. */
export type ImageUserland = "none" | "busybox" | "alpine" | "debian";

/** An image's manifest and config, as far as this world needs them. Frozen. */
export interface ImageConfig {
  /** Complete: `docker.io/library/nginx:1.27`. */
  readonly reference: string;
  readonly digest: string;
  /** Compressed size: what is transferred, and what `Pulled` events say. */
  readonly sizeBytes: number;
  readonly layers: readonly ImageLayer[];
  readonly entrypoint: readonly string[];
  readonly cmd: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly workingDir: string;
  readonly user: string;
  readonly ports: readonly number[];
  readonly stopSignal: string;
  readonly userland: ImageUserland;
  /** Commands that it has beyond its userland's: `curl`, `dig`. */
  readonly commands: readonly string[];
  /** Executable (last part of its path) -> the kernel component that is this program. */
  readonly programs: Readonly<Record<string, string>>;
  readonly files: Readonly<Record<string, string>>;
  /** What one container of it takes when nobody asks anything of it. */
  readonly idleMemoryBytes: number;
  readonly idleCpuMillicores: number;
  /** CPU time that its server needs for one request. */
  readonly requestCpuUs: number;
}

export type RegistryResponse =
  | { readonly type: "manifest"; readonly image: ImageConfig }
  /** `denied`: Docker Hub's way to say that there is no such repository. */
  | { readonly type: "missing"; readonly reason: "tag" | "repository" | "denied" }
  | { readonly type: "blob"; readonly digest: string };
