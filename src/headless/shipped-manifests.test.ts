import { describe, expect, it } from "vitest";
import { parseAllDocuments } from "yaml";
import { localPathProvisioner } from "../shell/kubectl/manifests/local-path-provisioner.ts";
import { metricsServer } from "../shell/kubectl/manifests/metrics-server.ts";
import { localPathProvisionerObjects } from "../sim/cluster/local-path-provisioner.ts";
import { metricsServerObjects } from "../sim/cluster/metrics-server.ts";

// The shell knows nothing of the cluster, so what a person applies from the web is written there once more.
describe("a manifest that ships is what the topology's option installs", () => {
  it.each([
    ["local-path-provisioner", localPathProvisioner, localPathProvisionerObjects()],
    ["metrics-server", metricsServer, metricsServerObjects()],
  ])("%s", (_name, text, objects) => {
    expect(parseAllDocuments(text).map((document) => document.toJS())).toEqual(objects);
  });
});
