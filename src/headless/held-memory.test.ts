import { expect, it } from "vitest";
import { bootUntilReady } from "../session/host.ts";
import { Session } from "../session/session.ts";
import { CLUSTER_CODE } from "../sim/cluster/code.ts";
import { type Topology, topologyByName } from "../sim/cluster/topology.ts";
import { heldBytes } from "./held-memory.ts";

it("finds every part's share, and what is shared once", () => {
  const session = new Session(CLUSTER_CODE, topologyByName("basic") as Topology, 1);
  bootUntilReady(session);
  const held = heldBytes(session.world);
  for (const part of ["events", "other API objects", "API servers", "kubelets", "container runtimes"])
    expect(held.get(part), part).toBeGreaterThan(1_000);
  expect(held.get("API servers")!).toBeLessThan(held.get("other API objects")! * 20);
});
