import { expect, test } from "vitest";
import { clusterId, memberId } from "./identity.ts";

test("the ids of a lone member with default flags are the ones that everyone knows", () => {
  const id = memberId(["http://localhost:2380"], "etcd-cluster");
  expect(id).toBe("8e9e05c52164694d");
  expect(clusterId([id])).toBe("cdf818194e3a8c32");
});
