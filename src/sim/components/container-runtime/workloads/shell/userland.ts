import type { ImageUserland } from "../../../image-registry/messages.ts";

const COMMON = [
  "sh",
  "ash",
  "echo",
  "sleep",
  "true",
  "false",
  "exit",
  "date",
  "hostname",
  "env",
  "printenv",
  "cat",
  "ls",
  "seq",
  "printf",
  "test",
  "[",
  "kill",
  "touch",
  "rm",
  "mkdir",
  "mv",
  "cp",
  "head",
  "tail",
  "wc",
  "grep",
  "tee",
  "id",
  "whoami",
  "uname",
  "yes",
  "expr",
  "sort",
  "cut",
  "tr",
  "basename",
  "dirname",
  "pwd",
  "dd",
  "mktemp",
  "timeout",
  "nproc",
  "stat",
  "df",
  "free",
  "uptime",
  "xargs",
  "sed",
  "chmod",
  "chown",
  "chgrp",
  "sysctl",
  "base64",
  "uniq",
  "ln",
  "find",
  "sync",
  "readlink",
  "tac",
  "rev",
  "awk",
  "tar",
  "stty",
];
const BUSYBOX = [
  ...COMMON,
  "hexdump",
  "busybox",
  "wget",
  "nslookup",
  "nc",
  "ping",
  "ps",
  "httpd",
  "vi",
  "top",
  "ip",
  "ifconfig",
  "netstat",
  "telnet",
  "traceroute",
];
const DEBIAN = [...COMMON, "bash"];

const USERLANDS: Readonly<Record<ImageUserland, ReadonlySet<string>>> = {
  none: new Set(),
  busybox: new Set(BUSYBOX),
  alpine: new Set(BUSYBOX),
  debian: new Set(DEBIAN),
};
const DIRECTORIES = ["/bin/", "/usr/bin/", "/sbin/", "/usr/sbin/", "/usr/local/bin/"];

/** Whether `executable` (a bare name, or a path in one of the usual directories) is a command of such an image; `extra` may be paths. */
export function hasCommand(userland: ImageUserland, extra: readonly string[], executable: string): boolean {
  if (extra.includes(executable)) return true;
  const slash = executable.lastIndexOf("/");
  if (slash >= 0 && !DIRECTORIES.includes(executable.slice(0, slash + 1))) return false;
  const name = executable.slice(slash + 1);
  return USERLANDS[userland].has(name) || extra.includes(name);
}
