export { metricsServer } from "./program.ts";
