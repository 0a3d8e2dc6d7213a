import { Bash, defineCommand, type IFileSystem } from "just-bash/browser";

/**
 * The shell library's grep, which heeds only the last of several patterns: they are handed on as one, a line each,
 * which POSIX takes for the same.
 */
export function grepCommand() {
  let plain: { readonly fs: IFileSystem; readonly bash: Bash } | null = null;
  return defineCommand("grep", async (args, context) => {
    if (plain?.fs !== context.fs) plain = { fs: context.fs, bash: new Bash({ fs: context.fs, commands: ["grep"] }) };
    const line = ["grep", ...withOnePattern(args)].map(quoted).join(" ");
    return plain.bash.exec(line, {
      cwd: context.cwd,
      stdin: context.stdin as unknown as string,
      stdinKind: "bytes",
      rawScript: true,
    });
  });
}

function withOnePattern(args: readonly string[]): readonly string[] {
  const patterns: string[] = [];
  const rest: string[] = [];
  for (let index = 0; index < args.length; index += 1) {
    const arg = args[index] as string;
    const flags = /^-([a-zA-Z]*)e(.*)$/s.exec(arg);
    if (arg === "--") {
      rest.push(...args.slice(index));
      break;
    }
    if (arg.startsWith("--regexp=")) patterns.push(arg.slice("--regexp=".length));
    else if (flags !== null && !/[ABCmf]/.test(flags[1] as string)) {
      if (flags[1] !== "") rest.push(`-${flags[1]}`);
      patterns.push(flags[2] === "" ? (args[++index] ?? "") : (flags[2] as string));
    } else {
      rest.push(arg);
      if (/^-[a-zA-Z]*[ABCmf]$/.test(arg)) rest.push(args[++index] ?? "");
    }
  }
  return patterns.length === 0 ? args : ["-e", patterns.join("\n"), ...rest];
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}
