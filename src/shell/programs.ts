import { crictl } from "./console/crictl.ts";
import { ctr } from "./console/ctr.ts";
import { curl } from "./console/curl.ts";
import { dig, nslookup } from "./console/dns.ts";
import { docker } from "./console/docker.ts";
import { iptables } from "./console/iptables.ts";
import { journalctl } from "./console/journalctl.ts";
import { kubeadm } from "./console/kubeadm.ts";
import { df, dmesg, free, nproc, ps, top, uname, uptime } from "./console/machine.ts";
import { ip, ipvsadm, netstat, nft, ping, ss } from "./console/network.ts";
import { openssl } from "./console/openssl.ts";
import { scp } from "./console/scp.ts";
import { systemctl } from "./console/systemctl.ts";
import type { Program } from "./doors.ts";
import { etcdctl, etcdutl } from "./etcd-programs.ts";
import { kubectl } from "./kubectl/index.ts";

export interface NamedProgram {
  readonly name: string;
  readonly run: Program;
  /** Whether it is there after `ssh MACHINE` too. */
  readonly onMachines: boolean;
}

/** Every program of the cluster's that a person can type, beside the shell's own tools, `ssh`, `lab` and `date`. */
export const PROGRAMS: readonly NamedProgram[] = [
  { name: "kubectl", run: kubectl, onMachines: true },
  { name: "etcdctl", run: etcdctl, onMachines: true },
  { name: "etcdutl", run: etcdutl, onMachines: true },
  { name: "crictl", run: crictl, onMachines: true },
  { name: "systemctl", run: systemctl, onMachines: true },
  { name: "journalctl", run: journalctl, onMachines: true },
  { name: "iptables", run: iptables, onMachines: true },
  { name: "curl", run: curl, onMachines: true },
  { name: "scp", run: scp, onMachines: true },
  { name: "ctr", run: ctr, onMachines: true },
  { name: "df", run: df, onMachines: true },
  { name: "dig", run: dig, onMachines: true },
  { name: "dmesg", run: dmesg, onMachines: true },
  { name: "docker", run: docker, onMachines: true },
  { name: "free", run: free, onMachines: true },
  { name: "ip", run: ip, onMachines: true },
  { name: "ipvsadm", run: ipvsadm, onMachines: true },
  { name: "kubeadm", run: kubeadm, onMachines: true },
  { name: "netstat", run: netstat, onMachines: true },
  { name: "nft", run: nft, onMachines: true },
  { name: "nproc", run: nproc, onMachines: true },
  { name: "nslookup", run: nslookup, onMachines: true },
  { name: "openssl", run: openssl, onMachines: true },
  { name: "ping", run: ping, onMachines: true },
  { name: "ps", run: ps, onMachines: true },
  { name: "ss", run: ss, onMachines: true },
  { name: "top", run: top, onMachines: true },
  { name: "uname", run: uname, onMachines: true },
  { name: "uptime", run: uptime, onMachines: true },
];
