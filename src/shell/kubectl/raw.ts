/** `--raw PATH`: what a file says is sent to a path as it is, and the answer shown as it is. */
import type { Invocation } from "./command.ts";
import { CommandError } from "./errors.ts";
import { fileSources } from "./manifests/load.ts";

export async function sendRaw(invocation: Invocation, method: "POST" | "PUT" | "DELETE"): Promise<number> {
  const { client, context, flags } = invocation;
  const [file, ...more] = fileSources(flags);
  if (method !== "DELETE" && (file === undefined || more.length > 0 || typeof file !== "string"))
    throw new CommandError("--raw can only use a single local file or stdin");
  const body = typeof file !== "string" ? undefined : file === "-" ? context.stdin : await context.files.read(file);
  const path = flags.text("raw");
  const answer = await client.raw(method, path, body === undefined ? {} : { body });
  if (answer.status >= 400) await client.send("GET", path);
  context.out.write(answer.body);
  return 0;
}
