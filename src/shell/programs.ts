import { crictl } from "./console/crictl.ts";
import { curl } from "./console/curl.ts";
import { iptables } from "./console/iptables.ts";
import { journalctl } from "./console/journalctl.ts";
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
  { name: "openssl", run: openssl, onMachines: true },
];
