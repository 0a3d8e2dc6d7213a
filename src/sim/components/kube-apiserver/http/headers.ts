import { digestHex } from "../../../api/hash.ts";
import type { HttpRequest } from "../messages.ts";
import type { ApiServerState } from "../state.ts";

/** The number of a request in the audit log: the client's own, or a UUID. It is drawn from no random stream, so that nothing else changes with how often the server is asked. */
export function auditIdOf(state: ApiServerState, { headers }: HttpRequest): string {
  const sent = headers["audit-id"];
  if (sent) return sent;
  state.requestsServed += 1;
  const digest = digestHex(`${state.identity} ${state.requestsServed}`, 32);
  const variant = "89ab"[Number.parseInt(digest[16]!, 16) & 3];
  const parts = [digest.slice(0, 8), digest.slice(8, 12), `4${digest.slice(13, 16)}`];
  return [...parts, `${variant}${digest.slice(17, 20)}`, digest.slice(20, 32)].join("-");
}
