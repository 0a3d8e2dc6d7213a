/** systemd's private socket: what `systemctl` talks to. */
export const SYSTEMD_SOCKET = "unix:/run/systemd/private";

export interface UnitDefinition {
  /** `kubelet`. */
  readonly name: string;
  readonly description: string;
  /** Kernel process: `kubelet@worker-1`. */
  readonly process: string;
  readonly kind: string;
  readonly args: unknown;
  /** RestartSec= in microseconds (Restart=always). */
  readonly restartUs: number;
}

export interface UnitRequest {
  readonly verb: "start" | "stop" | "restart" | "status";
  readonly unit: string;
}

/** Null: there is no such unit. */
export type UnitAnswer = UnitState | null;

export interface UnitState {
  readonly name: string;
  readonly description: string;
  readonly process: string;
  readonly active: "active" | "inactive" | "failed" | "activating";
  readonly sub: "running" | "dead" | "failed" | "auto-restart";
  readonly sinceUs: number;
  readonly pid: number;
  readonly lastExitCode: number | null;
}
