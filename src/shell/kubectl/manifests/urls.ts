/** `-f URL`: a few manifests that everybody applies from the web ship with the product; there is no other way out. */
import { CommandError } from "../errors.ts";

const shipped: Readonly<Record<string, () => Promise<string>>> = {
  "https://raw.githubusercontent.com/kubernetes/dashboard/v2.7.0/aio/deploy/recommended.yaml": async () =>
    (await import("./kubernetes-dashboard.ts")).kubernetesDashboard,
  "https://github.com/kubernetes-sigs/metrics-server/releases/latest/download/components.yaml": async () =>
    (await import("./metrics-server.ts")).metricsServer,
  "https://raw.githubusercontent.com/rancher/local-path-provisioner/v0.0.31/deploy/local-path-storage.yaml": async () =>
    (await import("./local-path-provisioner.ts")).localPathProvisioner,
};

export async function readUrl(url: string): Promise<string> {
  const read = shipped[url];
  if (read) return read();
  const some = Object.keys(shipped).join(", ");
  throw new CommandError(
    `unable to read URL ${JSON.stringify(url)}: there is no internet here. Put the manifest into a file and apply that; what ships with this cluster is ${some}`,
  );
}
