/** Flags that every verb takes. */
import type { FlagSpec } from "./flags.ts";

const text = (name: string, usage: string, short?: string): FlagSpec => ({
  name,
  type: "string",
  default: "",
  usage,
  ...(short ? { short } : {}),
});

export const globalFlags: readonly FlagSpec[] = [
  text("as", "Username to act as. A regular user, or a service account in a namespace."),
  { name: "as-group", type: "words", default: [], usage: "Group to act as; may be given several times." },
  text("as-uid", "UID to act as."),
  text("cache-dir", "Folder for what is remembered of the server."),
  text("certificate-authority", "Path to a certificate file of the certificate authority"),
  text("client-certificate", "Path to a client certificate file for TLS"),
  text("client-key", "Path to a client key file for TLS"),
  text("cluster", "The name of the kubeconfig cluster to use"),
  text("context", "The name of the kubeconfig context to use"),
  {
    name: "disable-compression",
    type: "bool",
    default: false,
    usage: "If true, answers of the server are not compressed",
  },
  {
    name: "insecure-skip-tls-verify",
    type: "bool",
    default: false,
    usage: "If true, the server's certificate is not checked.",
  },
  text("kubeconfig", "Path to the kubeconfig file to use for CLI requests."),
  {
    name: "match-server-version",
    type: "bool",
    default: false,
    usage: "Require the server's version to be the client's",
  },
  text("namespace", "If present, the namespace scope for this CLI request", "n"),
  text("password", "Password for basic authentication to the API server"),
  {
    name: "request-timeout",
    type: "string",
    default: "0",
    usage: "How long to wait for one answer of the server, with a unit (1s, 2m, 3h). Zero: without limit.",
  },
  text("server", "The address and port of the Kubernetes API server", "s"),
  text("tls-server-name", "Server name for checking the server's certificate."),
  text("token", "Bearer token for authentication to the API server"),
  text("user", "The name of the kubeconfig user to use"),
  text("username", "Username for basic authentication to the API server"),
  { name: "v", short: "v", type: "int", default: 0, usage: "number for the log level verbosity", hidden: true },
  {
    name: "warnings-as-errors",
    type: "bool",
    default: false,
    usage: "Treat warnings of the server as errors, and exit with a code that says so",
  },
];
