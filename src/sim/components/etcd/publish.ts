import type { Context } from "../../kernel/types.ts";
import type { Member } from "./messages.ts";
import { enqueue } from "./proposals.ts";
import type { Command, EtcdState } from "./state.ts";
import { zap } from "./zap-log.ts";

const PUBLISH_RETRY_US = 7_000_000;

export function memberOf(
  id: string,
  name: string,
  peerUrls: readonly string[],
  clientUrls: readonly string[],
  started: boolean,
): Member {
  return Object.freeze({
    id,
    name,
    peerUrls: Object.freeze([...peerUrls]),
    clientUrls: Object.freeze([...clientUrls]),
    isLearner: false,
    started,
  });
}

/** Makes this member's name and client URLs known to the cluster, until it has worked. */
export function publish(state: EtcdState, context: Context): void {
  if (state.phase !== "running" || isPublished(state)) return;
  const { config, id } = state;
  const member = memberOf(id, config.name, config.advertisePeerUrls, config.advertiseClientUrls, true);
  const isQueued = state.queue.some(({ data }) => (data as Command).operation.op === "publish");
  if (!isQueued) enqueue(state, context, Object.freeze({ op: "publish", member }), 0, 200);
  context.setTimer(PUBLISH_RETRY_US, { type: "publish" });
}

function isPublished({ config, id, members }: EtcdState): boolean {
  const own = members.get(id);
  return (
    own?.started === true && own.name === config.name && own.clientUrls.join() === config.advertiseClientUrls.join()
  );
}

/** To be called when a member was made known: says so, once, when it is this one. */
export function published(state: EtcdState, context: Context): void {
  if (state.published || !isPublished(state)) return;
  state.published = true;
  const { config, id } = state;
  zap(context, "info", "etcdserver/server.go:2110", "published local member to cluster through raft", {
    "local-member-id": id,
    "local-member-attributes": `{Name:${config.name} ClientURLs:[${config.advertiseClientUrls.join(" ")}]}`,
    "cluster-id": state.clusterId,
    "publish-timeout": "7s",
  });
  zap(context, "info", "embed/serve.go:103", "ready to serve client requests");
}
