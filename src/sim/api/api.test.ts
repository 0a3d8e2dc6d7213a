import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { applyDefaults } from "./defaulting/defaulting.ts";
import { goDuration, parseGoDuration } from "./duration.ts";
import { generateName, podTemplateHash, SAFE_ALPHABET } from "./hash.ts";
import { KINDS, kindOfObject, kindOfResource, storageKey } from "./kinds.ts";
import { formatSelector, matchesObjectSelector, parseSelector } from "./labels.ts";
import { deepFreeze } from "./object.ts";
import { applyMergePatch, createMergePatch } from "./patch/json-merge.ts";
import { podRequests } from "./pod/resources.ts";
import {
  addQuantities,
  canonicalQuantity,
  compareQuantities,
  milliValue,
  subtractQuantities,
  wholeValue,
} from "./quantity.ts";
import { cannotBeHandledMessage, DecodeError, decodeKind } from "./schema/decode.ts";
import { duplicateFields, keysInText, keysInValue } from "./schema/duplicates.ts";
import { schemaOf } from "./schema/schema.ts";
import { prepareForUpdate } from "./strategy.ts";
import { formatMicroTime, formatTime, parseTime } from "./time.ts";

describe("times", () => {
  it("are written and read back to the second and the microsecond", () => {
    expect(formatTime(1_795_165_205_999_999)).toBe("2026-11-20T09:00:05Z");
    expect(formatMicroTime(1_000_250)).toBe("1970-01-01T00:00:01.000250Z");
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4_000_000_000 }), fc.integer({ min: 0, max: 999_999 }), (seconds, rest) => {
        const wallUs = seconds * 1_000_000 + rest;
        expect(parseTime(formatMicroTime(wallUs))).toBe(wallUs);
        expect(parseTime(formatTime(wallUs))).toBe(seconds * 1_000_000);
      }),
    );
  });

  it("with an offset are brought to UTC, and nonsense is refused", () => {
    expect(parseTime("2026-11-20T10:00:00+01:00")).toBe(parseTime("2026-11-20T09:00:00Z"));
    for (const text of ["2026-02-30T00:00:00Z", "2026-11-20", "2026-11-20T25:00:00Z", ""])
      expect(parseTime(text)).toBeNull();
  });

  it("as Go durations are the same after reading and writing", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e12 }), (us) => {
        expect(parseGoDuration(goDuration(us))).toBe(us);
      }),
    );
  });
});

describe("kinds", () => {
  it("know where their objects are stored", () => {
    expect(storageKey(kindOfObject("v1", "Node")!, "", "worker-1")).toBe("/registry/minions/worker-1");
    expect(storageKey(kindOfResource("", "services")!, "default", "web")).toBe("/registry/services/specs/default/web");
    expect(storageKey(kindOfResource("apps", "deployments")!, "a", "b")).toBe("/registry/deployments/a/b");
  });

  it("all have a schema", () => {
    const without = KINDS.filter(
      (kind) => !schemaOf(kind.group === "" ? kind.version : `${kind.group}/${kind.version}`, kind.kind),
    );
    expect(without.map(({ kind }) => kind)).toEqual([]);
  });
});

describe("quantities", () => {
  it("add up and take away again", () => {
    const amount = fc
      .tuple(fc.integer({ min: 1, max: 9999 }), fc.constantFrom("", "m", "k", "M", "Ki", "Mi", "Gi"))
      .map(([value, suffix]) => `${value}${suffix}`);
    fc.assert(
      fc.property(amount, amount, (a, b) => {
        expect(compareQuantities(subtractQuantities(addQuantities(a, b), b), a)).toBe(0);
        expect(compareQuantities(canonicalQuantity(a), a)).toBe(0);
      }),
    );
  });

  it("are read as whole numbers, rounded up", () => {
    expect([milliValue("1.5"), milliValue("250m"), milliValue("1"), milliValue("0.0001")]).toEqual([
      1500, 250, 1000, 1,
    ]);
    expect([wholeValue("1Gi"), wholeValue("1500m"), wholeValue("1e3"), wholeValue(undefined)]).toEqual([
      1_073_741_824, 2, 1000, 0,
    ]);
  });
});

describe("selectors", () => {
  it("are canonical after one reading", () => {
    for (const text of ["app=web,tier in (a,b)", "!old,x", "a!=b", "n>3"]) {
      const once = formatSelector(parseSelector(text));
      expect(formatSelector(parseSelector(once))).toBe(once);
    }
  });

  it("of objects match nothing when absent and everything when empty", () => {
    expect(matchesObjectSelector(undefined, { a: "b" })).toBe(false);
    expect(matchesObjectSelector({}, { a: "b" })).toBe(true);
    expect(
      matchesObjectSelector({ matchExpressions: [{ key: "a", operator: "NotIn", values: ["b"] }] }, { a: "b" }),
    ).toBe(false);
  });
});

describe("hashes and names", () => {
  it("of equal templates are equal, whatever the order of their keys", () => {
    const hash = podTemplateHash({ a: 1, b: [{ c: "x", d: null }] });
    expect(hash).toBe(podTemplateHash({ b: [{ c: "x" }], a: 1 }));
    expect(hash).not.toBe(podTemplateHash({ a: 1, b: [{ c: "y" }] }));
    expect(podTemplateHash({ a: 1 }, 1)).not.toBe(podTemplateHash({ a: 1 }));
    expect([...hash].every((letter) => SAFE_ALPHABET.includes(letter))).toBe(true);
  });

  it("are cut so that the random part fits", () => {
    expect(generateName("x".repeat(100), () => 0)).toBe(`${"x".repeat(58)}bbbbb`);
  });
});

describe("decoding", () => {
  it("names unknown fields with their indexes, and drops them", () => {
    const pod = { apiVersion: "v1", kind: "Pod", spec: { containers: [{ name: "a", imagee: "b" }], foo: 1 } };
    const { object, unknownFields } = decodeKind(pod)!;
    expect(unknownFields).toEqual(['unknown field "spec.containers[0].imagee"', 'unknown field "spec.foo"']);
    expect(object).toEqual({ apiVersion: "v1", kind: "Pod", spec: { containers: [{ name: "a" }] } });
  });

  it("refuses wrong types in the decoder's words", () => {
    const deployment = { apiVersion: "apps/v1", kind: "Deployment", spec: { replicas: "3" } };
    const why = "json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32";
    expect(() => decodeKind(deployment)).toThrow(new DecodeError(why));
    expect(cannotBeHandledMessage("Deployment", "v1", why)).toBe(
      `Deployment in version "v1" cannot be handled as a Deployment: ${why}`,
    );
  });

  it("makes quantities canonical, drops nulls, and shares what is fine", () => {
    const spec = { containers: [{ name: "a", resources: { limits: { cpu: "0.5", memory: "1024Mi" } } }] };
    const metadata = { name: "p", labels: { app: "web" }, creationTimestamp: null };
    const { object } = decodeKind({ apiVersion: "v1", kind: "Pod", metadata, spec })!;
    expect(object.spec).toEqual({ containers: [{ name: "a", resources: { limits: { cpu: "500m", memory: "1Gi" } } }] });
    expect(object.metadata).toEqual({ name: "p", labels: { app: "web" } });
    expect((object.metadata as { labels: unknown }).labels).toBe(metadata.labels);
  });

  it("finds fields that a text gives twice", () => {
    expect(duplicateFields('{"a": {"b": [{"c": 1, "c": 2}], "b": "\\"}"}, "a": 1}')).toEqual([
      'duplicate field "a.b[0].c"',
      'duplicate field "a.b"',
      'duplicate field "a"',
    ]);
  });

  it("sees by their number whether a text gives any twice", () => {
    const text = '{"a": {"b\\\\": [{"c" :1, "\\"": "d:\\":"}], "b": "\\"}"}, "e": [":", []]}';
    expect(keysInText(text)).toBe(6);
    expect(keysInValue(JSON.parse(text), 10)).toBe(6);
    expect(keysInText('{"a": 1, "a": 2}')).toBe(2);
    expect(keysInValue([[[]]], 2)).toBe(-1);
    expect(keysInValue([[[]]], 3)).toBe(0);
  });
});

describe("defaults", () => {
  it("leave an object that has them all as it is", () => {
    const pod = deepFreeze({
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: "p" },
      spec: { containers: [{ name: "c", image: "i" }] },
    });
    const once = deepFreeze(applyDefaults(pod));
    expect(once.metadata).toBe(pod.metadata);
    expect(applyDefaults(once)).toBe(once);
  });

  it.each([
    [{ serviceAccountName: "bob" }],
    [{ serviceAccount: "bob" }],
    [{ serviceAccountName: "bob", serviceAccount: "alice" }],
  ])("tells a pod's service account by both of its names: %j", (given) => {
    const template = { spec: { ...given, containers: [] } };
    const web = { apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "web" }, spec: { template } };
    const { spec } = applyDefaults(deepFreeze(web)) as unknown as typeof web;
    expect(spec.template.spec).toMatchObject({ serviceAccountName: "bob", serviceAccount: "bob" });
  });
});

describe("merge patches", () => {
  it("made from two objects turn the first into the second", () => {
    const value = fc.oneof(fc.integer(), fc.string(), fc.array(fc.integer()));
    const object = fc.dictionary(
      fc.constantFrom("a", "b", "c"),
      fc.oneof(value, fc.dictionary(fc.constantFrom("x", "y"), value)),
    );
    fc.assert(
      fc.property(object, object, (before, after) => {
        expect(applyMergePatch(before, createMergePatch(before, after))).toEqual(after);
      }),
    );
  });
});

describe("updates", () => {
  const old = {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "d", generation: 3 },
    spec: { replicas: 1 },
    status: { replicas: 1 },
  };

  it("of the object leave status alone and count the spec's changes", () => {
    const same = prepareForUpdate({ ...old, status: { replicas: 9 } }, old);
    expect([same.status, same.metadata?.generation]).toEqual([{ replicas: 1 }, 3]);
    expect(prepareForUpdate({ ...old, spec: { replicas: 2 } }, old).metadata?.generation).toBe(4);
  });

  it("of status leave the spec alone", () => {
    const changed = prepareForUpdate({ ...old, spec: { replicas: 7 }, status: { replicas: 2 } }, old, "status");
    expect([changed.spec, changed.status, changed.metadata?.generation]).toEqual([{ replicas: 1 }, { replicas: 2 }, 3]);
  });
});

describe("what a pod asks for", () => {
  it("is its containers' sum, or its greediest init container with the sidecars before it, and overhead", () => {
    const asks = (cpu: string, restartPolicy?: string) => ({
      name: cpu,
      resources: { requests: { cpu } },
      ...(restartPolicy ? { restartPolicy } : {}),
    });
    const spec = {
      containers: [asks("100m"), asks("200m")],
      initContainers: [asks("50m", "Always"), asks("1")],
      overhead: { cpu: "10m" },
    };
    expect(podRequests({ spec })).toEqual({ cpu: 1060 });
  });
});
