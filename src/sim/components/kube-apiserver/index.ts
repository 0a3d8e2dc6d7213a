export { kubeApiserver } from "./component.ts";
