import { etcdctl } from "./etcdctl/program.ts";
import { etcdutl } from "./etcdutl/program.ts";
import { programComponent } from "./programs/program.ts";

/** The programs that come with etcd, as processes of the machine they are typed on. */
export const ETCD_PROGRAMS = [programComponent(etcdctl), programComponent(etcdutl)] as const;
