import { applyDefaults } from "../../../sim/api/defaulting/defaulting.ts";
import type { ApiObject } from "../../../sim/api/object.ts";
import { tableRow } from "../../../sim/api/table/table.ts";
import { parseTime } from "../../../sim/api/time.ts";
import { allOf, expectSame, type Suite } from "../suite.ts";

export const table: Suite = {
  name: "table",
  run: ({ object, now, wide, columns, cells, asStored }) => {
    const printed = asStored === true ? (object as ApiObject) : applyDefaults(object as ApiObject);
    const row = tableRow(printed, parseTime(now as string)!, wide as boolean);
    const names = row.columns.map(({ name }) => name);
    return allOf(expectSame(row.cells, cells), expectSame(names, columns));
  },
};
