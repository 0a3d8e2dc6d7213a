/** What the real client says around a connection that fails before it knows the server's kinds. */

import { formatTime } from "../../sim/api/time.ts";
import type { ProgramContext } from "../doors.ts";
import { CommandError, ConnectionError } from "./errors.ts";

/** Verbs that look only so often before they give up. */
const looks: Readonly<Record<string, number>> = {
  "api-resources": 1,
  "api-versions": 1,
  "cluster-info": 5,
  explain: 2,
  run: 1,
  taint: 2,
  diff: 1,
};
const fewer = /^(logs|exec|attach|cordon|uncordon|drain|wait|port-forward|debug|set|rollout)$/;

/** One `E1120 ... memcache.go` line a look: whoever has asked the server before looks into what it remembers instead. */
export async function reportFailedDiscovery(context: ProgramContext, server: string, error: unknown): Promise<void> {
  if (!(error instanceof ConnectionError) || error.failure.failure !== "refused") return;
  const [verb = "", ...rest] = context.args.filter((arg) => !arg.startsWith("-"));
  const count = looks[verb] ?? (fewer.test(verb) || rest[0]?.includes("/") ? 4 : 5);
  const why = `Get \\"${server}/api?timeout=32s\\": ${error.failure.text}`;
  const wallUs = await context.session.wallUs();
  for (let look = 0; look < count; look += 1) {
    const atUs = wallUs + look * 1_300;
    const time = formatTime(atUs);
    const stamp = `E${time.slice(5, 7)}${time.slice(8, 10)} ${time.slice(11, 19)}.${String(atUs % 1_000_000).padStart(6, "0")}`;
    context.err.write(
      `${stamp}    4242 memcache.go:265] "Unhandled Error" err="couldn't get current server API group list: ${why}"\n`,
    );
  }
}

/** Manifests are validated with the server's schema first: without it they are not sent at all. */
export function unvalidated(error: Error, source: string, server: string): Error {
  if (!(error instanceof ConnectionError)) return error;
  return new CommandError(
    `error validating ${JSON.stringify(source)}: error validating data: failed to download openapi: Get "${server}/openapi/v2?timeout=32s": ${error.failure.text}; if you choose to ignore these errors, turn validation off with --validate=false`,
  );
}
