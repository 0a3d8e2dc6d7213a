/** `kubectl config set-cluster|set-credentials|set-context|delete-*|rename-context|get-clusters|get-users` */
import type { Invocation } from "../../command.ts";
import { CommandError, UsageError } from "../../errors.ts";
import type { FlagSpec } from "../../flags.ts";
import { type JsonObject, objectsOf, without } from "../../json.ts";
import { currentContext } from "../../kubeconfig.ts";
import { entryNamed, namesIn, pathOf, type Section, withEntry, writeConfig } from "./files.ts";

function onlyName({ args }: Invocation): string {
  const [name] = args;
  if (name === undefined || args.length > 1) throw new UsageError(`Unexpected args: [${args.join(" ")}]`);
  return name;
}

/** Flags that were given, by the names that the file has for them. */
function given({ flags }: Invocation, names: readonly string[]): JsonObject {
  return Object.fromEntries(names.filter((name) => flags.changed(name)).map((name) => [name, flags.text(name)]));
}

function base64(text: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}

/** With `--embed-certs` a file's content stands in the kubeconfig instead of its name. */
async function embedded(invocation: Invocation, entry: JsonObject, field: string): Promise<JsonObject> {
  const { context, flags } = invocation;
  const path = flags.changed(field) ? flags.text(field) : "";
  if (path === "") return entry;
  if (!flags.bool("embed-certs")) return without({ ...entry, [field]: absolute(invocation, path) }, `${field}-data`);
  try {
    const text = await context.files.read(path);
    return without({ ...entry, [`${field}-data`]: base64(text) }, field);
  } catch {
    throw new CommandError(`could not read ${field} data from ${path}: open ${path}: no such file or directory`);
  }
}

function absolute({ context }: Invocation, path: string): string {
  return path.startsWith("/") ? path : `${context.directory}/${path}`;
}

export const clusterFlags: readonly FlagSpec[] = [
  { name: "embed-certs", type: "bool", default: false, bare: "true" },
  { name: "proxy-url", type: "string", default: "" },
];

export async function setCluster(config: JsonObject, invocation: Invocation): Promise<void> {
  const { flags } = invocation;
  const name = onlyName(invocation);
  const [skips, authority] = [flags.bool("insecure-skip-tls-verify"), flags.text("certificate-authority")];
  if (skips && authority !== "") {
    throw new CommandError("you cannot specify a certificate authority and insecure mode at the same time");
  }
  if (flags.bool("embed-certs") && authority === "")
    throw new CommandError("you must specify a --certificate-authority to embed");
  const before = entryNamed(config, "clusters", name) ?? { server: "" };
  const changed = {
    ...before,
    ...given(invocation, ["server", "tls-server-name", "proxy-url"]),
    ...(flags.changed("insecure-skip-tls-verify") ? { "insecure-skip-tls-verify": skips } : {}),
  };
  const insecure = skips ? without(changed, "certificate-authority", "certificate-authority-data") : changed;
  const entry = await embedded(invocation, insecure, "certificate-authority");
  await writeConfig(withEntry(config, "clusters", name, entry), invocation);
  invocation.out(`Cluster ${JSON.stringify(name)} set.`);
}

export const credentialFlags: readonly FlagSpec[] = [{ name: "embed-certs", type: "bool", default: false }];

export async function setCredentials(config: JsonObject, invocation: Invocation): Promise<void> {
  const { flags } = invocation;
  const name = onlyName(invocation);
  if (flags.text("token") !== "" && (flags.text("username") !== "" || flags.text("password") !== ""))
    throw new CommandError(
      "you cannot specify more than one authentication method at the same time: --token, --username/--password",
    );
  if (flags.bool("embed-certs") && flags.text("client-certificate") === "" && flags.text("client-key") === "")
    throw new CommandError("you must specify a --client-certificate or --client-key to embed");
  const before = entryNamed(config, "users", name) ?? {};
  const changed = { ...before, ...given(invocation, ["token", "username", "password"]) };
  const replaced = flags.changed("token")
    ? without(changed, "username", "password")
    : flags.changed("username")
      ? without(changed, "token")
      : changed;
  const withCertificate = await embedded(invocation, replaced, "client-certificate");
  const entry = await embedded(invocation, withCertificate, "client-key");
  await writeConfig(withEntry(config, "users", name, entry), invocation);
  invocation.out(`User ${JSON.stringify(name)} set.`);
}

export async function setContext(config: JsonObject, invocation: Invocation): Promise<void> {
  const { args, flags } = invocation;
  if (args.length > 1 || (flags.bool("current") && args.length > 0))
    throw new UsageError(`Unexpected args: [${args.join(" ")}]`);
  const name = flags.bool("current") ? currentContext(config) : args[0];
  if (flags.bool("current") && name === "") throw new CommandError("no current context is set");
  if (name === undefined) throw new CommandError("you must specify a non-empty context name or --current");
  const before = entryNamed(config, "contexts", name);
  const entry = { ...(before ?? { cluster: "", user: "" }), ...given(invocation, ["cluster", "namespace", "user"]) };
  await writeConfig(withEntry(config, "contexts", name, entry), invocation);
  invocation.out(`Context ${JSON.stringify(name)} ${before ? "modified" : "created"}.`);
}

export async function renameContext(config: JsonObject, invocation: Invocation): Promise<void> {
  const [from, to] = invocation.args;
  if (from === undefined || to === undefined || invocation.args.length > 2)
    throw new UsageError(`Unexpected args: [${invocation.args.join(" ")}]`);
  const entry = entryNamed(config, "contexts", from);
  const path = pathOf(invocation);
  if (!entry) throw new CommandError(`cannot rename the context ${JSON.stringify(from)}, it's not in ${path}`);
  if (entryNamed(config, "contexts", to))
    throw new CommandError(
      `cannot rename the context ${JSON.stringify(from)}, the context ${JSON.stringify(to)} already exists in ${path}`,
    );
  const moved = withEntry(withEntry(config, "contexts", from, null), "contexts", to, entry);
  const current = currentContext(config) === from ? to : currentContext(config);
  await writeConfig({ ...moved, "current-context": current }, invocation);
  invocation.out(`Context ${JSON.stringify(from)} renamed to ${JSON.stringify(to)}.`);
}

/** `word`: what messages call an entry of the section. */
export function deleter(section: Section, word: string) {
  return async (config: JsonObject, invocation: Invocation): Promise<void> => {
    const name = onlyName(invocation);
    const path = pathOf(invocation);
    if (!entryNamed(config, section, name)) throw new CommandError(`cannot delete ${word} ${name}, not in ${path}`);
    if (section === "contexts" && currentContext(config) === name)
      invocation.err(
        'warning: this removed your active context, use "kubectl config use-context" to select a different one',
      );
    await writeConfig(withEntry(config, section, name, null), invocation);
    invocation.out(`deleted ${word} ${name} from ${path}`);
  };
}

export function lister(section: Section) {
  return async (config: JsonObject, invocation: Invocation): Promise<void> => {
    if (objectsOf(config[section]).length === 0 && section === "users") return;
    for (const line of ["NAME", ...namesIn(config, section)]) invocation.out(line);
  };
}
