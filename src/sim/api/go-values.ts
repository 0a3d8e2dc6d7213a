/** Values as Go's `%#v` prints them, where messages hold some. */
import { formatValue } from "./field-errors.ts";
import { BINARY_SUFFIXES, DECIMAL_EXPONENTS, parseQuantity } from "./quantity.ts";

const SUFFIX = /^([+-]?)(\d*)(?:\.(\d*))?(.*)$/;

export interface GoAmount {
  readonly value: bigint;
  readonly scale: number;
  readonly format: string;
}

/** A `resource.Quantity` as it was read: a number with a decimal scale. */
export function goAmount(quantity: string): GoAmount {
  return { ...amountAsRead(quantity || "0"), format: parseQuantity(quantity || "0").format };
}

export function goQuantity(quantity: string): string {
  const { value, scale, format } = goAmount(quantity);
  const amount = `resource.int64Amount{value:${value}, scale:${scale}}`;
  const large = "resource.infDecAmount{Dec:(*inf.Dec)(nil)}";
  return `resource.Quantity{i:${amount}, d:${large}, s:${JSON.stringify(quantity)}, Format:"${format}"}`;
}

function amountAsRead(quantity: string): { readonly value: bigint; readonly scale: number } {
  const [, sign = "", whole = "", fraction = "", suffix = ""] = SUFFIX.exec(quantity) ?? [];
  // Zeros around the number were never read.
  const decimals = fraction.replace(/0+$/, "");
  const digits = BigInt(`${whole.replace(/^0+/, "")}${decimals}` || "0") * (sign === "-" ? -1n : 1n);
  const power = BINARY_SUFFIXES.indexOf(suffix);
  if (power >= 0) return { value: digits << BigInt(10 * (power + 1)), scale: 0 };
  const exponent = DECIMAL_EXPONENTS[suffix] ?? Number(suffix.slice(1));
  return { value: digits, scale: exponent - decimals.length };
}

/** `core.Taint{Key:"a", Value:""}` of the fields' own texts. */
function goStruct(name: string, fields: Readonly<Record<string, string>>): string {
  const parts = Object.entries(fields).map(([field, shown]) => `${field}:${shown}`);
  return `${name}{${parts.join(", ")}}`;
}

function goText(value: unknown): string {
  return JSON.stringify(typeof value === "string" ? value : "");
}

/** A list of texts, whose type may have a name: `[]core.IPFamily{"IPv4"}`. */
export function goTexts(values: unknown, type = "string"): string {
  return Array.isArray(values) ? `[]${type}{${values.map(goText).join(", ")}}` : `[]${type}(nil)`;
}

export function goNumbers(values: unknown, type: string): string {
  return Array.isArray(values) ? `[]${type}{${values.join(", ")}}` : `[]${type}(nil)`;
}

export function goLabels(labels: unknown): string {
  return labels === undefined || labels === null ? "map[string]string(nil)" : formatValue(labels);
}

export function goIntOrString(value: unknown): string {
  const [type, number, text] = typeof value === "string" ? [1, 0, value] : [0, value ?? 0, ""];
  return goStruct("intstr.IntOrString", { Type: `${type}`, IntVal: `${number}`, StrVal: goText(text) });
}

type Fields = Readonly<Record<string, unknown>>;

function fieldsOf(value: unknown): Fields {
  return typeof value === "object" && value !== null ? (value as Fields) : {};
}

function goTextFields(name: string, value: unknown, names: readonly string[], more: Fields = {}): string {
  const fields = fieldsOf(value);
  const shown = names.map((one) => [one, goText(fields[one.charAt(0).toLowerCase() + one.slice(1)])] as const);
  return goStruct(name, { ...Object.fromEntries(shown), ...(more as Readonly<Record<string, string>>) });
}

export function goTaint(taint: unknown): string {
  return goTextFields("core.Taint", taint, ["Key", "Value", "Effect"], { TimeAdded: "(*v1.Time)(nil)" });
}

export function goToleration(toleration: unknown): string {
  const names = ["Key", "Operator", "Value", "Effect"];
  return goTextFields("core.Toleration", toleration, names, { TolerationSeconds: "(*int64)(nil)" });
}

export function goNodeAddress(address: unknown): string {
  return goTextFields("core.NodeAddress", address, ["Type", "Address"]);
}

/** What tells ports of a service apart, in a struct that is empty otherwise. */
export function goServicePort(protocol: string, port: unknown): string {
  return goStruct("core.ServicePort", {
    Name: '""',
    Protocol: goText(protocol),
    AppProtocol: "(*string)(nil)",
    Port: `${port ?? 0}`,
    TargetPort: goIntOrString(0),
    NodePort: "0",
  });
}

/** How objects of `apps` are rolled out, where there are no parameters. */
export function goStrategy(type: string, parameters: string, strategy: unknown): string {
  return goTextFields(`apps.${type}`, strategy, ["Type"], { RollingUpdate: `(*apps.${parameters})(nil)` });
}

export function goScopeSelector(selector: unknown): string {
  const name = "core.ScopedResourceSelectorRequirement";
  const { matchExpressions } = fieldsOf(selector);
  const list = Array.isArray(matchExpressions) ? matchExpressions : null;
  const shown = list?.map((one) =>
    goTextFields(name, one, ["ScopeName", "Operator"], { Values: goTexts(fieldsOf(one).values) }),
  );
  const expressions = shown === undefined ? `[]${name}(nil)` : `[]${name}{${shown.join(", ")}}`;
  return goStruct("core.ScopeSelector", { MatchExpressions: expressions });
}
