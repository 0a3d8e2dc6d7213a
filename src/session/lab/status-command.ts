import { componentStatuses } from "../component-status.ts";
import { type LabCommand, print, table, timeText } from "./command.ts";

export const statusCommand: LabCommand = {
  name: "status",
  usage: "lab status",
  run({ session }) {
    const rows = [["COMPONENT", "WHERE", "STATUS", "SINCE", "ROLE"]];
    for (const status of componentStatuses(session.world)) {
      rows.push([
        status.component,
        status.machine,
        status.state,
        timeText(session.nowUs - status.sinceUs),
        status.role || "-",
      ]);
    }
    return print(table(rows));
  },
};
