import type { ApiObject } from "../api/object.ts";
import type { Checker } from "./checker.ts";
import { newestStore, objectsUnder } from "./objects.ts";

interface ServiceFields {
  readonly spec?: {
    readonly clusterIP?: string;
    readonly ports?: readonly { readonly nodePort?: number; readonly protocol?: string }[];
  };
}

export const uniqueServiceAddresses: Checker = {
  name: "service-addresses-are-unique",
  because: "A ClusterIP or node port leads to one Service only.",
  check(world) {
    const store = newestStore(world);
    if (store === null) return [];
    const owners = new Map<string, string>();
    const violations: string[] = [];
    const claim = (address: string, name: string) => {
      const other = owners.get(address);
      if (other !== undefined && other !== name) violations.push(`${other} and ${name} both have ${address}.`);
      owners.set(address, name);
    };
    for (const service of objectsUnder(store, "/registry/services/specs/")) {
      const name = `${service.metadata?.namespace}/${service.metadata?.name}`;
      const { spec } = service as ApiObject & ServiceFields;
      if (spec?.clusterIP !== undefined && spec.clusterIP !== "" && spec.clusterIP !== "None")
        claim(spec.clusterIP, name);
      for (const port of spec?.ports ?? [])
        if (port.nodePort) claim(`node port ${port.nodePort}/${port.protocol ?? "TCP"}`, name);
    }
    return violations;
  },
};
