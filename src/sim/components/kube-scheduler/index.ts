export { kubeScheduler } from "./program.ts";
