import { Bash } from "just-bash/browser";
import { expect, test } from "vitest";
import type { ConsoleDoor, FileChanges } from "./doors.ts";
import { MachineFiles } from "./machine-files.ts";

/** A machine's disk as texts, and what was changed on it. */
async function run(line: string, disk: Record<string, string>): Promise<FileChanges | null> {
  let changes: FileChanges | null = null;
  const door = {
    readFile: async (path: string) => disk[path] ?? null,
    listFiles: async (prefix: string) => Object.keys(disk).filter((path) => path.startsWith(prefix)),
    facts: async () => ({ bootedWallUs: 0 }),
    changeFiles: async (given: FileChanges) => {
      changes = given;
    },
  } as unknown as ConsoleDoor;
  const files = await MachineFiles.open(door, async () => 0);
  const { stderr } = await new Bash({ fs: files.fs, cwd: "/root" }).exec(line);
  expect(stderr).toBe("");
  await files.flush();
  return changes;
}

const MANIFESTS = {
  "/etc/kubernetes/manifests/etcd.yaml": "image: etcd\n",
  "/etc/kubernetes/manifests/kube-apiserver.yaml": "image: kube-apiserver\n",
  "/var/lib/etcd/member/snap/db": "binary",
};

test("what is only read is left alone", async () => {
  expect(await run("cat /etc/kubernetes/manifests/*.yaml", MANIFESTS)).toBeNull();
});

test("files that move keep what they are", async () => {
  expect(await run("mkdir out && mv /etc/kubernetes/manifests/*.yaml out/", MANIFESTS)).toEqual({
    copies: [
      { from: "/etc/kubernetes/manifests/etcd.yaml", to: "/root/out/etcd.yaml" },
      { from: "/etc/kubernetes/manifests/kube-apiserver.yaml", to: "/root/out/kube-apiserver.yaml" },
    ],
    removals: ["/etc/kubernetes/manifests/etcd.yaml", "/etc/kubernetes/manifests/kube-apiserver.yaml"],
    writes: [],
  });
});

test("a folder moves with all that is in it, and what is changed on the way is text", async () => {
  const line = "mv /var/lib/etcd /root/a && cp -r a b && echo new > b/member/snap/db && rm -rf a && mv b /var/lib/etcd";
  expect(await run(line, MANIFESTS)).toEqual({
    copies: [],
    removals: [],
    writes: [{ path: "/var/lib/etcd/member/snap/db", text: "new\n" }],
  });
  expect(await run("mv /var/lib/etcd /var/lib/etcd.old && mv /var/lib/etcd.old /var/lib/etcd", MANIFESTS)).toBeNull();
});

test("what is edited in place is written, what goes is removed", async () => {
  expect(
    await run("sed -i s/etcd/etcd:3.5/ /etc/kubernetes/manifests/etcd.yaml && rm -rf /var/lib/etcd", MANIFESTS),
  ).toEqual({
    copies: [],
    removals: ["/var/lib/etcd/member/snap/db"],
    writes: [{ path: "/etc/kubernetes/manifests/etcd.yaml", text: "image: etcd:3.5\n" }],
  });
});
