import type { FieldError } from "../../../sim/api/field-errors.ts";
import {
  validateCIdentifier,
  validateConfigMapKey,
  validateDns1035Label,
  validateDns1123Label,
  validateDns1123Subdomain,
  validateEnvVarName,
  validateHttpHeaderName,
  validateLabelValue,
  validatePercent,
  validatePortName,
  validatePortNumber,
  validateQualifiedName,
  validateWildcardDns1123Subdomain,
} from "../../../sim/api/names.ts";
import {
  validateCidr,
  validateFullyQualifiedDomainName,
  validateFullyQualifiedName,
  validateIp,
} from "../../../sim/api/validation/common.ts";
import { allOf, expectSame, fail, type Suite } from "../suite.ts";

const MESSAGES_OF: Readonly<Record<string, (value: never) => readonly string[]>> = {
  "c-identifier": validateCIdentifier,
  "configmap-key": validateConfigMapKey,
  "dns1035-label": validateDns1035Label,
  "dns1123-label": validateDns1123Label,
  "dns1123-subdomain": validateDns1123Subdomain,
  "env-var-name": validateEnvVarName,
  "http-header-name": validateHttpHeaderName,
  "label-value": validateLabelValue,
  percent: validatePercent,
  "port-name": validatePortName,
  "port-number": validatePortNumber,
  "qualified-name": validateQualifiedName,
  "wildcard-dns1123-subdomain": validateWildcardDns1123Subdomain,
};

const ERRORS_OF: Readonly<Record<string, (field: string, value: string) => readonly FieldError[]>> = {
  cidr: validateCidr,
  "domain-prefixed-name": validateFullyQualifiedName,
  fqdn: validateFullyQualifiedDomainName,
  ip: validateIp,
};

export const names: Suite = {
  name: "names",
  run: ({ check, value, valid, messages, errors }) => {
    const messagesOf = MESSAGES_OF[check as string];
    if (messagesOf) {
      const found = messagesOf(value as never);
      return allOf(expectSame(found.length === 0, valid), expectSame(found, messages ?? []));
    }
    const errorsOf = ERRORS_OF[check as string];
    if (!errorsOf) return fail(`there is no check ${check}`);
    const found = errorsOf("field", value as string).map(({ type, detail }) => ({ type, detail }));
    return allOf(expectSame(found.length === 0, valid), expectSame(found, errors ?? []));
  },
};
