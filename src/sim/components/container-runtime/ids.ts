import type { Context } from "../../kernel/types.ts";

/** 64 hexadecimal digits, as containerd names sandboxes and containers. */
export function hexId(context: Context): string {
  let id = "";
  for (let i = 0; i < 8; i++) id += context.random.int(0x1_0000_0000).toString(16).padStart(8, "0");
  return id;
}
