import { expect, it } from "vitest";
import type { StageView } from "../../protocol/views.ts";
import type { Session } from "../session.ts";
import { captionOf } from "./caption.ts";

it("names pods and components, not their ids", () => {
  const stage = { ready: true, pods: [{ id: "46f1118e-c4f2", name: "client-x7x2p" }] } as unknown as StageView;
  const following = { label: "A web.default.svc.cluster.local.", from: "46f1118e-c4f2", to: "coredns@worker-1" };
  expect(captionOf({} as Session, stage, following).text).toBe(
    "pod client-x7x2p sends to coredns on worker-1: A web.default.svc.cluster.local.",
  );
});
