import type { EtcdError } from "./messages.ts";

export function isError(value: object): value is EtcdError {
  return (value as { readonly op?: unknown }).op === "error";
}
