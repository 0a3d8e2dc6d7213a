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
import { allOf, expectSame, expectSameSet, type Suite, skip } from "../suite.ts";
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

/** A volume that is Pending has just come: the controller looks at it before any claim can have it. */
function seen(input: Input): Input {
  const pending = (input.volumes ?? []).filter(({ status }) => status?.phase === "Pending");
  if (pending.length === 0) return input;
  const volumes = (input.volumes ?? []).map((volume) =>
    pending.includes(volume)
      ? outcomeOf({ ...input, volumes: [volume] }, (pass) => syncVolume(pass, volume)).volumes[0]!
      : volume,
  );
  return { ...input, volumes };
}

/** Objects after one pass over the first claim or the first volume, and the events' reasons. */
function outcomeOf(input: Input, sync: (pass: Pass) => void) {
  const volumes = new Map((input.volumes ?? []).map((volume) => [volume.metadata.name ?? "", volume]));
  const claims = new Map((input.claims ?? []).map((claim) => [keyOfClaim(claim), claim]));
  const pass = createPass({
    volume: (name) => volumes.get(name),
    claim: (key) => claims.get(key),
    all: () => [...volumes.values()],
    storageClass: () => undefined,
    defaultClass: () => null,
    podsOf: () => [],
    unscheduledPodsOf: () => [],
  });
  sync(pass);
  for (const { request } of pass.writes) {
    const { namespace, name, verb, body } = request;
    if (request.resource === "persistentvolumeclaims")
      claims.set(`${namespace}/${name}`, body as PersistentVolumeClaim);
    else if (verb === "delete") volumes.delete(name);
    else volumes.set(name, body as PersistentVolume);
  }
  return {
    volumes: [...volumes.values()],
    claims: [...claims.values()],
    events: pass.events.map(({ reason }) => reason),
  };
}

function compare(input: Input, expected: Readonly<Record<string, unknown>>, sync: (pass: Pass) => void) {
  const asked = (input.claims ?? []).map(classOf);
  const given = ((expected.claims ?? []) as PersistentVolumeClaim[]).map(classOf);
  if (given.some((name) => name !== "" && !asked.includes(name))) return skip("a default class that is not named");
  const phases = ((expected.volumes ?? []) as PersistentVolume[]).map(({ status }) => status?.phase);
  const reasons = (expected.events ?? []) as readonly string[];
  if (reasons.includes("VolumeFailedRecycle") && phases.includes("Released")) return skip("pods that are not named");
  const { volumes, claims, events } = outcomeOf(seen(input), sync);
  return allOf(
    expectSameSet(volumes, (expected.volumes ?? []) as unknown[]),
    expectSameSet(claims, (expected.claims ?? []) as unknown[]),
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
