import {
  type AddressType,
  addressTypes,
  belongs,
  endpointPorts,
  podToEndpoint,
  publishesHostname,
} from "../../../sim/components/kube-controller-manager/controllers/endpointslice/endpoint.ts";
import { groupByPorts } from "../../../sim/components/kube-controller-manager/controllers/endpointslice/index.ts";
import type { Node, Pod, Service } from "../../../sim/components/kube-controller-manager/lib/types.ts";
import { allOf, expectSame, expectSameSet, type Suite } from "../suite.ts";
import { type Answer, ask } from "./ask.ts";

interface Input {
  readonly pod: Pod;
  readonly pods: readonly Pod[];
  readonly node?: Node;
  readonly service: Service;
  readonly addressType: AddressType;
  readonly includeTerminating: boolean;
}

const ANSWERS: Readonly<Record<string, Answer<Input>>> = {
  "pod-to-endpoint": ({ pod, node, service, addressType }, { endpoint }) =>
    expectSame(podToEndpoint(pod, node, service, addressType), endpoint),
  "named-ports": ({ service, pod }, { ports }) => expectSame(endpointPorts(service, pod), ports),
  "address-types": ({ service }, expected) => expectSameSet(addressTypes(service), expected.addressTypes as string[]),
  "pod-belongs": ({ pod, includeTerminating }, { included }) => expectSame(belongs(pod, includeTerminating), included),
  "hostname-published": ({ pod, service }, { hostname }) => expectSame(publishesHostname(pod, service), hostname),
  "service-endpoints": ({ service, pods }, { ports, endpoints }) => {
    const family = addressTypes(service)[0] ?? "IPv4";
    const included = pods.filter((pod) => belongs(pod, true));
    const groups = groupByPorts(service, included, () => undefined, family);
    const found = groups.flatMap((group) => group.endpoints);
    return allOf(
      expectSameSet(groups[0]?.ports ?? [], (ports ?? []) as unknown[]),
      expectSameSet(found, (endpoints ?? []) as unknown[]),
    );
  },
};

/** Endpoints of services. */
export const endpointslice: Suite = { name: "endpointslice", run: (recorded) => ask(ANSWERS, recorded) };
