import { writePem } from "../../sim/api/certificates/pem.ts";
import { type Subject, writeSigningRequest } from "../../sim/api/certificates/request.ts";
import { digestHex } from "../../sim/api/hash.ts";
import { formatTime } from "../../sim/api/time.ts";
import type { Program, ProgramContext } from "../doors.ts";
import { readAnyCertificate } from "./certificates.ts";

/**
 * What a new user needs of `openssl`: `genrsa`, `req -new -subj`, and `x509 -noout` to look at a certificate. Keys are
 * drawn from the world's clock and hold nothing that one could compute with.
 */
export const openssl: Program = async (context) => {
  const [command, ...words] = context.args;
  const flags = flagsOf(words);
  switch (command) {
    case "genrsa":
      return genrsa(context, flags);
    case "req":
      return request(context, flags);
    case "x509":
      return show(context, flags);
    default:
      context.err.write(`Invalid command '${command ?? ""}'; type "help" for a list.\n`);
      return 1;
  }
};

interface Flags {
  /** `-subj TEXT`, `-new`: a flag without a value is "". */
  readonly named: ReadonlyMap<string, string>;
  readonly rest: readonly string[];
}

const WITH_VALUE = ["-out", "-in", "-key", "-keyout", "-subj", "-newkey", "-addext", "-config"];

function flagsOf(words: readonly string[]): Flags {
  const named = new Map<string, string>();
  const rest: string[] = [];
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index]!;
    if (!word.startsWith("-")) rest.push(word);
    else named.set(word, WITH_VALUE.includes(word) ? (words[++index] ?? "") : "");
  }
  return { named, rest };
}

/** Numbers that look drawn, the same for the same text. */
function drawnFrom(text: string): (bound: number) => number {
  let at = 0;
  let digits = "";
  return (bound) => {
    if (digits.length < 8) digits = digestHex(`${text} ${at++}`, 64);
    const value = Number.parseInt(digits.slice(0, 8), 16);
    digits = digits.slice(8);
    return value % bound;
  };
}

async function put(context: ProgramContext, file: string | undefined, text: string): Promise<number> {
  if (file === undefined) context.out.write(text);
  else await context.files.write(file, text);
  return 0;
}

async function newKey(context: ProgramContext, salt: string): Promise<string> {
  const random = drawnFrom(`${await context.session.wallUs()} ${salt}`);
  return writePem(
    "PRIVATE KEY",
    Array.from({ length: 1_190 }, () => random(256)),
  );
}

async function genrsa(context: ProgramContext, { named }: Flags): Promise<number> {
  const file = named.get("-out");
  return put(context, file, await newKey(context, file ?? ""));
}

async function request(context: ProgramContext, { named }: Flags): Promise<number> {
  if (!named.has("-new") && !named.has("-newkey")) {
    context.err.write("openssl here makes new requests only: openssl req -new -key FILE -subj /CN=NAME/O=GROUP\n");
    return 1;
  }
  const subject = subjectOf(named.get("-subj") ?? "");
  if (subject === null) {
    context.err.write("req: subject name is expected to be in the format /type0=value0/type1=value1/type2=...\n");
    return 1;
  }
  let key = "";
  const file = named.get("-key");
  if (file === undefined) {
    key = await newKey(context, named.get("-subj") ?? "");
    await put(context, named.get("-keyout") ?? "privkey.pem", key);
  } else {
    try {
      key = await context.files.read(file);
    } catch {
      context.err.write(`Could not open file or uri for loading private key from ${file}\n`);
      return 1;
    }
  }
  return put(context, named.get("-out"), writeSigningRequest(subject, drawnFrom(key)));
}

/** `/CN=bob/O=devs`. */
function subjectOf(text: string): Subject | null {
  if (!text.startsWith("/")) return null;
  const parts = text
    .slice(1)
    .split("/")
    .map((part) => part.split("="));
  const of = (name: string): string[] => parts.filter(([key]) => key === name).map(([, value = ""]) => value);
  return { commonName: of("CN").at(-1) ?? "", organizations: of("O") };
}

async function show(context: ProgramContext, { named }: Flags): Promise<number> {
  let text = context.stdin;
  const file = named.get("-in");
  try {
    if (file !== undefined) text = await context.files.read(file);
  } catch {
    context.err.write(`Could not open file or uri for loading certificate from ${file}\n`);
    return 1;
  }
  const read = readAnyCertificate(text);
  if (read === null) {
    context.err.write(`Could not find certificate from ${file ?? "<stdin>"}\n`);
    return 1;
  }
  const time = (us: number): string => opensslTime(formatTime(us));
  const name = (subject: Subject): string =>
    [...subject.organizations.map((each) => `O = ${each}`), `CN = ${subject.commonName}`].join(", ");
  const lines: string[] = [];
  if (named.has("-subject")) lines.push(`subject=${name(read)}`);
  if (named.has("-issuer")) lines.push(`issuer=CN = ${read.issuer}`);
  if (named.has("-dates") || named.has("-startdate")) lines.push(`notBefore=${time(read.notBeforeWallUs)}`);
  if (named.has("-dates") || named.has("-enddate")) lines.push(`notAfter=${time(read.notAfterWallUs)}`);
  if (named.has("-text")) {
    lines.push(
      "Certificate:",
      "    Data:",
      "        Version: 3 (0x2)",
      `        Serial Number: ${read.serial}`,
      `        Issuer: CN = ${read.issuer}`,
      "        Validity",
      `            Not Before: ${time(read.notBeforeWallUs)}`,
      `            Not After : ${time(read.notAfterWallUs)}`,
      `        Subject: ${name(read)}`,
    );
  }
  if (!named.has("-noout")) lines.push(text.trimEnd());
  context.out.write(`${lines.join("\n")}\n`);
  return 0;
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** `Nov 20 09:00:00 2026 GMT`. */
function opensslTime(time: string): string {
  const [year, month, day] = time.slice(0, 10).split("-");
  return `${MONTHS[Number(month) - 1]} ${String(Number(day)).padStart(2)} ${time.slice(11, 19)} ${year} GMT`;
}
