export { coredns } from "./program.ts";
