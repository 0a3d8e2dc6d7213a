/** `kubectl proxy`: the API server on a port of the laptop, with the credentials of the kubeconfig, until Ctrl-C. */
import type { HttpRequest, HttpResponse } from "../../../doors.ts";
import { type Command, type Invocation, inSteps } from "../../command.ts";
import { boolFlag, durationFlag, intFlag, textFlag } from "../../flags.ts";
import { claimPort, listenUntilInterrupted } from "../../listening.ts";

const patterns = (text: string): readonly RegExp[] =>
  text
    .split(",")
    .filter((one) => one !== "")
    .map((one) => new RegExp(one));

const plain = (status: number, body: string): HttpResponse => ({
  status,
  headers: { "content-type": "text/plain; charset=utf-8" },
  body,
});

function filtered({ flags }: Invocation, { method, path }: HttpRequest): boolean {
  if (flags.bool("disable-filter")) return true;
  const [where = ""] = path.split("?");
  const any = (name: string, text: string): boolean => patterns(flags.text(name)).some((one) => one.test(text));
  return any("accept-paths", where) && !any("reject-paths", where) && !any("reject-methods", method);
}

async function forward(invocation: Invocation, request: HttpRequest): Promise<HttpResponse> {
  const prefix = invocation.flags.text("api-prefix").replace(/\/?$/, "/");
  if (!request.path.startsWith(prefix)) return plain(404, "404 page not found\n");
  if (!filtered(invocation, request)) return plain(403, "Forbidden\n");
  const path = `/${request.path.slice(prefix.length)}`;
  const { accept = "*/*", "content-type": contentType } = request.headers;
  const body = request.body === "" ? {} : { body: request.body };
  return invocation.client.raw(request.method, path, { accept, ...body, ...(contentType ? { contentType } : {}) });
}

export const proxy: Command = {
  name: "proxy",
  completes: "none",
  flags: [
    textFlag("accept-hosts", "^localhost$,^127\\.0\\.0\\.1$,^\\[::1\\]$"),
    textFlag("accept-paths", "^.*"),
    textFlag("address", "127.0.0.1"),
    textFlag("api-prefix", "/"),
    boolFlag("append-server-path"),
    boolFlag("disable-filter"),
    durationFlag("keepalive", "0s"),
    intFlag("port", 8001, "p"),
    textFlag("reject-methods", "^$"),
    textFlag("reject-paths", "^/api/.*/pods/.*/exec,^/api/.*/pods/.*/attach"),
  ],
  run: inSteps({
    complete: ({ flags }) => flags.int("port"),
    run: async (wanted, invocation) => {
      const port = claimPort(invocation, wanted, (request) => forward(invocation, request));
      if (invocation.flags.bool("disable-filter"))
        invocation.err("Request filter disabled, your proxy is vulnerable to XSRF attacks, please be cautious");
      invocation.out(`Starting to serve on ${invocation.flags.text("address")}:${port}`);
      return listenUntilInterrupted(invocation, [port]);
    },
  }),
};
