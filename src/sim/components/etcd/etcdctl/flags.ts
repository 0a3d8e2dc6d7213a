import type { FlagSpec } from "../programs/flags.ts";

export const GLOBAL_FLAGS: readonly FlagSpec[] = [
  {
    name: "cacert",
    value: "text",
    default: "",
    usage: "verify certificates of TLS-enabled secure servers using this CA bundle",
  },
  { name: "cert", value: "text", default: "", usage: "identify secure client using this TLS certificate file" },
  {
    name: "command-timeout",
    value: "duration",
    default: "5s",
    usage: "timeout for short running command (excluding dial timeout)",
  },
  { name: "debug", usage: "enable client-side debug logging" },
  { name: "dial-timeout", value: "duration", default: "2s", usage: "dial timeout for client connections" },
  { name: "endpoints", value: "list", default: "127.0.0.1:2379", usage: "gRPC endpoints" },
  { name: "hex", usage: "print byte strings as hex encoded strings" },
  {
    name: "insecure-skip-tls-verify",
    usage: "skip server certificate verification (CAUTION: this option should be enabled only for testing purposes)",
  },
  {
    name: "discovery-srv",
    short: "d",
    value: "text",
    default: "",
    usage: "domain name to query for SRV records describing cluster endpoints",
  },
  { name: "discovery-srv-name", value: "text", default: "", usage: "service name to query when using DNS discovery" },
  { name: "insecure-discovery", default: "true", usage: "accept insecure SRV records describing cluster endpoints" },
  { name: "insecure-transport", default: "true", usage: "disable transport security for client connections" },
  { name: "keepalive-time", value: "duration", default: "2s", usage: "keepalive time for client connections" },
  { name: "keepalive-timeout", value: "duration", default: "6s", usage: "keepalive timeout for client connections" },
  { name: "key", value: "text", default: "", usage: "identify secure client using this TLS key file" },
  {
    name: "password",
    value: "text",
    default: "",
    usage: "password for authentication (if this option is used, --user option shouldn't include password)",
  },
  {
    name: "user",
    value: "text",
    default: "",
    usage: "username[:password] for authentication (prompt if password is not supplied)",
  },
  {
    name: "write-out",
    short: "w",
    value: "text",
    default: "simple",
    usage: "set the output format (fields, json, protobuf, simple, table)",
  },
];
