/** Flags that every verb takes. */
import { type FlagSpec, textFlag } from "./flags.ts";

export const globalFlags: readonly FlagSpec[] = [
  textFlag("as"),
  { name: "as-group", type: "words", default: [] },
  textFlag("as-uid"),
  textFlag("cache-dir"),
  textFlag("certificate-authority"),
  textFlag("client-certificate"),
  textFlag("client-key"),
  textFlag("cluster"),
  textFlag("context"),
  {
    name: "disable-compression",
    type: "bool",
    default: false,
  },
  {
    name: "insecure-skip-tls-verify",
    type: "bool",
    default: false,
  },
  textFlag("kubeconfig"),
  {
    name: "match-server-version",
    type: "bool",
    default: false,
  },
  textFlag("namespace", "", "n"),
  textFlag("password"),
  {
    name: "request-timeout",
    type: "string",
    default: "0",
  },
  textFlag("server", "", "s"),
  textFlag("tls-server-name"),
  textFlag("token"),
  textFlag("user"),
  textFlag("username"),
  { name: "v", short: "v", type: "int", default: 0, hidden: true },
  {
    name: "warnings-as-errors",
    type: "bool",
    default: false,
  },
];
