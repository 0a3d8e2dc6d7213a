import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface KubeconfigFile {
  readonly path: string;
  readonly text: string;
  remove(): void;
}

/** Writes a kubeconfig that only this user may read. `authority`: PEM. */
export function writeKubeconfig(port: number, authority: string, token: string): KubeconfigFile {
  const text = `apiVersion: v1
kind: Config
clusters:
- name: kubernetes
  cluster:
    certificate-authority-data: ${Buffer.from(authority).toString("base64")}
    server: https://127.0.0.1:${port}
contexts:
- name: kubernetes-admin@kubernetes
  context:
    cluster: kubernetes
    user: kubernetes-admin
current-context: kubernetes-admin@kubernetes
preferences: {}
users:
- name: kubernetes-admin
  user:
    token: ${token}
`;
  const folder = mkdtempSync(join(tmpdir(), "kubarium-"));
  const path = join(folder, "kubeconfig");
  writeFileSync(path, text, { mode: 0o600 });
  return { path, text, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
