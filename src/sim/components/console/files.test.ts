import { expect, test } from "vitest";
import type { Disk } from "../../kernel/types.ts";
import { changeFiles } from "./files.ts";
import { pack, visiblePaths } from "./folds.ts";

function diskOf(files: Readonly<Record<string, unknown>>): Disk & { readonly files: Map<string, unknown> } {
  const map = new Map(Object.entries(files));
  return {
    files: map,
    read: (path) => map.get(path),
    write: (path, value) => {
      map.set(path, value);
      return null;
    },
    remove: (path) => {
      map.delete(path);
    },
    list: (prefix) => [...map.keys()].filter((path) => path.startsWith(prefix)).sort(),
    sync: () => 0,
  };
}

const WAL = "/member/wal/0000000000000000-0000000000000000.wal";
const MEMBER = {
  "/var/lib/etcd/member/wal/metadata": { id: "1" },
  "/var/lib/etcd/member/wal/hardstate": { term: 2 },
  "/var/lib/etcd/member/wal/000000000001": { index: 1 },
  "/var/lib/etcd/member/wal/000000000002": { index: 2 },
  "/var/lib/etcd/member/snap/db": { sizeBytes: 1 },
};

test("a log of many entries is one file, wherever its directory goes", () => {
  const disk = diskOf(MEMBER);
  expect(visiblePaths([...disk.files.keys()])).toEqual(["/var/lib/etcd/member/snap/db", `/var/lib/etcd${WAL}`]);
  const paths = visiblePaths([...disk.files.keys()]);
  changeFiles(disk, {
    copies: paths.map((from) => ({ from, to: from.replace("/var/lib/etcd", "/root/old") })),
    removals: paths,
    writes: [],
  });
  expect(Object.fromEntries(disk.files)).toEqual(
    Object.fromEntries(
      Object.entries(MEMBER).map(([path, value]) => [path.replace("/var/lib/etcd", "/root/old"), value]),
    ),
  );
});

test("a log under another name is a log again when it is put back", () => {
  const disk = diskOf(MEMBER);
  const change = (from: string, to: string) =>
    changeFiles(disk, { copies: [{ from, to }], removals: [from], writes: [] });
  change(`/var/lib/etcd${WAL}`, "/tmp/log");
  expect([...disk.files.keys()].sort()).toEqual(["/tmp/log", "/var/lib/etcd/member/snap/db"]);
  change("/tmp/log", `/data${WAL}`);
  expect(disk.files.get("/data/member/wal/000000000002")).toEqual({ index: 2 });
  expect(pack(disk, "/tmp/log")).toBeUndefined();
});

test("copies see the files as they were, and keep what programs know of them", () => {
  const certificate = { text: "PEM", data: { commonName: "etcd" } };
  const disk = diskOf({ "/a": certificate, "/b": "text" });
  changeFiles(disk, {
    copies: [
      { from: "/a", to: "/b" },
      { from: "/b", to: "/a" },
    ],
    removals: [],
    writes: [{ path: "/c", text: "new" }],
  });
  expect(Object.fromEntries(disk.files)).toEqual({ "/a": "text", "/b": certificate, "/c": "new" });
});
