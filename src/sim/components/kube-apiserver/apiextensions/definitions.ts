import type { Definition } from "../../../api/custom/definition.ts";
import type { Context } from "../../../kernel/types.ts";
import { registerCustomApis } from "../aggregator/custom.ts";
import type { ApiServerState } from "../state.ts";
import type { CachedEvent } from "../watch/history.ts";
import { neighboursOf, workOnDefinition } from "./controllers.ts";
import { definitionsOf, refreshKinds } from "./kinds.ts";

/** All definitions are there (again): the kinds that they make, and what is to be done about them. */
export function definitionsListed(state: ApiServerState, context: Context): void {
  refreshKinds(state, context);
  registerCustomApis(state, context);
  for (const definition of [...definitionsOf(state)]) workOnDefinition(state, context, definition.metadata!.name!);
}

/** Some definitions have changed; names that one takes or gives up concern its neighbours. */
export function definitionEvents(state: ApiServerState, context: Context, events: readonly CachedEvent[]): void {
  refreshKinds(state, context);
  registerCustomApis(state, context);
  for (const event of events) {
    if (event.trace !== null) context.actFor(event.trace);
    const definition = event.object as Definition;
    if (event.type !== "DELETED") workOnDefinition(state, context, definition.metadata!.name!);
    for (const name of neighboursOf(state, definition))
      if (name !== definition.metadata!.name) workOnDefinition(state, context, name);
  }
}
