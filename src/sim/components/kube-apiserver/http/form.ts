/** How an HTTP client wants its answer written. */
export interface ResponseForm {
  readonly method: string;
  /** With the query, as it was sent. */
  readonly path: string;
  readonly as: "object" | "table" | "partial";
  readonly media: "json" | "yaml";
  readonly pretty: boolean;
  /** Of table rows: `None`, `Metadata` (default), `Object`. */
  readonly includeObject: string;
  /** Of tables and of metadata alone; default v1. */
  readonly metaVersion?: MetaVersion;
  /** What every answer to this request says beside its own headers. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** Versions of `meta.k8s.io`. */
export type MetaVersion = "v1" | "v1beta1";
