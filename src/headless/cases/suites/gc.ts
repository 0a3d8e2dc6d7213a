import { kindOfObject } from "../../../sim/api/kinds.ts";
import type { ApiObject } from "../../../sim/api/object.ts";
import { controllerWorld } from "../../../sim/components/kube-controller-manager/testing/controller-world.ts";
import { deleteRequest } from "../../../sim/machinery/requests.ts";
import { fakeApi, pass, ask as request } from "../../../sim/machinery/testing/small-world.ts";
import { allOf, expectSame, expectSameSet, type Suite } from "../suite.ts";
import { type Answer, ask } from "./ask.ts";

interface Input {
  readonly objects: readonly ApiObject[];
  readonly action?: { readonly delete: string; readonly propagationPolicy: "Orphan" | "Background" | "Foreground" };
}

const SETTLED_SECONDS = 60;

const ANSWERS: Readonly<Record<string, Answer<Input>>> = {
  outcome: ({ objects, action }, expected) => {
    const byResource: Record<string, ApiObject[]> = {};
    for (const object of objects) {
      const { group, resource } = kindOf(object);
      const key = group === "" ? resource : `${group}/${resource}`;
      byResource[key] = [...(byResource[key] ?? []), object];
    }
    const world = controllerWorld({ objects: byResource, flags: ["--controllers=garbage-collector-controller"] });
    pass(world, SETTLED_SECONDS);
    const target = objects.find((object) => object.metadata?.name === action?.delete);
    if (action !== undefined && target !== undefined) {
      const { namespace = "", name = "" } = target.metadata ?? {};
      const options = { propagationPolicy: action.propagationPolicy, gracePeriodSeconds: 0 };
      request(world, deleteRequest(kindOf(target), namespace, name, options));
    }
    pass(world, SETTLED_SECONDS);
    const left = Object.keys(byResource).flatMap((key) => [...(fakeApi(world).objects.get(key)?.values() ?? [])]);
    const remain = names(left);
    const gone = names(objects).filter((name) => !remain.includes(name));
    const deleting = names(left.filter((object) => object.metadata?.deletionTimestamp !== undefined));
    const ownersLeft = Object.entries((expected.ownersLeft ?? {}) as Record<string, string[]>).map(([name, owners]) => {
      const found = left.find((object) => object.metadata?.name === name);
      const held = (found?.metadata?.ownerReferences ?? []).map((owner) => owner.name);
      return expectSameSet(held, owners);
    });
    return allOf(
      expectSameSet(gone, expected.gone as string[]),
      expectSameSet(remain, expected.remain as string[]),
      expected.deleting === undefined ? expectSame(0, 0) : expectSameSet(deleting, expected.deleting as string[]),
      ...ownersLeft,
    );
  },
};

function kindOf(object: ApiObject): NonNullable<ReturnType<typeof kindOfObject>> {
  const kind = kindOfObject(object.apiVersion, object.kind);
  if (kind === undefined) throw new Error(`no kind ${object.kind}`);
  return kind;
}

function names(objects: readonly ApiObject[]): string[] {
  return objects.map((object) => object.metadata?.name ?? "");
}

/** What is left after a deletion, run in a small world. */
export const gc: Suite = { name: "gc", run: (recorded) => ask(ANSWERS, recorded) };
