/**
 * Validation of names and other short texts (apimachinery `util/validation`). Each function gives a list of messages,
 * empty where the value is fine; the messages are upstream's, word for word.
 */

const NO_MESSAGES: readonly string[] = Object.freeze([]);

const LABEL_FORM = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
const SUBDOMAIN_FORM = "[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*";

const DNS1123_LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const DNS1123_SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const DNS1035_LABEL = /^[a-z]([-a-z0-9]*[a-z0-9])?$/;
const WILDCARD_SUBDOMAIN = /^\*\.[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const QUALIFIED_PART = /^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/;
const LABEL_VALUE = /^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$/;

/** "a b (e.g. 'x',  or 'y', regex used for validation is 'z')": the two blanks are upstream's. */
function regexMessage(text: string, regex: string, ...examples: readonly string[]): string {
  if (examples.length === 0) return `${text} (regex used for validation is '${regex}')`;
  const quoted = examples.map((example) => `'${example}', `).join(" or ");
  return `${text} (e.g. ${quoted}regex used for validation is '${regex}')`;
}

export function maxLengthMessage(length: number): string {
  return `must be no more than ${length} characters`;
}

export const EMPTY_MESSAGE = "must be non-empty";

const LABEL_MESSAGE = regexMessage(
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character",
  LABEL_FORM,
  "my-name",
  "123-abc",
);
const SUBDOMAIN_MESSAGE = regexMessage(
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character",
  SUBDOMAIN_FORM,
  "example.com",
);
const DNS1035_MESSAGE = regexMessage(
  "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character",
  "[a-z]([-a-z0-9]*[a-z0-9])?",
  "my-name",
  "abc-123",
);
const WILDCARD_MESSAGE = regexMessage(
  "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character",
  `\\*\\.${SUBDOMAIN_FORM}`,
  "*.example.com",
);
const QUALIFIED_MESSAGE = regexMessage(
  "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
  "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]",
  "MyName",
  "my.name",
  "123-abc",
);
const LABEL_VALUE_MESSAGE = regexMessage(
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
  "(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?",
  "MyValue",
  "my_value",
  "12345",
);

function matching(value: string, regex: RegExp, message: string, maxLength: number): readonly string[] {
  const tooLong = value.length > maxLength;
  const wrong = !regex.test(value);
  if (!tooLong && !wrong) return NO_MESSAGES;
  const messages: string[] = [];
  if (tooLong) messages.push(maxLengthMessage(maxLength));
  if (wrong) messages.push(message);
  return messages;
}

export function validateDns1123Label(value: string): readonly string[] {
  // What is a subdomain and no label can only have dots too many.
  return matching(value, DNS1123_LABEL, DNS1123_SUBDOMAIN.test(value) ? "must not contain dots" : LABEL_MESSAGE, 63);
}

export function validateDns1123Subdomain(value: string): readonly string[] {
  return matching(value, DNS1123_SUBDOMAIN, SUBDOMAIN_MESSAGE, 253);
}

const UNDERSCORED_LABEL_FORM = "_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?";
const UNDERSCORED_SUBDOMAIN_FORM = `${UNDERSCORED_LABEL_FORM}(\\.${UNDERSCORED_LABEL_FORM})*`;
const UNDERSCORED_SUBDOMAIN = new RegExp(`^${UNDERSCORED_SUBDOMAIN_FORM}$`);
const UNDERSCORED_MESSAGE = regexMessage(
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '_', '-' or '.', and must start and end with an alphanumeric character",
  UNDERSCORED_SUBDOMAIN_FORM,
  "example.com",
);

/** Domains that resolvers search. */
export function validateDns1123SubdomainWithUnderscore(value: string): readonly string[] {
  return matching(value, UNDERSCORED_SUBDOMAIN, UNDERSCORED_MESSAGE, 253);
}

export function validateDns1035Label(value: string): readonly string[] {
  return matching(value, DNS1035_LABEL, DNS1035_MESSAGE, 63);
}

export function validateWildcardDns1123Subdomain(value: string): readonly string[] {
  return matching(value, WILDCARD_SUBDOMAIN, WILDCARD_MESSAGE, 253);
}

export function validateLabelValue(value: string): readonly string[] {
  return matching(value, LABEL_VALUE, LABEL_VALUE_MESSAGE, 63);
}

/** `[prefix/]name`: keys of labels and annotations, extended resources, conditions' types. */
export function validateQualifiedName(value: string): readonly string[] {
  // Nearly all that is asked about.
  if (value.length <= 63 && QUALIFIED_PART.test(value)) return NO_MESSAGES;
  const parts = value.split("/");
  if (parts.length > 2) {
    const form = regexMessage(
      "a qualified name must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
      "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]",
      "MyName",
      "my.name",
      "123-abc",
    );
    return [`${form} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`];
  }
  const messages: string[] = [];
  if (parts.length === 2) {
    const prefix = parts[0]!;
    if (prefix === "") messages.push(`prefix part ${EMPTY_MESSAGE}`);
    else for (const message of validateDns1123Subdomain(prefix)) messages.push(`prefix part ${message}`);
  }
  const name = parts.at(-1)!;
  if (name === "") messages.push(`name part ${EMPTY_MESSAGE}`);
  else if (name.length > 63) messages.push(`name part ${maxLengthMessage(63)}`);
  if (!QUALIFIED_PART.test(name)) messages.push(`name part ${QUALIFIED_MESSAGE}`);
  return messages;
}

const ENV_VAR_MESSAGE =
  "a valid environment variable name must consist only of printable ASCII characters other than '='";

export function validateEnvVarName(value: string): readonly string[] {
  if (value === "") return [`environment variable name ${EMPTY_MESSAGE}`];
  for (let index = 0; index < value.length; index++) {
    const code = value.charCodeAt(index);
    if (code < 0x20 || code > 0x7e || code === 0x3d) return [ENV_VAR_MESSAGE];
  }
  return NO_MESSAGES;
}

const CONFIG_MAP_KEY = /^[-._a-zA-Z0-9]+$/;

export function validateConfigMapKey(value: string): readonly string[] {
  const isWellFormed = CONFIG_MAP_KEY.test(value);
  if (isWellFormed && value.length <= 253 && !value.startsWith(".")) return NO_MESSAGES;
  const messages: string[] = [];
  if (value.length > 253) messages.push(maxLengthMessage(253));
  if (!isWellFormed) {
    messages.push(
      regexMessage(
        "a valid config key must consist of alphanumeric characters, '-', '_' or '.'",
        "[-._a-zA-Z0-9]+",
        "key.name",
        "KEY_NAME",
        "key-name",
      ),
    );
  }
  if (value === ".") messages.push("must not be '.'");
  else if (value === "..") messages.push("must not be '..'");
  else if (value.startsWith("..")) messages.push("must not start with '..'");
  return messages;
}

export function validateCIdentifier(value: string): readonly string[] {
  if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(value)) return NO_MESSAGES;
  return [
    regexMessage(
      "a valid C identifier must start with alphabetic character or '_', followed by a string of alphanumeric characters or '_'",
      "[A-Za-z_][A-Za-z0-9_]*",
      "my_name",
      "MY_NAME",
      "MyName",
    ),
  ];
}

export function validateHttpHeaderName(value: string): readonly string[] {
  if (/^[-A-Za-z0-9]+$/.test(value)) return NO_MESSAGES;
  return [
    regexMessage(
      "a valid HTTP header must consist of alphanumeric characters or '-'",
      "[-A-Za-z0-9]+",
      "X-Header-Name",
    ),
  ];
}

export function validatePercent(value: string): readonly string[] {
  if (/^[0-9]+%$/.test(value)) return NO_MESSAGES;
  return [
    regexMessage("a valid percent string must be a numeric string followed by an ending '%'", "[0-9]+%", "1%", "93%"),
  ];
}

export function inclusiveRangeMessage(low: number, high: number): string {
  return `must be between ${low} and ${high}, inclusive`;
}

export function validatePortNumber(value: number): readonly string[] {
  return value >= 1 && value <= 65_535 ? NO_MESSAGES : [inclusiveRangeMessage(1, 65_535)];
}

/** An IANA service name: up to 15 characters, at least one letter. */
export function validatePortName(value: string): readonly string[] {
  const messages: string[] = [];
  if (value.length > 15) messages.push(maxLengthMessage(15));
  if (!/^[-a-z0-9]+$/.test(value))
    messages.push("must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)");
  if (!/[a-z]/.test(value)) messages.push("must contain at least one letter (a-z)");
  if (value.includes("--")) messages.push("must not contain consecutive hyphens");
  if (value.startsWith("-") || value.endsWith("-")) messages.push("must not begin or end with a hyphen");
  return messages;
}

/** Names of RBAC objects and others whose names only have to stand in a URL path. */
export function validatePathSegmentName(value: string): readonly string[] {
  if (value === "." || value === "..") return [`may not be '${value}'`];
  const messages: string[] = [];
  for (const illegal of ["/", "%"]) if (value.includes(illegal)) messages.push(`may not contain '${illegal}'`);
  return messages;
}

/**
 * A name validation; `prefix` is true for `generateName`, where a final dash is fine because more characters follow.
 */
export type NameValidation = (name: string, prefix: boolean) => readonly string[];

function maskTrailingDash(name: string): string {
  return name.length > 1 && name.endsWith("-") ? `${name.slice(0, -2)}a` : name;
}

export const nameIsDnsSubdomain: NameValidation = (name, prefix) =>
  validateDns1123Subdomain(prefix ? maskTrailingDash(name) : name);

export const nameIsDnsLabel: NameValidation = (name, prefix) =>
  validateDns1123Label(prefix ? maskTrailingDash(name) : name);

export const nameIsDns1035Label: NameValidation = (name, prefix) =>
  validateDns1035Label(prefix ? maskTrailingDash(name) : name);

export const nameIsPathSegment: NameValidation = (name) => validatePathSegmentName(name);
