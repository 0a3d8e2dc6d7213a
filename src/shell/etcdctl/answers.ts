/** What an etcd member answers, as far as it is printed here. The member's own door says it in full. */
export interface Header {
  readonly clusterId: string;
  readonly memberId: string;
  readonly revision: number;
  readonly raftTerm: number;
}

export interface KeyValue {
  readonly key: string;
  readonly createRevision: number;
  readonly modRevision: number;
  readonly version: number;
  readonly lease: number;
  readonly value: { readonly data: unknown; readonly sizeBytes: number };
}

export interface Answer {
  readonly op: string;
  readonly header: Header;
  readonly [field: string]: unknown;
}

export interface RangeAnswer extends Answer {
  readonly kvs: readonly KeyValue[];
  readonly more: boolean;
  readonly count: number;
}

export interface StatusAnswer extends Answer {
  readonly version: string;
  readonly dbSizeBytes: number;
  readonly dbSizeInUseBytes: number;
  readonly leader: string;
  readonly isLearner: boolean;
  readonly raftIndex: number;
  readonly raftTerm: number;
  readonly raftAppliedIndex: number;
  readonly errors: readonly string[];
}

export interface MemberAnswer {
  readonly id: string;
  readonly name: string;
  readonly peerUrls: readonly string[];
  readonly clientUrls: readonly string[];
  readonly isLearner: boolean;
  readonly started: boolean;
}

export interface Alarm {
  readonly memberId: string;
  readonly alarm: string;
}

/** A stored value as text: what `etcdctl put` wrote, or an API object as JSON. */
export function textOf(kv: KeyValue): string {
  const { data } = kv.value;
  return typeof data === "string" ? data : JSON.stringify(data);
}
