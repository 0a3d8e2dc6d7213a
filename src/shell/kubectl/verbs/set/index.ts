/** `kubectl set` */
import type { Command } from "../../command.ts";
import { env } from "./env.ts";
import { image, resources, serviceaccount } from "./pod-spec.ts";
import { selector, subject } from "./references.ts";

export const set: Command = {
  name: "set",
  subcommands: [env, image, resources, selector, serviceaccount, subject],
};
