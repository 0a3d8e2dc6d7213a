import { describe, expect, it } from "vitest";
import { isLoneCommand } from "./lone-command.ts";

describe("a lone command", () => {
  it.each([
    "kubectl get pods",
    "kubectl get pods -w",
    "kubectl get pods -o jsonpath={.items[0].metadata.name}",
    "kubectl get pods -o 'jsonpath={range .items[*]}{.metadata.name}|{end}'",
    'kubectl get pods -l "app in (a, b)"',
    "echo a\\;b",
    "echo $HOME",
  ])("is %s", (line) => expect(isLoneCommand(line)).toBe(true));

  it.each([
    "kubectl get pods | wc -l",
    "kubectl get pods; kubectl get nodes",
    "kubectl get pods && echo yes",
    "kubectl get pods > file",
    "kubectl delete pod $(cat name)",
    'kubectl delete pod "$(cat name)"',
    "kubectl delete pod `cat name`",
    "kubectl get pods &",
    "{ kubectl get pods; }",
    "(kubectl get pods)",
    "kubectl apply -f - <<EOF\na\nEOF",
    "echo 'open",
  ])("is not %s", (line) => expect(isLoneCommand(line)).toBe(false));
});
