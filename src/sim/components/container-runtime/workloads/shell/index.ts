import type { Component } from "../../../../kernel/types.ts";
export const shell: Component<Record<string, never>> = { kind: "workload/shell", start: () => ({}), step() {} };
