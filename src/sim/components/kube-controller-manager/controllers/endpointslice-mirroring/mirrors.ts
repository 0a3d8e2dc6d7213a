import type { ApiObject } from "../../../../api/object.ts";
import { type AddressType, type Endpoint, type EndpointPort, isOfType } from "../endpointslice/endpoint.ts";
import { portsKey } from "../endpointslice/reconcile.ts";

/** Of each subset. */
const ADDRESSES_MAX = 1000;

interface Address {
  readonly ip: string;
  readonly hostname?: string;
  readonly nodeName?: string;
  readonly targetRef?: Endpoint["targetRef"];
}

export interface Endpoints extends ApiObject {
  readonly subsets?: readonly {
    readonly addresses?: readonly Address[];
    readonly notReadyAddresses?: readonly Address[];
    readonly ports?: readonly EndpointPort[];
  }[];
}

/** What a slice of Endpoints holds; of its conditions only `ready` is known. */
export interface Mirror {
  readonly addressType: AddressType;
  readonly ports: readonly EndpointPort[];
  readonly endpoints: readonly (Omit<Endpoint, "conditions"> & { readonly conditions: { readonly ready: boolean } })[];
}

/** The slices that say what the Endpoints say: subsets with the same ports share one an address type. */
export function mirrorsOf({ subsets = [] }: Endpoints): Mirror[] {
  const groups = new Map<string, { mirror: Omit<Mirror, "endpoints">; endpoints: Mirror["endpoints"][number][] }>();
  for (const { addresses = [], notReadyAddresses = [], ports = [] } of subsets) {
    const all = [
      ...addresses.map((address) => ({ address, ready: true })),
      ...notReadyAddresses.map((address) => ({ address, ready: false })),
    ].slice(0, ADDRESSES_MAX);
    for (const { address, ready } of all) {
      const addressType = isOfType(address.ip, "IPv6") ? "IPv6" : "IPv4";
      const key = `${addressType}|${portsKey(ports)}`;
      const group = groups.get(key) ?? { mirror: { addressType, ports }, endpoints: [] };
      groups.set(key, group);
      const { ip, hostname, nodeName, targetRef } = address;
      group.endpoints.push({
        addresses: [ip],
        conditions: { ready },
        ...(hostname ? { hostname } : {}),
        ...(nodeName ? { nodeName } : {}),
        ...(targetRef === undefined ? {} : { targetRef }),
      });
    }
  }
  return [...groups.values()].map(({ mirror, endpoints }) => ({ ...mirror, endpoints }));
}
