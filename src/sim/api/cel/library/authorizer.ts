import { CelFault } from "../values.ts";
import { type Overload, overload } from "./overload.ts";

/** What expressions of admission may ask of an authorizer. Such expressions are typed only. */
const AUTHORIZER = "kubernetes.authorization.Authorizer";
const CHECK = "kubernetes.authorization.ResourceCheck";
const DECISION = "kubernetes.authorization.Decision";

function never(): never {
  throw new CelFault("no authorizer");
}

export const AUTHORIZERS: readonly Overload[] = [
  `${AUTHORIZER}.path(string): kubernetes.authorization.PathCheck`,
  `${AUTHORIZER}.group(string): kubernetes.authorization.GroupCheck`,
  `${AUTHORIZER}.serviceAccount(string, string): ${AUTHORIZER}`,
  `kubernetes.authorization.PathCheck.check(string): ${DECISION}`,
  `kubernetes.authorization.GroupCheck.resource(string): ${CHECK}`,
  ...["subresource", "namespace", "name", "fieldSelector", "labelSelector"].map(
    (name) => `${CHECK}.${name}(string): ${CHECK}`,
  ),
  `${CHECK}.check(string): ${DECISION}`,
  `${DECISION}.allowed(): bool`,
  `${DECISION}.reason(): string`,
  `${DECISION}.errored(): bool`,
  `${DECISION}.error(): string`,
].map((signature) => overload(signature, never));
