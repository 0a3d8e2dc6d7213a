/** The door of kubectl: the program itself, and completion of what is being typed. */
export { complete } from "./completion.ts";
export { kubectl } from "./program.ts";
