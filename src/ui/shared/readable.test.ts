import { expect, it } from "vitest";
import { readable } from "./readable.ts";

it.each([
  ["POST /apis/apps/v1/namespaces/default/deployments?fieldManager=kubectl&x=1", "POST deployments"],
  ["GET /api/v1/namespaces/default/pods/web-0", "GET pods web-0"],
  ["PATCH /api/v1/nodes/worker-1/status?timeout=10s is on its way", "PATCH nodes worker-1 status is on its way"],
  ["GET /api/v1/namespaces/default", "GET namespaces default"],
  ["GET /api?timeout=32s", "GET /api"],
  ["kube-scheduler chose worker-1", "kube-scheduler chose worker-1"],
])("%s reads %s", (text, said) => expect(readable(text)).toBe(said));
