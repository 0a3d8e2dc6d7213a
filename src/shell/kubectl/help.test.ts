import { describe, expect, it } from "vitest";
import type { Command } from "./command.ts";
import { helpTexts } from "./generated/help.ts";
import { globalFlags } from "./global-flags.ts";
import { makeLab } from "./testing/run.ts";
import { verbs } from "./verbs.ts";

function commandAt(path: string): Command | undefined {
  let choices: readonly Command[] | undefined = verbs;
  let found: Command | undefined;
  for (const word of path.split(" ")) {
    found = choices?.find(({ name }) => name === word);
    choices = found?.subcommands;
  }
  return found;
}

/** `-o, --output='':` -> `output`, `o`, `''` */
function flagsIn(help: string): readonly { readonly name: string; readonly short: string; readonly value: string }[] {
  const options = help.slice(help.indexOf("\nOptions:\n"), help.indexOf("\nUsage:\n"));
  return [...options.matchAll(/^ {4}(?:-(\w), )?--([a-z-]+)=(.*):$/gm)].map(
    ([, short = "", name = "", value = ""]) => ({
      name,
      short,
      value,
    }),
  );
}

const paths = Object.keys(helpTexts).filter(
  (path) => path !== "" && path !== "options" && !path.startsWith("completion"),
);

/** What upstream has and this does not. Each is said in the README. */
const leftOut: readonly string[] = [
  ...["prune", "prune-allowlist"].map((flag) => `diff --${flag}`),
  ...["www", "www-prefix", "unix-socket"].map((flag) => `proxy --${flag}`),
  ...["as-current-user", "enable-alpha-plugins", "enable-helm", "env", "helm-api-versions", "helm-command"].map(
    (flag) => `kustomize --${flag}`,
  ),
  ...["helm-debug", "helm-kube-version", "mount", "network", "network-name"].map((flag) => `kustomize --${flag}`),
  ...["arg", "api-version", "command", "env", "interactive-mode", "provide-cluster-info"].map(
    (flag) => `config set-credentials --exec-${flag}`,
  ),
  ...["auth-provider", "auth-provider-arg"].map((flag) => `config set-credentials --${flag}`),
  "debug --custom",
  "edit --subresource",
  "logs --insecure-skip-tls-verify-backend",
  "patch --local",
  "wait --local",
];

describe("every command of upstream's", () => {
  it.each(paths)("kubectl %s is there, with upstream's flags", (path) => {
    const command = commandAt(path);
    expect(command, path).toBeDefined();
    const missing = flagsIn(helpTexts[path]!).flatMap(({ name, short }) => {
      const spec = [...(command!.flags ?? []), ...globalFlags].find((flag) => flag.name === name);
      const here = `${path} --${name}`;
      if (leftOut.includes(here) || leftOut.includes(`--${name}`)) return [];
      if (!spec) return [here];
      return (spec.short ?? "") === short || globalFlags.includes(spec) ? [] : [`${here} (-${short})`];
    });
    expect(missing).toEqual([]);
  });

  it("has no command that upstream has not", () => {
    const here: string[] = [];
    const visit = (commands: readonly Command[], before: string): void => {
      for (const { name, subcommands } of commands) {
        here.push(`${before}${name}`);
        visit(subcommands ?? [], `${before}${name} `);
      }
    };
    visit(verbs, "");
    expect(here.filter((path) => !(path in helpTexts))).toEqual([]);
  });
});

describe("help", () => {
  it("is upstream's text", async () => {
    expect((await makeLab().run("get --help")).stdout).toBe(helpTexts.get);
    expect((await makeLab().run("help create secret tls")).stdout).toBe(helpTexts["create secret tls"]);
  });
});
