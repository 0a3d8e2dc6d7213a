export { kubeProxy } from "./program.ts";
