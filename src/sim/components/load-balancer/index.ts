export { loadBalancer } from "./program.ts";
