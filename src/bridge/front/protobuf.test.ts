import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { decodeProtobuf } from "./protobuf.ts";

const folder = join(import.meta.dirname, "testdata/roundtrip");
const names = readdirSync(folder).flatMap((file) => (file.endsWith(".pb") ? [file.slice(0, -3)] : []));

describe("objects in protobuf", () => {
  it.each(names)("reads %s as its JSON says it", (name) => {
    const bytes = readFileSync(join(folder, `${name}.pb`));
    expect(decodeProtobuf(bytes)).toEqual(JSON.parse(readFileSync(join(folder, `${name}.json`), "utf8")));
  });

  it("refuses a body that is cut off, anywhere", () => {
    const bytes = readFileSync(join(folder, "core.v1.Service.pb"));
    for (let length = 0; length < bytes.length; length += 97) {
      const read = decodeProtobuf(bytes.subarray(0, length));
      expect(read === null || length > 0).toBe(true);
    }
    expect(decodeProtobuf(bytes.subarray(0, bytes.length - 3))).toBeNull();
    expect(decodeProtobuf(Buffer.from("k8s"))).toBeNull();
    expect(decodeProtobuf(Buffer.from('{"kind":"Service"}'))).toBeNull();
  });
});
