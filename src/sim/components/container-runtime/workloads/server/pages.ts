import type { Context } from "../../../../kernel/types.ts";
import type { HttpRequest, HttpResponse } from "../../../kube-apiserver/messages.ts";
import type { ProgramArgs } from "../../messages.ts";
import { readFile } from "../files.ts";

/** What a web server answers: by the program that it is. */
export function answerHttp(context: Context, args: ProgramArgs, request: HttpRequest, clientIp: string): HttpResponse {
  const image = args.image;
  const path = request.path.split("?")[0] ?? "/";
  const program = programOf(args);
  if (program === "nginx") return fromFiles(context, args, path, "/usr/share/nginx/html", nginxNotFound(args));
  if (program === "httpd" || program === "httpd-foreground")
    return fromFiles(context, args, path, "/usr/local/apache2/htdocs", HTTPD_NOT_FOUND);
  const hostname = args.container.hostname;
  if (image.includes("http-echo")) return ok(`${flag(args, "text") || "hello-world"}\n`);
  if (image.includes("hello-app"))
    return ok(`Hello, world!\nVersion: ${image.endsWith(":2.0") ? "2.0.0" : "1.0.0"}\nHostname: ${hostname}\n`);
  if (image.includes("kubernetes-bootcamp"))
    return ok(`Hello Kubernetes bootcamp! | Running on: ${hostname} | v=${image.endsWith(":v2") ? 2 : 1}\n`);
  if (image.includes("whoami")) return ok(whoami(args, request, clientIp));
  if (image.includes("serve_hostname")) return ok(hostname);
  if (image.includes("hpa-example")) return ok("OK!");
  if (image.includes("node-hello")) return ok("Hello Kubernetes!");
  if (path === "/health" || path === "/healthz" || path === "/ready" || path === "/readyz" || path === "/livez")
    return ok("ok\n");
  return ok(`Hello from ${hostname} (${image.slice(image.lastIndexOf("/") + 1)})\n`);
}

/** The last part of its path; behind an image's entry point script, what that one starts. */
export function programOf({ argv }: ProgramArgs): string {
  const name = (argv[0] ?? "").split("/").at(-1) ?? "";
  return name === "docker-entrypoint.sh" ? (argv[1] ?? "") : name;
}

function ok(body: string): HttpResponse {
  return { type: "http", status: 200, headers: { "content-type": "text/plain; charset=utf-8" }, body };
}

function fromFiles(context: Context, args: ProgramArgs, path: string, root: string, notFound: string): HttpResponse {
  const text = readFile(context, args, path.endsWith("/") ? `${root}${path}index.html` : `${root}${path}`);
  const headers = { "content-type": "text/html" };
  return text === null
    ? { type: "http", status: 404, headers, body: notFound }
    : { type: "http", status: 200, headers, body: text };
}

function nginxNotFound(args: ProgramArgs): string {
  const version = args.imageConfig.env.NGINX_VERSION ?? "1.27.5";
  const lines = [
    "<html>",
    "<head><title>404 Not Found</title></head>",
    "<body>",
    "<center><h1>404 Not Found</h1></center>",
    `<hr><center>nginx/${version}</center>`,
    "</body>",
    "</html>",
  ];
  return `${lines.join("\r\n")}\r\n`;
}

const HTTPD_NOT_FOUND = `<!DOCTYPE HTML PUBLIC "-//IETF//DTD HTML 2.0//EN">
<html><head>
<title>404 Not Found</title>
</head><body>
<h1>Not Found</h1>
<p>The requested URL was not found on this server.</p>
</body></html>
`;

function whoami(args: ProgramArgs, request: HttpRequest, clientIp: string): string {
  const host = request.headers.host ?? args.podIp;
  return `Hostname: ${args.container.hostname}\nIP: 127.0.0.1\nIP: ${args.podIp}\nRemoteAddr: ${clientIp}:40000\n${request.method} ${request.path} HTTP/1.1\nHost: ${host}\nUser-Agent: ${request.headers["user-agent"] ?? ""}\nAccept: */*\n\n`;
}

/** Value of `-name=x`, `--name=x` or `-name x`. */
export function flag({ argv }: ProgramArgs, name: string): string {
  for (const [index, argument] of argv.entries()) {
    const bare = argument.replace(/^--?/, "");
    if (argument.startsWith("-") && bare.startsWith(`${name}=`)) return bare.slice(name.length + 1);
    if (argument.startsWith("-") && bare === name) return argv[index + 1] ?? "";
  }
  return "";
}
