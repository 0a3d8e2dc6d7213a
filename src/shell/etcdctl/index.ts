export { etcdctl, etcdctlOn } from "./program.ts";
