import type { ApiObject } from "../object.ts";
import type { ResourceList } from "../pod/types.ts";
import type { ScopeRequirement } from "./scopes.ts";

/** How one kind of objects counts against quotas (apiserver `quota/v1` Evaluator). */
export interface Evaluator {
  /** Which writes are charged. */
  handles(operation: "CREATE" | "UPDATE", subresource: string): boolean;
  /** Whether `name` in a quota's `hard` is about objects of this kind. */
  countsResource(name: string): boolean;
  /** What one object takes, by the quota's names. `nowWallUs` is calendar time. */
  usage(object: ApiObject, nowWallUs: number): ResourceList;
  /** What the object would have to say for a quota over `names`: `limits.cpu for: a`; "" if nothing. */
  missing(object: ApiObject, names: readonly string[]): string;
  matchesScope(scope: ScopeRequirement, object: ApiObject): boolean;
}
