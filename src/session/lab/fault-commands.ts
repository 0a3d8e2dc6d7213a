import { signOf } from "../../sim/faults/faults.ts";
import { FAULTS } from "../../sim/faults/list.ts";
import { type LabCommand, LabError, print, SILENT, table, timeText } from "./command.ts";

export const failCommand: LabCommand = {
  name: "fail",
  usage: "lab fail FAULT TARGET [key=value ...]",
  run({ session, args }) {
    if (args.length === 0) return print(faultList());
    // `lab fail registry down` reads as naturally as `lab fail down registry`.
    const [first, second, ...rest] = args as [string, string | undefined, ...string[]];
    const swapped = second !== undefined && !isFault(first) && isFault(second);
    const fault = swapped ? second : first;
    const target = swapped ? first : second;
    if (!isFault(fault)) throw new LabError(`There is no fault "${fault}"; "lab fail" lists them.`);
    if (target === undefined) throw new LabError(`What shall "${fault}" happen to? usage: ${failCommand.usage}`);
    const parameters: Record<string, string> = {};
    for (const word of rest) {
      const equals = word.indexOf("=");
      parameters[equals < 0 ? word : word.slice(0, equals)] = equals < 0 ? "yes" : word.slice(equals + 1);
    }
    const { error } = session.do({ type: "break", fault, target, parameters });
    if (error !== null) throw new LabError(error);
    return SILENT;
  },
};

function isFault(name: string): boolean {
  return FAULTS.some((fault) => fault.name === name);
}

function faultList(): string {
  const rows = [["FAULT", "APPLIES TO", "PARAMETERS", "WHAT IT DOES"]];
  for (const fault of FAULTS) {
    rows.push([
      fault.name,
      fault.appliesTo,
      fault.parameters.map((each) => `${each.name}=${each.default}`).join(" ") || "-",
      fault.hint,
    ]);
  }
  return table(rows);
}

export const healCommand: LabCommand = {
  name: "heal",
  usage: "lab heal [FAULT TARGET]",
  run({ session, args }) {
    if (args.length === 0) {
      session.do({ type: "healEverything" });
      return SILENT;
    }
    const [first, second] = args as [string, string | undefined];
    if (second === undefined) throw new LabError("usage: lab heal [FAULT TARGET]");
    const known = session.world.state.faults;
    const id = known.has(`${first} ${second}`) ? `${first} ${second}` : `${second} ${first}`;
    if (!known.has(id)) throw new LabError(`${second} has no fault "${first}"; "lab faults" lists what is broken.`);
    const { error } = session.do({ type: "heal", id });
    if (error !== null) throw new LabError(error);
    return SILENT;
  },
};

export const faultsCommand: LabCommand = {
  name: "faults",
  usage: "lab faults",
  run({ session }) {
    const { faults } = session.world.state;
    if (faults.size === 0) return print("Nothing is broken.");
    const rows = [["FAULT", "TARGET", "SINCE", "SIGN"]];
    for (const record of faults.values())
      rows.push([record.fault, record.target, `${timeText(session.nowUs - record.sinceUs)} ago`, signOf(record)]);
    return print(table(rows));
  },
};
