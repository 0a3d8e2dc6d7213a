/** Signals that containers may ask to be stopped with, by the operating system that their pod names. */
import { forbidden, notSupported } from "../field-errors.ts";
import { type Errors, isPresent, record, text } from "./common.ts";

const PLAIN =
  "ABRT ALRM BUS CHLD CLD CONT FPE HUP ILL INT IO IOT KILL PIPE POLL PROF PWR QUIT RTMAX RTMIN SEGV STKFLT STOP SYS TERM TRAP TSTP TTIN TTOU URG USR1 USR2 VTALRM WINCH XCPU XFSZ";

/** Real-time signals are counted from both ends. */
function realTimeSignals(): readonly string[] {
  const counted = (name: string, last: number): string[] =>
    Array.from({ length: last }, (_, index) => `${name}${index + 1}`);
  return [...counted("SIGRTMIN+", 15), ...counted("SIGRTMAX-", 14)];
}

const LINUX: readonly string[] = [...PLAIN.split(" ").map((name) => `SIG${name}`), ...realTimeSignals()].sort();
const WINDOWS: readonly string[] = ["SIGKILL", "SIGTERM"];

export function checkStopSignal(errors: Errors, field: string, signal: unknown, os: unknown): void {
  if (!isPresent(os)) {
    errors.push(forbidden(field, "may not be set for containers with empty `spec.os.name`"));
    return;
  }
  const name = record(os).name;
  const supported = name === "windows" ? WINDOWS : name === "linux" ? LINUX : null;
  if (supported !== null && !supported.includes(text(signal))) errors.push(notSupported(field, signal, supported));
}
