import { describe, expect, it } from "vitest";
import { goDiff } from "./report.ts";

const lines = (...text: readonly string[]): string => `${text.join("\n")}\n`;

describe("a difference of Go values", () => {
  it("is none where nothing differs", () => {
    expect(goDiff("PodSpec", { containers: [{ name: "a" }], hostname: "" }, { containers: [{ name: "a" }] })).toBe("");
    expect(goDiff("ResourceRequirements", { limits: { cpu: "1" } }, { limits: { cpu: "1000m" } })).toBe("");
  });

  it("shows what is around, and counts what is further away", () => {
    const old = { containers: [{ name: "c", image: "i" }], nodeName: "n", restartPolicy: "Always" };
    expect(goDiff("PodSpec", old, { ...old, restartPolicy: "Never" })).toBe(
      lines(
        "  core.PodSpec{",
        "  \t... // 2 identical fields",
        '  \tContainers:                    {{Name: "c", Image: "i"}},',
        "  \tEphemeralContainers:           nil,",
        '- \tRestartPolicy:                 "Always",',
        '+ \tRestartPolicy:                 "Never",',
        "  \tTerminationGracePeriodSeconds: nil,",
        "  \tActiveDeadlineSeconds:         nil,",
        "  \t... // 27 identical fields",
        "  }",
      ),
    );
  });

  it("goes into what branches, and pairs what is alike", () => {
    const container = (port: number, more = {}): object => ({ name: "c", containerPort: port, ...more });
    expect(goDiff("PodSpec", { nodeSelector: { a: "1", b: "2" } }, { nodeSelector: { a: "1", c: "3" } })).toContain(
      lines("  \tNodeSelector: map[string]string{", '  \t\t"a": "1",', '- \t\t"b": "2",', '+ \t\t"c": "3",', "  \t},"),
    );
    expect(
      goDiff(
        "Container",
        { ports: [container(1), container(2)] },
        { ports: [container(0, { name: "d" }), container(1), container(2)] },
      ),
    ).toContain(
      lines(
        "  \tPorts: []core.ContainerPort{",
        '+ \t\t{Name: "d"},',
        '  \t\t{Name: "c", ContainerPort: 1},',
        '  \t\t{Name: "c", ContainerPort: 2},',
        "  \t},",
      ),
    );
  });

  it("shows pointers, amounts and embedded structs as Go has them", () => {
    const text = goDiff(
      "PersistentVolumeClaimSpec",
      { storageClassName: "a", resources: { requests: { storage: "1Gi" } } },
      { resources: { requests: { storage: "10Gi" } }, accessModes: ["ReadWriteOnce"] },
    );
    expect(text).toContain(
      lines(
        "- \tAccessModes: nil,",
        '+ \tAccessModes: []core.PersistentVolumeAccessMode{"ReadWriteOnce"},',
        "  \tSelector:    nil,",
      ),
    );
    expect(text).toContain('- \tStorageClassName: &"a",\n+ \tStorageClassName: nil,\n');
    expect(text).toContain('s"storage": {i: resource.int64Amount{value: 10737418240}, s: "10Gi", Format: "BinarySI"}');
    expect(goDiff("Volume", { name: "v", secret: { secretName: "s" } }, { name: "v", emptyDir: {} })).toContain(
      "+ \t\tEmptyDir:             &core.EmptyDirVolumeSource{},",
    );
  });
});

it("does not search long lists for what is alike in them", { timeout: 4_000 }, () => {
  const containers = (from: number) =>
    Array.from({ length: 100 }, (_, index) => ({
      name: `c${from + index}`,
      image: "a",
      env: Array.from({ length: 100 }, (_, at) => ({ name: `V${from + at}`, value: "x".repeat(200) })),
    }));
  const tolerations = (from: number) => Array.from({ length: 10_000 }, (_, index) => ({ key: `k${from + index}` }));
  const podSpec = (from: number) => ({ containers: containers(from), tolerations: tolerations(from) });
  const text = goDiff("PodSpec", podSpec(0), podSpec(1));
  expect(text).toContain('Key:      "k1"');
});
