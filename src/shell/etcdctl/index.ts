export { ETCDCTL_PROFILE, etcdctl } from "./program.ts";
