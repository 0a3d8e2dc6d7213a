import { describe, expect, it } from "vitest";
import { logOf } from "../../../../machinery/testing/small-world.ts";
import { exitCode, output, start } from "./container-world.ts";

describe("the shell in containers", () => {
  it.each([
    ["echo one; echo two", ["one", "two"]],
    ["true && echo yes || echo no", ["yes"]],
    ["false && echo yes || echo no", ["no"]],
    ["! false && echo turned", ["turned"]],
    [
      "touch /tmp/x; if [[ -r /tmp/x ]] ; then echo a; fi; if [[ -r /tmp/y ]]; then echo b; else echo c; fi",
      ["a", "c"],
    ],
    ["if [ 1 -eq 2 ]; then echo a; elif test -n x; then echo b; else echo c; fi", ["b"]],
    ["for i in 1 2 3; do echo n$i; done", ["n1", "n2", "n3"]],
    ["i=0; while [ $i -lt 3 ]; do i=$((i+1)); echo $i; done", ["1", "2", "3"]],
    ["i=0; until [ $i = 2 ]; do i=$((i + 1)); [ $i = 1 ] && continue; echo $i; done", ["2"]],
    ["for i in $(seq 1 5); do [ $i -gt 2 ] && break; echo $i; done", ["1", "2"]],
    ['x=$(echo "a  b"); echo "$x"; echo $x', ["a  b", "a b"]],
    ["echo hello > /tmp/f; cat /tmp/f; echo more >> /tmp/f; wc -l < /tmp/f", ["hello", "2"]],
    ["printf '%s-%d\\n' a 1 b 2", ["a-1", "b-2"]],
    ["echo a b c | tr a-z A-Z | cut -d' ' -f2", ["B"]],
    ["case web-1 in db*) echo db;; web*|www) echo web;; esac", ["web"]],
    ["greet() { echo hi $1; return 3; }; greet you; echo $?", ["hi you", "3"]],
    ['(cd /tmp; x=1; pwd); pwd; echo "[$x]"', ["/tmp", "/", "[]"]],
    ["nope; echo $?", ["sh: nope: not found", "127"]],
    ["cat /nope || echo missing", ["cat: can't open '/nope': No such file or directory", "missing"]],
    ["echo $" + "{COLOUR} $" + "{NONE:-none} $" + "{#COLOUR} $" + "{COLOUR%ue}", ["blue none 4 bl"]],
    ["cat <<EOF\nHello $COLOUR\nEOF\necho end", ["Hello blue", "end"]],
    ["x=$(exit 4); echo $?", ["4"]],
    ["printf 'a\\nb\\n' | while read l; do echo \"<$l>\"; done", ["<a>", "<b>"]],
    ["set -e; false; echo never", []],
    ["echo err >&2 2>/dev/null; ls /nope 2>/dev/null; echo $?", ["err", "1"]],
    ["sh -c 'echo inner; exit 2' > /tmp/o; echo $?; cat /tmp/o", ["2", "inner"]],
    [
      "mkdir -p /tmp/d/e; echo x > /tmp/d/e/f; rm /tmp/d; rm -rf /tmp/d; ls /tmp/d; rm -rf /tmp/d; echo $?",
      ["rm: '/tmp/d' is a directory", "ls: /tmp/d: No such file or directory", "0"],
    ],
    ["date", ["Fri Nov 20 09:00:00 UTC 2026"]],
    ["if true; then echo", ["sh: syntax error: unexpected end of file"]],
  ])("%s", (script, expected) => {
    expect(output(script)).toEqual(expected);
  });

  it("waits in sleep and goes on", () => {
    const world = start(["sh", "-c", "while true; do date +%S; sleep 5; done"]);
    world.advance(11_000_000);
    expect(logOf(world, "c")).toEqual(["00", "05", "10"]);
  });

  it("exits with the script's status", () => {
    const world = start(["sh", "-c", "sleep 1; exit 7"]);
    world.advance(2_000_000);
    expect(exitCode(world)).toBe(7);
  });

  it("does not stop the world in a busy loop", () => {
    const world = start(["sh", "-c", "while true; do :; done"]);
    expect(world.advance(1_000_000)).toBeLessThan(200);
  });

  it("fetches pages by name, and says what went wrong", () => {
    expect(output("sleep 1; wget -qO- web | head -n 4 | tail -n 1")).toEqual(["<title>Welcome to nginx!</title>"]);
    expect(output("wget -O- http://10.0.0.9:81/; echo $?")).toEqual([
      "Connecting to 10.0.0.9:81 (10.0.0.9:81)",
      "wget: can't connect to remote host (10.0.0.9): Connection refused",
      "1",
    ]);
    expect(output("sleep 1; wget -qO - web | head -n 1; wget -qO /tmp/page web; head -n 1 /tmp/page")).toEqual([
      "<!DOCTYPE html>",
      "<!DOCTYPE html>",
    ]);
    expect(output("wget -q nosuch; echo $?")).toEqual(["wget: bad address 'nosuch'", "1"]);
  });

  it("looks up names as busybox prints them", () => {
    expect(output("nslookup web")).toEqual([
      "Server:\t\t10.0.0.2",
      "Address:\t10.0.0.2:53",
      "",
      "Name:\tweb.default.svc.cluster.local",
      "Address: 10.0.0.9",
      "",
    ]);
    expect(output("nslookup nope")).toEqual([
      "Server:\t\t10.0.0.2",
      "Address:\t10.0.0.2:53",
      "",
      "** server can't find nope: NXDOMAIN",
      "",
    ]);
  });

  it("curls with headers, of which none stands for a certificate", () => {
    const world = start(
      ["sh", "-c", "sleep 1; curl -s -H 'X-Colour: blue' -H 'Client-Certificate: Ym9i' 10.0.0.2"],
      "docker.io/curlimages/curl:8.1.0",
    );
    world.advance(60_000_000);
    expect(Object.keys(JSON.parse(logOf(world, "c")[0] ?? ""))).toEqual(["host", "user-agent", "accept", "x-colour"]);
  });

  it("curls", () => {
    const world = start(
      ["sh", "-c", "sleep 1; curl -s web -o /dev/null -w '%{http_code}\\n'; curl web:81; echo $?; curl nope"],
      "docker.io/curlimages/curl:8.1.0",
    );
    world.advance(60_000_000);
    const [code, refused, status, unresolved] = logOf(world, "c");
    expect([code, status, unresolved]).toEqual(["200", "7", "curl: (6) Could not resolve host: nope"]);
    expect(refused).toMatch(/^curl: \(7\) Failed to connect to web port 81 after \d+ ms: Couldn't connect to server$/);
  });

  it("becomes the image's server, with the page that it wrote", () => {
    const world = start(
      ["sh", "-c", "echo mine > /usr/share/nginx/html/index.html && nginx -g 'daemon off;'"],
      "docker.io/library/nginx:1.27",
    );
    world.advance(1_000_000);
    expect(exitCode(world)).toBeUndefined();
  });

  it("handles traps", () => {
    expect(output("trap 'echo bye' EXIT; echo working")).toEqual(["working", "bye"]);
  });
});
