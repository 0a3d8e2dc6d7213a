import type { Certificate } from "../kernel/types.ts";
import type { World } from "../kernel/world.ts";
import { type Fault, failed, lasting } from "./fault.ts";

/** Which certificate files a component lives by. `*.conf` holds a client certificate inside. */
const FILES: Readonly<Record<string, readonly string[]>> = {
  "kube-apiserver": ["/etc/kubernetes/pki/apiserver.crt"],
  "kube-controller-manager": ["/etc/kubernetes/controller-manager.conf"],
  "kube-scheduler": ["/etc/kubernetes/scheduler.conf"],
  kubelet: ["/etc/kubernetes/kubelet.conf"],
  etcd: ["/etc/kubernetes/pki/etcd/server.crt", "/etc/kubernetes/pki/etcd/peer.crt"],
  console: ["/home/you/.kube/config"],
};

export const certExpireFault: Fault = {
  name: "cert-expire",
  appliesTo: "component",
  label: "Let its certificate expire",
  hint: "The component's certificate is past its date from now on; mending renews it.",
  parameters: [],
  sign: () => "certificate expired",
  break(world, target) {
    const certificates = certificatesOf(world, target);
    if (certificates.length === 0) return failed(`${target} has no certificate of its own.`);
    const serials = certificates.map((certificate) => certificate.serial);
    for (const serial of serials) world.state.expired.set(serial, world.state.epochWallUs + world.nowUs - 1_000_000);
    return lasting(serials);
  },
  heal(world, _target, memo) {
    for (const serial of memo as readonly string[]) world.state.expired.delete(serial);
  },
};

function certificatesOf(world: World, target: string): Certificate[] {
  const at = target.lastIndexOf("@");
  const machine = world.state.machines.get(target.slice(at + 1));
  const found: Certificate[] = [];
  for (const path of FILES[target.slice(0, at)] ?? []) {
    const value = machine?.disk.files.get(path) as { readonly data?: unknown } | undefined;
    const data = value?.data as Certificate | { readonly certificate: Certificate } | undefined;
    if (data !== undefined) found.push("certificate" in data ? data.certificate : data);
  }
  return found;
}
