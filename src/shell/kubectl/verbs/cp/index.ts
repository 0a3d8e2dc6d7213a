/** `kubectl cp`: files to and from a container, by the `tar` that is in it. */
import { readTar, TAR_END, tarEntry } from "../../../../sim/api/tar.ts";
import { type Command, type Invocation, inSteps } from "../../command.ts";
import { CommandError, SilentExit } from "../../errors.ts";
import { boolFlag, intFlag, textFlag } from "../../flags.ts";
import { chooseContainer, namedObject } from "../../pods.ts";
import { collectStream } from "../../streams.ts";

interface Place {
  readonly namespace: string;
  /** Null: on this side. */
  readonly pod: string | null;
  readonly path: string;
}

interface Options {
  readonly from: Place;
  readonly to: Place;
}

/** `[[namespace/]pod:]path` */
function parsePlace(text: string, namespace: string): Place {
  const colon = text.indexOf(":");
  if (colon < 0) return { namespace, pod: null, path: text };
  if (colon === 0) throw new CommandError("filespec must match the canonical format: [[namespace/]pod:]file/path");
  const [head, path] = [text.slice(0, colon), text.slice(colon + 1)];
  const parts = head.split("/");
  if (parts.length > 2) return { namespace, pod: null, path: text };
  const [first = "", second] = parts;
  return second === undefined ? { namespace, pod: first, path } : { namespace: first, pod: second, path };
}

async function complete({ args, namespace }: Invocation): Promise<Options> {
  const [source, destination] = args;
  if (source === undefined || destination === undefined || args.length > 2)
    throw new CommandError("source and destination are required");
  const [from, to] = [parsePlace(source, namespace), parsePlace(destination, namespace)];
  if (from.pod !== null && to.pod !== null)
    throw new CommandError("one of src or dest must be a local file specification");
  if (from.pod === null && to.pod === null)
    throw new CommandError("one of src or dest must be a remote file specification");
  if (from.path === "" || to.path === "") throw new CommandError("filepath can not be empty");
  return { from, to };
}

/** Runs a command in the container of a place. */
async function runThere(invocation: Invocation, place: Place, command: readonly string[], stdin: string | null) {
  const { flags } = invocation;
  const asked = { ...invocation, namespace: place.namespace };
  const { object } = await namedObject(asked, place.pod!);
  const container = flags.text("container") || chooseContainer(invocation, object, "", false);
  return collectStream(invocation, { namespace: place.namespace, pod: place.pod!, container, command, stdin });
}

function baseName(path: string): string {
  return path.replace(/\/+$/, "").split("/").at(-1) ?? "";
}

function folderOf(path: string): string {
  const slash = path.lastIndexOf("/");
  return slash < 0 ? "." : slash === 0 ? "/" : path.slice(0, slash);
}

async function upload(invocation: Invocation, { from, to }: Options): Promise<void> {
  const { context } = invocation;
  const isFolder = (await context.files.list?.(from.path)) ?? null;
  const exists =
    isFolder !== null ||
    (await context.files.read(from.path).then(
      () => true,
      () => false,
    ));
  if (!exists) throw new CommandError(`${from.path} doesn't exist in local filesystem`);
  const target = to.path.replace(/(.)\/+$/, "$1");
  const inFolder = (await runThere(invocation, to, ["test", "-d", target], null)).code === 0;
  const path = inFolder ? `${target === "/" ? "" : target}/${baseName(from.path)}` : target;
  const mtime = Math.floor((await context.session.wallUs()) / 1_000_000);
  const archive = `${await entriesOf(invocation, from.path, baseName(path), mtime)}${TAR_END}`;
  const extract = ["tar", "-xmf", "-", ...(folderOf(path) === "." ? [] : ["-C", folderOf(path)])];
  const { code, err } = await runThere(invocation, to, extract, archive);
  if (err !== "") context.err.write(err);
  if (code === 0) return;
  invocation.err(`command terminated with exit code ${code}`);
  throw new SilentExit(1);
}

async function entriesOf(invocation: Invocation, path: string, name: string, mtime: number): Promise<string> {
  const { files } = invocation.context;
  const names = (await files.list?.(path)) ?? null;
  if (names === null) return tarEntry(name, "file", await files.read(path), mtime);
  let entries = tarEntry(`${name}/`, "folder", "", mtime);
  for (const inner of [...names].sort())
    entries += await entriesOf(invocation, `${path.replace(/\/+$/, "")}/${inner}`, `${name}/${inner}`, mtime);
  return entries;
}

async function download(invocation: Invocation, { from, to }: Options): Promise<void> {
  const { context } = invocation;
  const { out, err } = await runThere(invocation, from, ["tar", "cf", "-", from.path], null);
  if (err !== "") context.out.write(err);
  const root = from.path.replace(/^\/+/, "").replace(/\/+$/, "");
  for (const { name, type, text } of readTar(out) ?? []) {
    const rest = name === root ? "" : name.slice(root.length);
    const path = `${to.path.replace(/(.)\/+$/, "$1")}${rest}`;
    if (type !== "file") continue;
    if (await context.files.list?.(path)) throw new CommandError(`open ${path.replace(/\/+$/, "")}: is a directory`);
    await context.files.write(path, text);
  }
}

export const cp: Command = {
  name: "cp",
  completes: "pods",
  flags: [textFlag("container", "", "c"), boolFlag("no-preserve"), intFlag("retries")],
  run: inSteps({
    complete,
    run: async (options, invocation) => {
      await (options.from.pod === null ? upload(invocation, options) : download(invocation, options));
      return 0;
    },
  }),
};
