/** What `get` and its watch have in common. */
import type { Invocation } from "../../command.ts";
import type { ObjectPrinter } from "../../output.ts";
import { TablePrinter } from "../../printers/table.ts";
import type { Target } from "../../targets.ts";

export interface GetOptions {
  readonly raw: string;
  readonly targets: readonly Target[];
  readonly printer: ObjectPrinter | null;
  readonly wide: boolean;
}

export function readOptions({ flags }: Invocation) {
  return {
    selector: flags.text("selector"),
    fieldSelector: flags.text("field-selector"),
    limit: flags.int("chunk-size"),
    subresource: flags.text("subresource") || undefined,
  };
}

export function tablePrinter(
  options: GetOptions,
  invocation: Invocation,
  withKind: string,
  namespaced: boolean,
): TablePrinter {
  const { flags } = invocation;
  return new TablePrinter({
    wide: options.wide,
    noHeaders: flags.bool("no-headers"),
    withNamespace: flags.bool("all-namespaces") && namespaced,
    withKind,
    showLabels: flags.bool("show-labels"),
    labelColumns: flags.list("label-columns"),
  });
}
