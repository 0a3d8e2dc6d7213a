import { describe, expect, it } from "vitest";
import type { Done, Effect, Started } from "../programs/effects.ts";
import type { ProgramCode } from "../programs/program.ts";
import { etcdctl } from "./program.ts";

const header = { clusterId: "263de8252887371c", memberId: "886b03c4ae679a15", revision: 3, raftTerm: 2 };
const kv = {
  key: "foo",
  createRevision: 2,
  modRevision: 3,
  version: 2,
  lease: 0,
  value: { data: "bar2", sizeBytes: 4 },
};

const status = {
  op: "status",
  header,
  version: "3.5.21",
  dbSizeBytes: 20_480,
  dbSizeInUseBytes: 20_480,
  leader: header.memberId,
  isLearner: false,
  raftIndex: 20,
  raftTerm: 2,
  raftAppliedIndex: 20,
  errors: [] as string[],
};

interface Run {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
  readonly asked: {
    readonly to: string;
    readonly body: Record<string, unknown>;
    readonly certificate: string | null;
  }[];
  readonly sleptMs: number;
}

type Answers = Readonly<Record<string, unknown>>;

const EPOCH_US = 1_795_167_542_665_000;

/** Runs a command line against a member that answers each operation with what is given for it. */
function run(words: string, answers: Answers = {}, frames: readonly unknown[] = [], stdin = "from stdin"): Run {
  const result = { stdout: "", stderr: "", exitCode: 0, asked: [] as Run["asked"][number][], sleptMs: 0 };
  let clockUs = EPOCH_US;
  const terminal = {
    out: (text: string) => {
      result.stdout += text;
    },
    err: (text: string) => {
      result.stderr += text;
    },
  };
  const perform = (effect: Effect): unknown => {
    switch (effect.type) {
      case "request": {
        const body = effect.body as Record<string, unknown>;
        result.asked.push({ to: effect.to, body, certificate: effect.certificate });
        clockUs += 3_868;
        const answer = answers[String(body.op)] as object;
        return "failure" in answer ? { ok: false, error: answer.failure } : { ok: true, body: answer };
      }
      case "stream": {
        for (const frame of frames) {
          const end = (etcdctl as ProgramCode).printers[effect.printer]?.(frame, effect.options, terminal) ?? null;
          if (end !== null) return { value: end.value, error: null };
        }
        return { value: null, error: null };
      }
      case "sleep":
        result.sleptMs += effect.us / 1000;
        clockUs += effect.us;
        return null;
      case "now":
        return clockUs;
      case "stdin":
        return stdin;
      case "read":
        return effect.path.startsWith("/pki/") ? "certificate" : undefined;
      default:
        return [];
    }
  };
  const args = words.match(/'[^']*'|\S+/g)?.map((word) => word.replace(/^'|'$/g, "")) ?? [];
  const steps = etcdctl.run({ args, env: {}, directory: "/root", terminal });
  const waiting: Done[] = [];
  const begin = (started: readonly Started[]) => {
    for (const { slot, effect } of started) waiting.push({ slot, value: perform(effect) });
  };
  let step = steps.next();
  while (step.done !== true) {
    begin(step.value);
    step = steps.next(waiting.shift() as Done);
  }
  return { ...result, exitCode: step.value };
}

const range = { op: "range", header, kvs: [kv], more: false, count: 1 };

describe("etcdctl prints what the real one prints", () => {
  const cases: readonly [string, Answers, string][] = [
    ["put foo bar", { put: { op: "put", header } }, "OK\n"],
    ["get foo", { range }, "foo\nbar2\n"],
    ["get foo --print-value-only", { range }, "bar2\n"],
    [
      "get foo -w json",
      { range },
      '{"header":{"cluster_id":2755613793311995676,"member_id":9829954754940738069,"revision":3,"raft_term":2},"kvs":[{"key":"Zm9v","create_revision":2,"mod_revision":3,"version":2,"value":"YmFyMg=="}],"count":1}\n',
    ],
    [
      "get / --prefix --count-only -w fields",
      { range: { ...range, kvs: [], count: 7 } },
      '"ClusterID" : 2755613793311995676\n"MemberID" : 9829954754940738069\n"Revision" : 3\n"RaftTerm" : 2\n"More" : false\n"Count" : 7\n',
    ],
    ["del a/1", { deleteRange: { op: "deleteRange", header, deleted: 1, prevKvs: [] } }, "1\n"],
    ["compact 3", { compact: { op: "compact", header } }, "compacted revision 3\n"],
    [
      "lease grant 100",
      { leaseGrant: { op: "leaseGrant", header, id: 0x15a1f852d9561, ttlSeconds: 100 } },
      "lease 00015a1f852d9561 granted with TTL(100s)\n",
    ],
    [
      "lease timetolive 15a1f852d9561 --keys",
      {
        leaseTimeToLive: {
          op: "leaseTimeToLive",
          header,
          id: 0x15a1f852d9561,
          grantedTtlSeconds: 100,
          ttlSeconds: 99,
          keys: ["leased"],
        },
      },
      "lease 00015a1f852d9561 granted with TTL(100s), remaining(99s), attached keys([leased])\n",
    ],
    [
      "alarm list",
      { alarm: { op: "alarm", header, alarms: [{ memberId: "886b03c4ae679a15", alarm: "NOSPACE" }] } },
      "memberID:9829954754940738069 alarm:NOSPACE \n",
    ],
    [
      "--endpoints=http://127.0.0.1:24790 defrag",
      { defragment: { op: "defragment", header } },
      "Finished defragmenting etcd member[http://127.0.0.1:24790]. took 3.868ms\n",
    ],
    [
      "--endpoints=http://127.0.0.1:24790 endpoint status -w table",
      { status },
      `+------------------------+------------------+---------+---------+-----------+------------+-----------+------------+--------------------+--------+
|        ENDPOINT        |        ID        | VERSION | DB SIZE | IS LEADER | IS LEARNER | RAFT TERM | RAFT INDEX | RAFT APPLIED INDEX | ERRORS |
+------------------------+------------------+---------+---------+-----------+------------+-----------+------------+--------------------+--------+
| http://127.0.0.1:24790 | 886b03c4ae679a15 |  3.5.21 |   20 kB |      true |      false |         2 |         20 |                 20 |        |
+------------------------+------------------+---------+---------+-----------+------------+-----------+------------+--------------------+--------+
`,
    ],
    [
      "member list -w table",
      {
        memberList: {
          op: "memberList",
          header,
          members: [
            {
              id: "886b03c4ae679a15",
              name: "s1",
              peerUrls: ["http://127.0.0.1:24800"],
              clientUrls: ["http://127.0.0.1:24790"],
              isLearner: false,
              started: true,
            },
          ],
        },
      },
      `+------------------+---------+------+------------------------+------------------------+------------+
|        ID        | STATUS  | NAME |       PEER ADDRS       |      CLIENT ADDRS      | IS LEARNER |
+------------------+---------+------+------------------------+------------------------+------------+
| 886b03c4ae679a15 | started |   s1 | http://127.0.0.1:24800 | http://127.0.0.1:24790 |      false |
+------------------+---------+------+------------------------+------------------------+------------+
`,
    ],
    ["version", {}, "etcdctl version: 3.5.21\nAPI version: 3.5\n"],
    ["get a b c", { range }, "foo\nbar2\n"],
    ["put a b c", { put: { op: "put", header } }, "OK\n"],
    [
      "lease grant 5 -w json",
      { leaseGrant: { op: "leaseGrant", header, id: 119, ttlSeconds: 5 } },
      '{"cluster_id":2755613793311995676,"member_id":9829954754940738069,"revision":3,"raft_term":2,"ID":119,"TTL":5,"Error":""}\n',
    ],
    [
      "lease timetolive 77 -w json",
      { leaseTimeToLive: { op: "leaseTimeToLive", header, id: 119, grantedTtlSeconds: 0, ttlSeconds: -1, keys: [] } },
      '{"cluster_id":2755613793311995676,"member_id":9829954754940738069,"revision":3,"raft_term":2,"id":119,"ttl":-1,"granted-ttl":0,"keys":null}\n',
    ],
    [
      "lease list -w fields",
      { leaseList: { op: "leaseList", header, ids: [119] } },
      '"ClusterID" : 2755613793311995676\n"MemberID" : 9829954754940738069\n"Revision" : 3\n"RaftTerm" : 2\n"ID" : 119\n',
    ],
    [
      "member list -w json",
      { memberList: { op: "memberList", header, members: [] } },
      '{"header":{"cluster_id":2755613793311995676,"member_id":9829954754940738069,"raft_term":2},"members":[]}\n',
    ],
    [
      "endpoint health -w fields",
      { range, alarm: { op: "alarm", header, alarms: [] } },
      '"Endpoint" : "127.0.0.1:2379"\n"Health" : true\n"Took" : 7.736ms\n"Error" : \n\n',
    ],
  ];
  for (const [words, answers, stdout] of cases) {
    it(words, () => {
      expect(run(words, answers)).toMatchObject({ stdout, stderr: "", exitCode: 0 });
    });
  }
});

const MEMBER_ADD_HELP = `NAME:
\tmember add - Adds a member into the cluster

USAGE:
\tetcdctl member add <memberName> [options] [flags]

OPTIONS:
  -h, --help[=false]\thelp for add
      --learner[=false]\tindicates if the new member is raft learner
      --peer-urls=""\tcomma separated peer URLs for the new member.

GLOBAL OPTIONS:
      --cacert=""\t\t\t\tverify certificates of TLS-enabled secure servers using this CA bundle
`;

describe("etcdctl refuses and fails as the real one does", () => {
  const compacted = { op: "error", code: "OutOfRange", text: "etcdserver: mvcc: required revision has been compacted" };
  const cases: readonly [string, Answers, string, number][] = [
    ["get", {}, "Error: get command needs one argument as key and an optional argument as range_end\n", 128],
    ["get a --count-only", { range }, "Error: --count-only is only for `--write-out=fields`\n", 128],
    ["get a --print-value-only -w json", { range }, "Error: print-value-only is only for `--write-out=simple`\n", 128],
    [
      "get a --keys-only --count-only",
      {},
      "Error: `--keys-only` and `--count-only` cannot be set at the same time, choose one\n",
      128,
    ],
    ["get a -w table", { range }, "Error: table not supported as output format\n", 4],
    ["put a b --ignore-value", {}, "Error: put command needs only 1 argument when 'ignore-value' is set\n", 128],
    [
      "put a b --lease=zz",
      {},
      'Error: bad lease ID (strconv.ParseInt: parsing "zz": invalid syntax), expecting ID in Hex\n',
      128,
    ],
    [
      "lease revoke zz",
      {},
      'Error: bad lease ID arg (strconv.ParseInt: parsing "zz": invalid syntax), expecting ID in Hex\n',
      128,
    ],
    [
      "lease list -w table",
      { leaseList: { op: "leaseList", header, ids: [] } },
      "Error: table not supported as output format\n",
      4,
    ],
    [
      "member remove 1 -w fields",
      { memberRemove: { op: "memberRemove", header, members: [] } },
      "Error: fields not supported as output format\n",
      4,
    ],
    ["watch a b --prefix", {}, "Error: bad number of arguments\n", 128],
    ["watch a --from-key", {}, "Error: unknown flag: --from-key\n\n", 1],
    ["check perf --load=huge", {}, "Error: unknown load option huge\n", 4],
    [
      "check perf",
      { range },
      'Error: prefix "/etcdctl-check-perf/" has keys. Delete with etcdctl del --prefix /etcdctl-check-perf/ first\n',
      3,
    ],
    [
      "get a --command-timeout=x",
      {},
      'Error: invalid argument "x" for "--command-timeout" flag: time: invalid duration "x"\n\n',
      1,
    ],
    ["frob", {}, 'Error: unknown command "frob" for "etcdctl"\nRun \'etcdctl --help\' for usage.\n', 1],
    ["get foo --rev=2", { range: compacted }, "Error: etcdserver: mvcc: required revision has been compacted\n", 1],
    ["--cert /nowhere --key /pki/k get a", {}, "Error: open /nowhere: no such file or directory\n", 1],
  ];
  for (const [words, answers, stderr, exitCode] of cases) {
    it(words, () => {
      const result = run(words, answers);
      expect(result.stderr.endsWith(stderr)).toBe(true);
      expect(result.exitCode).toBe(exitCode);
    });
  }

  it("says which flag it does not know, and how it is used", () => {
    const { stdout, stderr, exitCode } = run("get foo --bogus");
    expect(stderr).toBe("Error: unknown flag: --bogus\n\n");
    expect(stdout.startsWith("NAME:\n\tget - Gets the key or a range of keys\n")).toBe(true);
    expect(exitCode).toBe(1);
  });

  it("shows help as cobrautl sets it", () => {
    const { stdout } = run("member add --help");
    expect(stdout.startsWith(MEMBER_ADD_HELP)).toBe(true);
    expect(stdout).toContain('\n  -d, --discovery-srv=""\t\t\tdomain name to query for SRV records');
    expect(stdout).toContain("\n      --endpoints=[127.0.0.1:2379]\t\tgRPC endpoints\n");
  });

  it("tries for five seconds to reach a member that is not there", () => {
    const error = { kind: "refused", text: "dial tcp 127.0.0.1:2379: connect: connection refused" };
    const result = run("endpoint health", { range: { failure: error } });
    expect(result.stderr).toContain(
      "127.0.0.1:2379 is unhealthy: failed to commit proposal: context deadline exceeded\nError: unhealthy cluster\n",
    );
    expect(result.sleptMs).toBeGreaterThan(4_900);
  });

  it("ends a watch that the server cancelled", () => {
    const frames = [
      { type: "created", header },
      { type: "events", header, events: [{ type: "PUT", kv }] },
      { type: "cancelled", header, compactRevision: 3, reason: compacted.text },
    ];
    expect(run("watch foo --rev=1", {}, frames)).toMatchObject({
      stdout: "PUT\nfoo\nbar2\n",
      stderr: `watch was canceled (${compacted.text})\nError: watch is canceled by the server\n`,
      exitCode: 5,
    });
  });
});

it("shows its certificate over TLS", () => {
  const flags = "--endpoints=https://127.0.0.1:2379 --cacert=/pki/ca.crt --cert=/pki/server.crt --key=/pki/server.key";
  const { asked } = run(`${flags} get /registry --prefix --keys-only --limit 5`, { range });
  expect(asked[0]).toMatchObject({
    to: "127.0.0.1:2379",
    certificate: "/pki/server.crt",
    body: { op: "range", key: "/registry", rangeEnd: "/registrz", keysOnly: true, limit: 5 },
  });
});
