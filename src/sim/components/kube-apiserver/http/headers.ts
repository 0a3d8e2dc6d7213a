import { numberedUuid } from "../../../api/hash.ts";
import type { HttpRequest } from "../messages.ts";
import type { ApiServerState } from "../state.ts";

/** The number of a request in the audit log: the client's own, or a UUID. It is drawn from no random stream, so that nothing else changes with how often the server is asked. */
export function auditIdOf(state: ApiServerState, { headers }: HttpRequest): string {
  const sent = headers["audit-id"];
  if (sent) return sent;
  state.requestsServed += 1;
  return numberedUuid(state.identity, state.requestsServed);
}
