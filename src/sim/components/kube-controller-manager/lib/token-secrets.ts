import type { ApiObject } from "../../../api/object.ts";
import type { InformerOptions } from "../../../machinery/informer.ts";
import { SECRETS } from "../../../machinery/resources.ts";

/** Secrets with tokens of service accounts: what the controllers that mind them share. */
const TYPE = "kubernetes.io/service-account-token";

/** Annotations: whose token it is. */
export const ACCOUNT_NAME = "kubernetes.io/service-account.name";
export const ACCOUNT_UID = "kubernetes.io/service-account.uid";

/** Name of the informer that sees nothing but them. */
export const TOKENS = "token-secrets";

export const TOKENS_INFORMER: InformerOptions = {
  name: TOKENS,
  resource: SECRETS,
  fieldSelector: `type=${TYPE}`,
};

export interface Account extends ApiObject {
  readonly secrets?: readonly { readonly name?: string }[];
}
