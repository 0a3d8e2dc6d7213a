import type { Done } from "../done.ts";

/** What a command line asks of Python. */
export type PythonCall =
  | { readonly is: "script"; readonly script: string; readonly file: string; readonly argv: readonly string[] }
  | { readonly is: "server" }
  | ({ readonly is: "done" } & Done);

/** Scripts that serve: what they answer is up to the image's server. */
const SERVERS = /\b(http\.server|socketserver|flask|fastapi|uvicorn|aiohttp|tornado|django|BaseHTTPServer)\b/;

export function readPythonCall(
  argv: readonly string[],
  readText: (path: string) => string | null,
  stdin: string,
): PythonCall {
  const name = (argv[0] ?? "").split("/").at(-1) ?? "python3";
  const end = (status: number, out: string, err = ""): PythonCall => ({ is: "done", status, out, err });
  let at = 1;
  while (/^-[uBOEsSIqvb]+$/.test(argv[at] ?? "")) at += 1;
  const [first, second = ""] = argv.slice(at);
  if (first === "-V" || first === "--version") return end(0, "Python 3.13.3\n");
  if (first === "-c") return script(second, "<string>", ["-c", ...argv.slice(at + 2)]);
  if (first === "-m")
    return SERVERS.test(second) || second === "SimpleHTTPServer"
      ? { is: "server" }
      : end(1, "", `/usr/local/bin/${name}: No module named ${second}\n`);
  if (first === undefined || first === "-") return script(stdin, "<stdin>", [first ?? ""]);
  const text = readText(first);
  if (text !== null) return script(text, first, argv.slice(at));
  return end(2, "", `${name}: can't open file '${first}': [Errno 2] No such file or directory\n`);
}

function script(text: string, file: string, argv: readonly string[]): PythonCall {
  return SERVERS.test(text) ? { is: "server" } : { is: "script", script: text, file, argv };
}
