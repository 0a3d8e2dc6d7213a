export { etcd } from "./component.ts";
