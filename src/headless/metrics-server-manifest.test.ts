import { expect, test } from "vitest";
import { parseAllDocuments } from "yaml";
import { metricsServer } from "../shell/kubectl/manifests/metrics-server.ts";
import { metricsServerObjects } from "../sim/cluster/metrics-server.ts";

test("the metrics-server that ships for `kubectl apply -f URL` is the one that topologies have from the start", () => {
  const shipped = parseAllDocuments(metricsServer).map((document) => document.toJS());
  expect(shipped).toEqual(metricsServerObjects());
});
