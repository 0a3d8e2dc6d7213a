import { describe, expect, it } from "vitest";
import { commonPrefix, inColumns, isIncomplete, searchHistory, splitCommands } from "./line.ts";

describe("command lines", () => {
  it.each([
    ["kubectl get pods", false],
    ["echo 'one", true],
    ['echo "one\ntwo"', false],
    ["kubectl get \\", true],
    ["cat <<EOF | kubectl apply -f -", true],
    ["cat <<EOF | kubectl apply -f -\nkind: Pod\nname: it's\nEOF", false],
    ["cat <<'EOF'\n$x\nEOF", false],
  ])("%j lacks something: %s", (line, lacks) => expect(isIncomplete(line)).toBe(lacks));

  it("takes pasted text apart into whole commands and a rest", () => {
    expect(splitCommands("a\nb \\\nc\ncat <<EOF\nx\nEOF\nrest")).toEqual({
      commands: ["a", "b \\\nc", "cat <<EOF\nx\nEOF"],
      rest: "rest",
    });
    expect(splitCommands("a\n\nb\n")).toEqual({ commands: ["a", "b"], rest: "" });
  });

  it("searches history from the newest", () => {
    const history = ["kubectl get pods", "ls", "kubectl get nodes"];
    expect(searchHistory(history, "get", 0)).toBe("kubectl get nodes");
    expect(searchHistory(history, "get", 1)).toBe("kubectl get pods");
    expect(searchHistory(history, "get", 9)).toBe("kubectl get pods");
    expect(searchHistory(history, "nope", 0)).toBeNull();
  });

  it("completes to what all candidates share, or lists them", () => {
    expect(commonPrefix(["deployment", "deployments"])).toBe("deployment");
    expect(commonPrefix(["a", "b"])).toBe("");
    expect(inColumns(["aa", "bb", "cc"], 9)).toBe("aa  bb\ncc\n");
  });
});
