import type { ApiDoor } from "../../shell/doors.ts";
import { tooManyRequests } from "../../sim/api/status-errors.ts";
import type { OpenStreams } from "./limits.ts";
import type { Gate } from "./requests.ts";

/** The two ways into a cluster: as kubernetes-admin by its client certificate, or with nothing but what was sent. */
export interface Doors {
  readonly administrator: ApiDoor;
  readonly stranger: ApiDoor;
}

/** The cluster of the moment, or one sentence why there is none. */
export type Backend = () => Doors | string;

/** What every request passes through. */
export interface Entrance {
  gate(): Gate;
  readonly backend: Backend;
  readonly streams: OpenStreams;
}

export const TOO_MANY_STREAMS = tooManyRequests("too many streams are open, please try again later.", 1);
