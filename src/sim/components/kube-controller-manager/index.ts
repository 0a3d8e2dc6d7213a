/** The door: what others may import. */
export { type ControllerManagerState, kubeControllerManager } from "./program.ts";
