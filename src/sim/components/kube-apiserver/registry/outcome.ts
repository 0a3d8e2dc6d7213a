import type { ApiObject, Status } from "../../../api/object.ts";
import type { Companions } from "./service-allocation.ts";

/** What a write comes to, given the object as it is (`current`, with its resourceVersion). */
export type Outcome =
  /** `deletes`: the write is what a delete request means. */
  | {
      readonly do: "put";
      readonly object: ApiObject;
      readonly deletes?: boolean;
      /** What is written with it. */
      readonly companions?: Companions | null;
    }
  | { readonly do: "remove"; readonly object: ApiObject; readonly companions?: Companions | null }
  /** Nothing differs: no write. */
  | { readonly do: "keep"; readonly object: ApiObject }
  | { readonly do: "refuse"; readonly status: Status };
