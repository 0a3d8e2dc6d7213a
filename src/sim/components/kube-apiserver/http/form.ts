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
  /** What every answer to this request says beside its own headers. */
  readonly headers?: Readonly<Record<string, string>>;
}
