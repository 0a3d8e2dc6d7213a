import { describe, expect, it } from "vitest";
import type { ApiObject } from "../object.ts";
import { CLUSTER_META, type Fields, linesOf, linesOfUpdate, META, object, type Row } from "./testing.ts";

function rows(table: readonly Row[]): void {
  it.each(table.map(([what, created, lines]) => ({ what, created, lines })))("$what", ({ created, lines }) => {
    expect(linesOf(created)).toEqual(lines);
  });
}

const RULE = { operations: ["CREATE"], apiGroups: [""], apiVersions: ["v1"], resources: ["pods"] };

function policy(spec: Fields, metadata: Fields = CLUSTER_META): ApiObject {
  return object(
    "admissionregistration.k8s.io/v1",
    "ValidatingAdmissionPolicy",
    { spec: { matchConstraints: { resourceRules: [RULE] }, validations: [{ expression: "true" }], ...spec } },
    metadata,
  );
}

describe("validating admission policies", () => {
  rows([
    ["may be small", policy({}), []],
    [
      "match something and decide something",
      policy({ matchConstraints: undefined, validations: [] }),
      [
        "spec.matchConstraints: Required value",
        "spec.validations: Required value: validations or auditAnnotations must contain at least one item",
        "spec.auditAnnotations: Required value: validations or auditAnnotations must contain at least one item",
      ],
    ],
    [
      "match by rules",
      policy({ matchConstraints: { resourceRules: [{ ...RULE, resourceNames: ["a/b", "c", "c"], operations: [] }] } }),
      [
        `spec.matchConstraints.resourceRules[0].resourceNames[0]: Invalid value: "a/b": may not contain '/'`,
        'spec.matchConstraints.resourceRules[0].resourceNames[2]: Duplicate value: "c"',
        "spec.matchConstraints.resourceRules[0].operations: Required value",
      ],
    ],
    ["need a rule", policy({ matchConstraints: {} }), ["spec.matchConstraints.resourceRules: Required value"]],
    [
      "say of what kind their parameters are",
      policy({ paramKind: { apiVersion: "a/b/c", kind: "" } }),
      [
        'spec.paramKind.apiVersion: Invalid value: "a/b/c": unexpected GroupVersion string: a/b/c',
        "spec.paramKind.kind: Required value",
      ],
    ],
    [
      "know their parameters only if they have a kind",
      policy({ validations: [{ expression: "params.ok == true" }] }),
      [
        expect.stringContaining(
          "compilation failed: ERROR: <input>:1:1: undeclared reference to 'params'",
        ) as unknown as string,
      ],
    ],
    [
      "may use their variables, each those before it",
      policy({
        variables: [
          { name: "a", expression: "1" },
          { name: "b", expression: "variables.a + 1" },
        ],
        validations: [{ expression: "variables.b > 1" }],
      }),
      [],
    ],
    [
      "name their variables as CEL can",
      policy({
        variables: [
          { name: "", expression: "1" },
          { name: "for", expression: " " },
        ],
      }),
      [
        "spec.variables[0].name: Required value: name is not specified",
        'spec.variables[1].name: Invalid value: "for": name is not a valid CEL identifier',
        "spec.variables[1].expression: Required value: expression is not specified",
      ],
    ],
    [
      "decide by expressions and say why in one line",
      policy({
        validations: [
          { expression: "1", message: "a\nb", reason: "NotFound", messageExpression: "2" },
          { expression: " ", message: " ", messageExpression: " " },
        ],
      }),
      [
        'spec.validations[0].expression: Invalid value: "1": must evaluate to bool but got int',
        'spec.validations[0].messageExpression: Invalid value: "2": must evaluate to string but got int',
        'spec.validations[0].message: Invalid value: "a\\nb": message must not contain line breaks',
        'spec.validations[0].reason: Unsupported value: "NotFound": supported values: "Forbidden", "Invalid", "RequestEntityTooLarge"',
        "spec.validations[1].expression: Required value: expression is not specified",
        'spec.validations[1].messageExpression: Invalid value: " ": must be non-empty if specified',
        'spec.validations[1].message: Invalid value: " ": message must be non-empty if specified',
      ],
    ],
    [
      "annotate audits with text",
      policy({
        auditAnnotations: [
          { key: "k", valueExpression: "1" },
          { key: "k", valueExpression: "" },
          { key: "l", valueExpression: `'${"x".repeat(5120)}'` },
        ],
      }),
      [
        'spec.auditAnnotations[0].valueExpression: Invalid value: "1": must evaluate to one of [string null_type]',
        "spec.auditAnnotations[1].valueExpression: Required value: valueExpression is not specified",
        'spec.auditAnnotations[1].key: Duplicate value: "k"',
        "spec.auditAnnotations[2].valueExpression: Required value: must not exceed 5120 bytes in length",
      ],
    ],
  ]);

  it("need not hold in their conditions what they did not hold before", () => {
    const bad = { matchConditions: [{ name: "", expression: "1" }] };
    expect(linesOfUpdate(policy({ ...bad, failurePolicy: "Ignore" }), policy(bad))).toEqual([]);
    expect(linesOfUpdate(policy(bad), policy({}))).toHaveLength(2);
  });

  it("have a status of warnings and conditions", () => {
    const status = {
      typeChecking: { expressionWarnings: [{ warning: "", fieldRef: "" }] },
      conditions: [{ type: "A", status: "true", reason: "1", message: "" }],
    };
    expect(linesOfUpdate({ ...policy({}), status } as ApiObject, policy({}), "status")).toEqual([
      "status.typeChecking.expressionWarnings[0].warning: Required value",
      "status.typeChecking.expressionWarnings[0].fieldRef: Required value",
      'status.conditions[0].status: Unsupported value: "true": supported values: "False", "True", "Unknown"',
      "status.conditions[0].lastTransitionTime: Required value: must be set",
      expect.stringContaining('status.conditions[0].reason: Invalid value: "1": a condition reason must start'),
    ]);
  });
});

describe("bindings of validating admission policies", () => {
  const binding = (spec: Fields): ApiObject =>
    object("admissionregistration.k8s.io/v1", "ValidatingAdmissionPolicyBinding", { spec }, CLUSTER_META);
  rows([
    ["may be small", binding({ policyName: "p", validationActions: ["Deny"] }), []],
    [
      "name a policy and what is done",
      binding({ validationActions: [] }),
      [
        "spec.policyName: Required value",
        "spec.validationActions: Required value: at least one validation action is required",
      ],
    ],
    [
      "neither repeat nor contradict what is done",
      binding({ policyName: "p", validationActions: ["Deny", "Warn", "Warn", "Log"] }),
      [
        'spec.validationActions[2]: Duplicate value: "Warn"',
        'spec.validationActions[3]: Unsupported value: "Log": supported values: "Audit", "Deny", "Warn"',
        'spec.validationActions: Invalid value: []admissionregistration.ValidationAction{"Deny", "Warn", "Warn", "Log"}: must not contain both Deny and Warn (repeating the same validation failure information in the API response and headers serves no purpose)',
      ],
    ],
    [
      "find parameters by name or by labels",
      binding({ policyName: "p", validationActions: ["Deny"], paramRef: { name: "n", selector: {} } }),
      [
        "spec.paramRef.name: Forbidden: name and selector are mutually exclusive",
        "spec.paramRef.selector: Forbidden: name and selector are mutually exclusive",
        "spec.paramRef.parameterNotFoundAction: Required value",
      ],
    ],
  ]);
});

describe("flow schemas", () => {
  const rule = {
    subjects: [{ kind: "Group", group: { name: "g" } }],
    resourceRules: [{ verbs: ["*"], apiGroups: ["*"], resources: ["*"], namespaces: ["*"] }],
  };
  const schema = (spec: Fields, name = "a"): ApiObject =>
    object(
      "flowcontrol.apiserver.k8s.io/v1",
      "FlowSchema",
      { spec: { priorityLevelConfiguration: { name: "p" }, rules: [rule], ...spec } },
      { ...CLUSTER_META, name },
    );
  rows([
    ["have a default precedence", schema({}), []],
    [
      "leave the first place to one of them",
      schema({ matchingPrecedence: 1 }),
      ["spec.matchingPrecedence: Invalid value: 1: only the schema named 'exempt' may have matchingPrecedence 1"],
    ],
    [
      "name a level, tell flows apart by user or namespace",
      schema({ priorityLevelConfiguration: {}, distinguisherMethod: { type: "ByName" }, matchingPrecedence: 10_001 }),
      [
        "spec.matchingPrecedence: Invalid value: 10001: must not be greater than 10000",
        'spec.distinguisherMethod.type: Unsupported value: "ByName": supported values: "ByNamespace", "ByUser"',
        "spec.priorityLevelConfiguration.name: Required value: must reference a priority level",
      ],
    ],
    [
      "are about what somebody does",
      schema({ rules: [{ subjects: [{ kind: "User", group: { name: "g" } }, { kind: "X" }] }] }),
      [
        "spec.rules[0].subjects[0].user: Required value: user is required when subject kind is 'User'",
        "spec.rules[0].subjects[0].group: Forbidden: group is forbidden when subject kind is not 'Group'",
        'spec.rules[0].subjects[1].kind: Unsupported value: "X": supported values: "Group", "ServiceAccount", "User"',
        "spec.rules[0]: Required value: at least one of resourceRules and nonResourceRules has to be non-empty",
      ],
    ],
    [
      "name what is done, or all of it",
      schema({
        rules: [
          {
            ...rule,
            resourceRules: [{ verbs: ["*", "get"], apiGroups: ["*", ""], resources: [] }],
            nonResourceRules: [{ verbs: ["fly"], nonResourceURLs: ["a", "/a//b", "/*/b", "/a/*"] }],
          },
        ],
      }),
      [
        `spec.rules[0].resourceRules[0].verbs: Invalid value: []string{"*", "get"}: if '*' is present, must not specify other verbs`,
        `spec.rules[0].resourceRules[0].apiGroups: Invalid value: []string{"*", ""}: if '*' is present, must not specify other api groups`,
        "spec.rules[0].resourceRules[0].resources: Required value: resource rules must supply at least one resource",
        "spec.rules[0].resourceRules[0].namespaces: Required value: resource rules that are not cluster scoped must supply at least one namespace",
        'spec.rules[0].nonResourceRules[0].verbs: Unsupported value: []string{"fly"}: supported values: "create", "delete", "deletecollection", "get", "list", "patch", "proxy", "update", "watch"',
        'spec.rules[0].nonResourceRules[0].nonResourceURLs[0]: Invalid value: "a": must start with slash',
        'spec.rules[0].nonResourceRules[0].nonResourceURLs[1]: Invalid value: "/a//b": must not contain double slash',
        'spec.rules[0].nonResourceRules[0].nonResourceURLs[2]: Invalid value: "/*/b": wildcard can only do suffix matching',
      ],
    ],
    [
      "of those that must be there do not change",
      schema({ matchingPrecedence: 10_000 }, "catch-all"),
      [expect.stringContaining("spec of 'catch-all' must equal the fixed value") as unknown as string],
    ],
  ]);
});

describe("priority levels", () => {
  const level = (spec: Fields, name = "a"): ApiObject =>
    object("flowcontrol.apiserver.k8s.io/v1", "PriorityLevelConfiguration", { spec }, { ...CLUSTER_META, name });
  const queuing = (fields: Fields): ApiObject =>
    level({ type: "Limited", limited: { limitResponse: { type: "Queue", queuing: fields } } });
  rows([
    ["have default queues", queuing({}), []],
    [
      "of those that must be there lend what they are told to",
      level({ type: "Exempt", exempt: { nominalConcurrencyShares: 2, lendablePercent: 50 } }, "exempt"),
      [],
    ],
    [
      "are exempt by name",
      level({ type: "Exempt", exempt: { lendablePercent: 101 } }),
      [
        "spec.type: Invalid value: \"Exempt\": type must be 'Exempt' if and only if `name` is 'exempt'",
        "spec.exempt.lendablePercent: Invalid value: 101: must be between 0 and 100, inclusive",
      ],
    ],
    [
      "are limited by what they have",
      level({
        type: "Limited",
        limited: { nominalConcurrencyShares: -1, borrowingLimitPercent: -1, limitResponse: {} },
      }),
      [
        "spec.limited.nominalConcurrencyShares: Invalid value: -1: must be a non-negative integer",
        'spec.limited.limitResponse.type: Unsupported value: "": supported values: "Queue", "Reject"',
        "spec.limited.borrowingLimitPercent: Invalid value: -1: if specified, must be a non-negative integer",
      ],
    ],
    [
      "deal hands that can be told apart",
      queuing({ queues: 512, handSize: 8 }),
      [
        "spec.limited.limitResponse.queuing.handSize: Invalid value: 8: required entropy bits of deckSize 512 and handSize 8 should not be greater than 60",
      ],
    ],
    [
      "deal no more than they have",
      queuing({ queues: 4, handSize: 8, queueLengthLimit: -1 }),
      [
        "spec.limited.limitResponse.queuing.queueLengthLimit: Invalid value: -1: must be positive",
        "spec.limited.limitResponse.queuing.handSize: Invalid value: 8: should not be greater than queues (4)",
      ],
    ],
  ]);
});

describe("service CIDRs", () => {
  const serviceCidr = (...cidrs: string[]): ApiObject =>
    object("networking.k8s.io/v1", "ServiceCIDR", { spec: { cidrs } }, CLUSTER_META);
  rows([
    ["are one of each family", serviceCidr("10.0.0.0/16", "fd00::/112"), []],
    ["are there", serviceCidr(), ["spec.cidrs: Required value: at least one CIDR required"]],
    [
      "are not two of one family",
      serviceCidr("10.0.0.0/16", "10.1.0.0/16"),
      [
        'spec.cidrs: Invalid value: []string{"10.0.0.0/16", "10.1.0.0/16"}: may specify no more than one IP for each IP family, i.e 192.168.0.0/24 and 2001:db8::/96',
      ],
    ],
    [
      "are canonical",
      serviceCidr("10.0.0.1/16"),
      ['spec.cidrs[0]: Invalid value: "10.0.0.1/16": must not have bits set beyond the prefix length'],
    ],
  ]);

  it("get a second family, and change no more", () => {
    const old = serviceCidr("10.0.0.0/16");
    expect(linesOfUpdate(serviceCidr("10.0.0.0/16", "fd00::/112"), old)).toEqual([]);
    expect(linesOfUpdate(serviceCidr("10.1.0.0/16"), old)).toEqual([
      'spec.cidrs[0]: Invalid value: "10.1.0.0/16": field is immutable',
    ]);
    expect(linesOfUpdate(serviceCidr(), old)).toEqual(["spec.cidrs: Invalid value: []string{}: field is immutable"]);
  });
});

describe("IP addresses", () => {
  const address = (name: string, parentRef?: Fields): ApiObject =>
    object("networking.k8s.io/v1", "IPAddress", { spec: { parentRef } }, { ...CLUSTER_META, name });
  rows([
    ["are their names", address("10.0.0.1", { resource: "services", name: "s", namespace: "n" }), []],
    [
      "belong to somebody",
      address("::ffff", { group: "A", name: "a/b" }),
      [
        expect.stringContaining('spec.parentRef.group: Invalid value: "A"') as unknown as string,
        "spec.parentRef.resource: Required value",
        `spec.parentRef.name: Invalid value: "a/b": may not contain '/'`,
      ],
    ],
    [
      "are canonical",
      address("fd00:0::1", { resource: "services", name: "s" }),
      ['metadata.name: Invalid value: "fd00:0::1": must be a canonical format IP address'],
    ],
    [
      "are nothing else",
      address("a"),
      ['metadata.name: Invalid value: "a": ParseAddr("a"): unable to parse IP', "spec.parentRef: Required value"],
    ],
  ]);
});

describe("API services", () => {
  const service = (spec: Fields): ApiObject =>
    object(
      "apiregistration.k8s.io/v1",
      "APIService",
      { spec: { group: "g.io", version: "v1", groupPriorityMinimum: 1, versionPriority: 1, ...spec } },
      { ...CLUSTER_META, name: "v1.g.io" },
    );

  it("stay what they are called", () => {
    expect(linesOf(service({ service: { name: "s", namespace: "n" } }))).toEqual([]);
    expect(linesOfUpdate(service({ version: "v2" }), service({}))).toEqual([
      'metadata.name: Invalid value: "v1.g.io": must be `spec.version+"."+spec.group`: "v2.g.io"',
    ]);
  });

  it("are available or not", () => {
    const status = { conditions: [{ type: "Available", status: "Maybe" }] };
    expect(linesOfUpdate({ ...service({}), status } as ApiObject, service({}), "status")).toEqual([
      'status.conditions[0].status: Unsupported value: "Maybe": supported values: "True", "False", "Unknown"',
    ]);
  });
});

describe("autoscalers", () => {
  const scaler = (spec: Fields): ApiObject =>
    object("autoscaling/v2", "HorizontalPodAutoscaler", {
      spec: { scaleTargetRef: { kind: "Deployment", name: "d" }, maxReplicas: 3, minReplicas: 1, ...spec },
    });
  const target = { type: "Value", value: "0" };
  rows([
    [
      "measure something above nothing",
      scaler({ metrics: [{ type: "External", external: { metric: { name: "m" }, target } }] }),
      [
        'spec.metrics[0].external.target.value: Invalid value: resource.Quantity{i:resource.int64Amount{value:0, scale:0}, d:resource.infDecAmount{Dec:(*inf.Dec)(nil)}, s:"0", Format:"DecimalSI"}: must be positive',
      ],
    ],
    [
      "say how much of an object's metric they want",
      scaler({
        metrics: [
          { type: "Object", object: { describedObject: { kind: "K", name: "n" }, metric: { name: "m" }, target } },
          {
            type: "Object",
            object: { describedObject: { kind: "K", name: "n" }, metric: { name: "m" }, target: { type: "Value" } },
          },
          { type: "Pods", pods: { metric: { name: "m" }, target: { type: "AverageValue", averageValue: "0" } } },
        ],
      }),
      [
        expect.stringContaining("spec.metrics[0].object.target.value: Invalid value") as unknown as string,
        "spec.metrics[1].object.target.averageValue: Required value: must set either a target value or averageValue",
        expect.stringContaining("spec.metrics[2].pods.target.averageValue: Invalid value") as unknown as string,
      ],
    ],
    [
      "say what they measure",
      scaler({ metrics: [{}] }),
      [
        "spec.metrics[0].type: Required value: must specify a metric source type",
        'spec.metrics[0].type: Unsupported value: "": supported values: "ContainerResource", "External", "Object", "Pods", "Resource"',
        'spec.metrics[0].type: Unsupported value: "": supported values: "ContainerResource", "External", "Object", "Pods", "Resource"',
      ],
    ],
  ]);

  it("go on scaling to zero by what is outside of pods", () => {
    const old = scaler({ minReplicas: 0 });
    expect(linesOfUpdate(old, old)).toEqual([
      "spec.metrics: Forbidden: must specify at least one Object or External metric to support scaling to zero replicas",
    ]);
    expect(linesOfUpdate(old, scaler({}))[0]).toBe(
      "spec.minReplicas: Invalid value: 0: must be greater than or equal to 1",
    );
  });

  it("count no negative replicas", () => {
    const changed = { ...scaler({}), status: { currentReplicas: -1, desiredReplicas: -1 } } as ApiObject;
    expect(linesOfUpdate(changed, scaler({}), "status")).toEqual([
      "status.currentReplicas: Invalid value: -1: must be greater than or equal to 0",
      "status.desiredReplicas: Invalid value: -1: must be greater than or equal to 0",
    ]);
  });
});

describe("selectors that cannot be read", () => {
  const BAD = { matchExpressions: [{ key: "a", operator: "In", values: ["?"] }] };
  const role = (fields: Fields): ApiObject =>
    object(
      "rbac.authorization.k8s.io/v1",
      "ClusterRole",
      { aggregationRule: { clusterRoleSelectors: [BAD] }, ...fields },
      CLUSTER_META,
    );

  it("are refused once more where roles are gathered", () => {
    expect(linesOf(role({}))).toEqual([
      expect.stringContaining("aggregationRule.clusterRoleSelectors[0].matchExpressions[0].values[0]"),
      'aggregationRule.clusterRoleSelectors[0]: Invalid value: "null": invalid label selector.',
    ]);
  });

  it("are not compared with labels of a job's pods", () => {
    const job = object("batch/v1", "Job", {
      spec: {
        manualSelector: true,
        selector: BAD,
        template: { spec: { restartPolicy: "Never", containers: [{ name: "c", image: "i" }] } },
      },
    });
    expect(linesOf(job)).toEqual([expect.stringContaining("spec.selector.matchExpressions[0].values[0]")]);
  });

  it("may stay in a budget", () => {
    const budget = (maxUnavailable: number): ApiObject =>
      object("policy/v1", "PodDisruptionBudget", { spec: { maxUnavailable, selector: BAD } }, META);
    expect(linesOf(budget(1))).toHaveLength(1);
    expect(linesOfUpdate(budget(2), budget(1))).toEqual([]);
  });
});

describe("values of Go types are shown as Go shows them", () => {
  const deployment = (spec: Fields): ApiObject =>
    object("apps/v1", "Deployment", {
      spec: {
        selector: { matchLabels: { a: "b" } },
        template: { metadata: { labels: { a: "b" } }, spec: { containers: [{ name: "c", image: "i" }] } },
        ...spec,
      },
    });
  rows([
    [
      "numbers or percents",
      deployment({ strategy: { rollingUpdate: { maxUnavailable: 0, maxSurge: "0%" } } }),
      [
        'spec.strategy.rollingUpdate.maxUnavailable: Invalid value: intstr.IntOrString{Type:0, IntVal:0, StrVal:""}: may not be 0 when `maxSurge` is 0',
      ],
    ],
    [
      "strategies",
      deployment({ strategy: { type: "Fast" } }),
      [
        'spec.strategy: Unsupported value: apps.DeploymentStrategy{Type:"Fast", RollingUpdate:(*apps.RollingUpdateDeployment)(nil)}: supported values: "Recreate", "RollingUpdate"',
      ],
    ],
    [
      "selectors and absent labels",
      deployment({ selector: {}, template: { spec: { containers: [{ name: "c", image: "i" }] } } }),
      [
        "spec.selector: Invalid value: v1.LabelSelector{MatchLabels:map[string]string(nil), MatchExpressions:[]v1.LabelSelectorRequirement(nil)}: empty selector is invalid for deployment",
      ],
    ],
    [
      "scopes",
      object("v1", "ResourceQuota", { spec: { scopes: ["BestEffort", "NotBestEffort"], hard: { pods: "1" } } }),
      ['spec.scopes: Invalid value: []core.ResourceQuotaScope{"BestEffort", "NotBestEffort"}: conflicting scopes'],
    ],
    [
      "ports",
      object("v1", "Service", {
        spec: {
          ports: [
            { name: "a", port: 1 },
            { name: "b", port: 1 },
          ],
        },
      }),
      [
        'spec.ports[1]: Duplicate value: core.ServicePort{Name:"", Protocol:"TCP", AppProtocol:(*string)(nil), Port:1, TargetPort:intstr.IntOrString{Type:0, IntVal:0, StrVal:""}, NodePort:0}',
      ],
    ],
    [
      "operations",
      object(
        "admissionregistration.k8s.io/v1",
        "ValidatingWebhookConfiguration",
        {
          webhooks: [
            {
              name: "a.b.c",
              rules: [{ ...RULE, operations: ["*", "CREATE"] }],
              clientConfig: { url: "https://a" },
              sideEffects: "None",
              admissionReviewVersions: ["v1"],
            },
          ],
        },
        CLUSTER_META,
      ),
      [
        `webhooks[0].rules[0].operations: Invalid value: []admissionregistration.OperationType{"*", "CREATE"}: if '*' is present, must not specify other operations`,
      ],
    ],
  ]);
});
