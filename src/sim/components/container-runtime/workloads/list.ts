import { agnhost } from "./agnhost/index.ts";
import { crasher } from "./crasher.ts";
import { pause } from "./pause.ts";
import { server } from "./server/index.ts";
import { shell } from "./shell/index.ts";
import { stress } from "./stress.ts";

/** Every behaviour that users' containers have. */
export const WORKLOADS = [server, shell, pause, crasher, stress, agnhost] as const;
