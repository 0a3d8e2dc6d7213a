/** `df`, `free`, `ps`, `top`, `uname`, `uptime`, `nproc`, `dmesg`: what a machine has, and what runs on it. */
import type { MachineFacts, Program, ProgramContext } from "../doors.ts";
import { consoleOf } from "./here.ts";
import { shortTime } from "./times.ts";

const KERNEL = "6.8.0-60-generic";

/** A program that only shows what the machine is; the laptop has its own shell's. */
function shows(name: string, text: (facts: MachineFacts, context: ProgramContext, nowUs: number) => string): Program {
  return async (context) => {
    const console = consoleOf(context) ?? context.console("laptop");
    if (console === null) {
      context.err.write(`${name}: no machine\n`);
      return 1;
    }
    context.out.write(text(await console.facts(), context, await context.session.wallUs()));
    return 0;
  };
}

const has = ({ args }: ProgramContext, letter: string): boolean =>
  args.some((arg) => /^-[a-zA-Z]+$/.test(arg) && arg.includes(letter));

/** `7.8G`, as `-h` shows it. */
function human(bytes: number, suffix = ""): string {
  let value = bytes;
  let unit = 0;
  for (; value >= 1024 && unit < 4; unit += 1) value /= 1024;
  const shown = unit === 0 || value >= 10 ? String(Math.ceil(value)) : (Math.ceil(value * 10) / 10).toFixed(1);
  return `${shown}${["", "K", "M", "G", "T"][unit]}${unit === 0 ? "" : suffix}`;
}

export const df = shows("df", ({ diskBytes, diskUsedBytes, memoryBytes }, context) => {
  const h = has(context, "h");
  const size = (bytes: number): string => (h ? human(bytes) : String(Math.floor(bytes / 1024)));
  const row = (name: string, total: number, used: number, mount: string): string => {
    const percent = `${Math.ceil((100 * used) / total)}%`;
    const cells = [total, used, total - used].map(size);
    const widths = h ? [5, 5, 5] : [10, 9, 10];
    return `${name.padEnd(14)} ${cells.map((cell, index) => cell.padStart(widths[index]!)).join(" ")} ${percent.padStart(4)} ${mount}\n`;
  };
  const head = h
    ? "Filesystem      Size  Used Avail Use% Mounted on\n"
    : "Filesystem     1K-blocks      Used Available Use% Mounted on\n";
  return `${head}${row("tmpfs", memoryBytes / 10, 1_572_864, "/run")}${row("/dev/vda1", diskBytes, diskUsedBytes, "/")}`;
});

export const free = shows("free", ({ memoryBytes, memoryUsedBytes }, context) => {
  const cache = Math.floor((memoryBytes - memoryUsedBytes) * 0.35);
  const divisor = has(context, "m") ? 1_048_576 : has(context, "g") ? 1_073_741_824 : has(context, "b") ? 1 : 1_024;
  const size = (bytes: number): string => (has(context, "h") ? human(bytes, "i") : String(Math.floor(bytes / divisor)));
  const line = (title: string, ...values: readonly number[]): string =>
    `${title.padEnd(8)}${values.map((value) => size(value).padStart(12)).join("")}\n`;
  const available = memoryBytes - memoryUsedBytes;
  return (
    `${" ".repeat(8)}${["total", "used", "free", "shared", "buff/cache", "available"].map((one) => one.padStart(12)).join("")}\n` +
    line("Mem:", memoryBytes, memoryUsedBytes, available - cache, 1_572_864, cache, available) +
    line("Swap:", 0, 0, 0)
  );
});

const two = (value: number): string => String(value).padStart(2, "0");

export const ps = shows("ps", ({ processes }, context, nowUs) => {
  const wide = context.args.some((arg) => /^-?(aux|ef|e|A|ax)/.test(arg));
  if (!wide) return "    PID TTY          TIME CMD\n   4201 pts/0    00:00:00 bash\n   4202 pts/0    00:00:00 ps\n";
  const isFull = context.args.some((arg) => /^-e?f/.test(arg));
  const rows = [
    { pid: 1, name: "/sbin/init", startedWallUs: processes[0]?.startedWallUs ?? nowUs },
    ...processes.filter(({ name }) => name !== "init"),
  ];
  const lines = rows.map(({ pid, name, startedWallUs }) => {
    const started = shortTime(startedWallUs).slice(7, 12);
    const minutes = Math.floor((nowUs - startedWallUs) / 60_000_000 / 50);
    const time = isFull ? `00:${two(minutes)}:${two(pid % 60)}` : `${minutes}:${two(pid % 60)}`;
    const command = name.includes("/") && !name.startsWith("/") ? name.split("/").at(-1)! : name;
    return isFull
      ? `${"root".padEnd(8)} ${String(pid).padStart(7)} ${String(pid === 1 ? 0 : 1).padStart(7)}  0 ${started} ?        ${time} ${command}`
      : `${"root".padEnd(8)} ${String(pid).padStart(7)}  0.0  0.0      0     0 ?        Ss   ${started} ${time.padStart(6)} ${command}`;
  });
  const head = isFull
    ? "UID          PID    PPID  C STIME TTY          TIME CMD"
    : "USER         PID %CPU %MEM    VSZ   RSS TTY      STAT START   TIME COMMAND";
  return `${[head, ...lines].join("\n")}\n`;
});

function upText(bootedWallUs: number, nowUs: number): string {
  const minutes = Math.max(0, Math.floor((nowUs - bootedWallUs) / 60_000_000));
  const hours = Math.floor(minutes / 60);
  const days = Math.floor(hours / 24);
  const clock = hours > 0 ? `${String(hours % 24).padStart(2)}:${two(minutes % 60)}` : `${minutes} min`;
  const up = days > 0 ? `${days} day${days === 1 ? "" : "s"}, ${clock}` : clock;
  return `${shortTime(nowUs).slice(7)} up ${up},  1 user,  load average: 0.08, 0.05, 0.01`;
}

export const uptime = shows("uptime", ({ bootedWallUs }, _context, nowUs) => ` ${upText(bootedWallUs, nowUs)}\n`);

export const top = shows("top", (facts, _context, nowUs) => {
  const { processes, memoryBytes, memoryUsedBytes, bootedWallUs } = facts;
  const mib = (bytes: number): string => (bytes / 1_048_576).toFixed(1).padStart(8);
  const cache = Math.floor((memoryBytes - memoryUsedBytes) * 0.35);
  const rows = processes.map(
    ({ pid, name }) =>
      `${String(pid).padStart(7)} root      20   0       0      0      0 S   0.0   0.0   0:00.${two(pid % 60)} ${name.split("/").at(-1)}`,
  );
  return [
    `top - ${upText(bootedWallUs, nowUs)}`,
    `Tasks: ${String(processes.length).padStart(3)} total,   1 running, ${String(processes.length - 1).padStart(3)} sleeping,   0 stopped,   0 zombie`,
    "%Cpu(s):  1.2 us,  0.6 sy,  0.0 ni, 98.1 id,  0.0 wa,  0.0 hi,  0.1 si,  0.0 st",
    `MiB Mem : ${mib(memoryBytes)} total, ${mib(memoryBytes - memoryUsedBytes - cache)} free, ${mib(memoryUsedBytes)} used, ${mib(cache)} buff/cache`,
    `MiB Swap: ${mib(0)} total, ${mib(0)} free, ${mib(0)} used. ${mib(memoryBytes - memoryUsedBytes)} avail Mem`,
    "",
    "    PID USER      PR  NI    VIRT    RES    SHR S  %CPU  %MEM     TIME+ COMMAND",
    ...rows,
    "",
  ].join("\n");
});

export const uname = shows("uname", ({ name }, context) => {
  const parts: readonly (readonly [string, string])[] = [
    ["s", "Linux"],
    ["n", name],
    ["r", KERNEL],
    ["v", "#61-Ubuntu SMP PREEMPT_DYNAMIC"],
    ["m", "x86_64"],
    ["o", "GNU/Linux"],
  ];
  const all = has(context, "a") || context.args.includes("--all");
  const shown = parts.filter(([letter]) => all || has(context, letter));
  return `${(shown.length > 0 ? shown : parts.slice(0, 1)).map(([, text]) => text).join(" ")}\n`;
});

export const nproc = shows("nproc", ({ cpus }) => `${cpus}\n`);

export const dmesg = shows("dmesg", ({ cpus, memoryBytes, diskUsedBytes, diskBytes }) =>
  [
    `[    0.000000] Linux version ${KERNEL} (buildd@lcy02) #61-Ubuntu SMP PREEMPT_DYNAMIC`,
    `[    0.004112] Memory: ${Math.floor(memoryBytes / 1024)}K available`,
    `[    0.105521] smp: Brought up 1 node, ${cpus} CPUs`,
    "[    1.214007] EXT4-fs (vda1): mounted filesystem with ordered data mode",
    "[    2.001442] systemd[1]: Detected virtualization kvm.",
    "[    4.310872] bridge: filtering via arp/ip/ip6tables is no longer available by default.",
    ...(diskUsedBytes >= diskBytes ? ["[   60.118203] EXT4-fs warning (device vda1): No space left on device"] : []),
    "",
  ].join("\n"),
);
