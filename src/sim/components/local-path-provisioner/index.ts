export { localPathProvisioner } from "./program.ts";
