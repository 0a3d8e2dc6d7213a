/** The kubeconfig: a file if there is one, otherwise what the door to the API server is. */

import { parseYaml } from "../../sim/api/go-yaml.ts";
import type { ProgramContext } from "../doors.ts";
import { isObject, type JsonObject, objectOf, objectsOf, textOf } from "./json.ts";

export function kubeconfigPath(context: ProgramContext): string {
  return context.env?.KUBECONFIG || `${context.env?.HOME ?? "~"}/.kube/config`;
}

export async function readKubeconfig(context: ProgramContext, path = kubeconfigPath(context)): Promise<JsonObject> {
  try {
    const value = parseYaml(await context.files.read(path));
    if (isObject(value)) return value;
  } catch {
    // No file: the door's own server and user.
  }
  const name = context.api.user;
  return {
    apiVersion: "v1",
    clusters: [
      { cluster: { "certificate-authority-data": "DATA+OMITTED", server: context.api.server }, name: "kubernetes" },
    ],
    contexts: [{ context: { cluster: "kubernetes", user: name }, name: `${name}@kubernetes` }],
    "current-context": `${name}@kubernetes`,
    kind: "Config",
    preferences: {},
    users: [{ name, user: { "client-certificate-data": "DATA+OMITTED", "client-key-data": "DATA+OMITTED" } }],
  };
}

export function currentContext(config: JsonObject): string {
  return textOf(config["current-context"]);
}

export function contextNamed(config: JsonObject, name: string): JsonObject | null {
  const found = objectsOf(config.contexts).find((context) => context.name === name);
  return found ? objectOf(found.context) : null;
}

/** What a user of the kubeconfig shows to the server; nothing where there is no such user. */
export function userNamed(config: JsonObject, name: string): JsonObject {
  return objectOf(objectsOf(config.users).find((user) => user.name === name)?.user);
}
