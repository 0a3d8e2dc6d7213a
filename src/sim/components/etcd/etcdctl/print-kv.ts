import { encodeBase64Text, utf8Bytes } from "../../../api/base64.ts";
import type {
  DeleteRangeResponse,
  EtcdEvent,
  KeyValue,
  PutResponse,
  RangeResponse,
  ResponseHeader,
  TxnResponse,
} from "../messages.ts";
import { refuseFormat } from "../programs/command.ts";
import { decimalId, json } from "../programs/format.ts";
import type { Terminal } from "../programs/program.ts";

/** Keys, values and what became of them, in each of the output formats. */
export interface Sheet {
  readonly terminal: Terminal;
  /** `simple`, `json`, `fields`, `table`. */
  readonly format: string;
  readonly hex: boolean;
}

interface Answer {
  readonly header: ResponseHeader;
}

export function line({ terminal }: Pick<Sheet, "terminal">, text: string): void {
  terminal.out(`${text}\n`);
}

/** A stored value as text: what `etcdctl put` wrote, or an API object as JSON. */
function textOf(kv: KeyValue): string {
  const { data } = kv.value;
  return typeof data === "string" ? data : JSON.stringify(data);
}

export function printRange(sheet: Sheet, answer: RangeResponse, valueOnly: boolean): void {
  switch (sheet.format) {
    case "json":
      line(sheet, json(rangeJson(answer)));
      return;
    case "fields":
      printHeaderFields(sheet, answer);
      for (const kv of answer.kvs) printFields(sheet, "", kv);
      line(sheet, `"More" : ${answer.more}`);
      line(sheet, `"Count" : ${answer.count}`);
      return;
    case "table":
      refuseFormat(sheet.format);
      break;
    default:
      for (const kv of answer.kvs) printKv(sheet, kv, valueOnly);
  }
}

function rangeJson(answer: RangeResponse): object {
  return {
    ...headerJson(answer),
    ...(answer.kvs.length === 0 ? {} : { kvs: answer.kvs.map(kvJson) }),
    ...(answer.more ? { more: true } : {}),
    ...(answer.count > 0 ? { count: answer.count } : {}),
  };
}

function printKv(sheet: Sheet, kv: KeyValue, valueOnly = false): void {
  const shown = sheet.hex ? hexOf : (text: string) => text;
  if (!valueOnly) line(sheet, shown(kv.key));
  line(sheet, shown(textOf(kv)));
}

function hexOf(text: string): string {
  return utf8Bytes(text)
    .map((byte) => `\\x${byte.toString(16).padStart(2, "0")}`)
    .join("");
}

export function headerJson(answer: Answer): object {
  return { header: headerFields(answer) };
}

/** Without what is 0. */
export function headerFields({ header }: Answer): object {
  return {
    cluster_id: `#${decimalId(header.clusterId)}`,
    member_id: `#${decimalId(header.memberId)}`,
    ...(header.revision === 0 ? {} : { revision: header.revision }),
    raft_term: header.raftTerm,
  };
}

/** The cluster's services do not say at which revision they answer. */
export function withoutRevision<T extends Answer>(answer: T): T {
  return { ...answer, header: { ...answer.header, revision: 0 } };
}

function kvJson(kv: KeyValue): object {
  return {
    key: encodeBase64Text(kv.key),
    ...(kv.createRevision === 0 ? {} : { create_revision: kv.createRevision }),
    mod_revision: kv.modRevision,
    ...(kv.version === 0 ? {} : { version: kv.version }),
    ...(textOf(kv) === "" ? {} : { value: encodeBase64Text(textOf(kv)) }),
    ...(kv.lease === 0 ? {} : { lease: kv.lease }),
  };
}

export function printHeaderFields(sheet: Sheet, { header }: Answer): void {
  line(sheet, `"ClusterID" : ${decimalId(header.clusterId)}`);
  line(sheet, `"MemberID" : ${decimalId(header.memberId)}`);
  line(sheet, `"Revision" : ${header.revision}`);
  line(sheet, `"RaftTerm" : ${header.raftTerm}`);
}

function printFields(sheet: Sheet, prefix: string, kv: KeyValue): void {
  line(sheet, `"${prefix}Key" : ${JSON.stringify(kv.key)}`);
  line(sheet, `"${prefix}CreateRevision" : ${kv.createRevision}`);
  line(sheet, `"${prefix}ModRevision" : ${kv.modRevision}`);
  line(sheet, `"${prefix}Version" : ${kv.version}`);
  line(sheet, `"${prefix}Value" : ${JSON.stringify(textOf(kv))}`);
  line(sheet, `"${prefix}Lease" : ${kv.lease}`);
}

export function printPut(sheet: Sheet, answer: PutResponse): void {
  const { prevKv } = answer;
  switch (sheet.format) {
    case "json":
      line(sheet, json(putJson(answer)));
      return;
    case "fields":
      printHeaderFields(sheet, answer);
      if (prevKv !== undefined) printFields(sheet, "Prev", prevKv);
      return;
    case "table":
      refuseFormat(sheet.format);
      break;
    default:
      line(sheet, "OK");
      if (prevKv !== undefined) printKv(sheet, prevKv);
  }
}

function putJson(answer: PutResponse): object {
  return { ...headerJson(answer), ...(answer.prevKv === undefined ? {} : { prev_kv: kvJson(answer.prevKv) }) };
}

export function printDeleted(sheet: Sheet, answer: DeleteRangeResponse): void {
  switch (sheet.format) {
    case "json":
      line(sheet, json(deletedJson(answer)));
      return;
    case "fields":
      printHeaderFields(sheet, answer);
      line(sheet, `"Deleted" : ${answer.deleted}`);
      for (const kv of answer.prevKvs) printFields(sheet, "Prev", kv);
      return;
    case "table":
      refuseFormat(sheet.format);
      break;
    default:
      line(sheet, String(answer.deleted));
      for (const kv of answer.prevKvs) printKv(sheet, kv);
  }
}

function deletedJson(answer: DeleteRangeResponse): object {
  return {
    ...headerJson(answer),
    ...(answer.deleted === 0 ? {} : { deleted: answer.deleted }),
    ...(answer.prevKvs.length === 0 ? {} : { prev_kvs: answer.prevKvs.map(kvJson) }),
  };
}

export function printTxn(sheet: Sheet, answer: TxnResponse): void {
  switch (sheet.format) {
    case "json":
      line(sheet, json(txnJson(answer)));
      return;
    case "fields":
      printHeaderFields(sheet, answer);
      line(sheet, `"Succeeded" : ${answer.succeeded}`);
      for (const each of answer.responses) printResponse(sheet, each);
      return;
    case "table":
      refuseFormat(sheet.format);
      break;
    default:
      line(sheet, answer.succeeded ? "SUCCESS" : "FAILURE");
      for (const each of answer.responses) {
        line(sheet, "");
        printResponse(sheet, each);
      }
  }
}

function printResponse(sheet: Sheet, response: TxnResponse["responses"][number]): void {
  if (response.op === "range") printRange(sheet, response, false);
  else if (response.op === "put") printPut(sheet, response);
  else if (response.op === "deleteRange") printDeleted(sheet, response);
  else printTxn(sheet, response);
}

/** Answers inside a transaction have the revision alone in their headers. */
function txnJson(answer: TxnResponse): object {
  const inner = (each: object) => ({ ...each, header: { revision: answer.header.revision } });
  const responses = answer.responses.map((each): object => {
    if (each.op === "range") return { Response: { response_range: inner(rangeJson(each)) } };
    if (each.op === "put") return { Response: { response_put: inner(putJson(each)) } };
    if (each.op === "deleteRange") return { Response: { response_delete_range: inner(deletedJson(each)) } };
    return { Response: { response_txn: inner(txnJson(each)) } };
  });
  return {
    ...headerJson(answer),
    ...(answer.succeeded ? { succeeded: true } : {}),
    ...(responses.length === 0 ? {} : { responses }),
  };
}

interface WatchAnswer extends Answer {
  readonly events: readonly EtcdEvent[];
  /** Not 0: cancelled because history before it is gone. */
  readonly compactRevision: number;
  readonly cancelled: boolean;
}

export function printEvents(sheet: Sheet, answer: WatchAnswer): void {
  switch (sheet.format) {
    case "json":
      line(
        sheet,
        json({
          Header: headerFields(answer),
          Events: answer.events.length === 0 ? [] : answer.events.map(eventJson),
          CompactRevision: answer.compactRevision,
          Canceled: answer.cancelled,
          Created: false,
        }),
      );
      return;
    case "fields":
      printHeaderFields(sheet, answer);
      break;
    case "table":
      refuseFormat(sheet.format);
      break;
    default:
  }
  for (const { type, kv, prevKv } of answer.events) printEvent(sheet, type, kv, prevKv);
}

function printEvent(sheet: Sheet, type: string, kv: KeyValue, prevKv: KeyValue | undefined): void {
  const fields = sheet.format === "fields";
  line(sheet, fields ? `"Type" : ${type}` : type);
  if (prevKv !== undefined) {
    if (fields) printFields(sheet, "Prev", prevKv);
    else printKv(sheet, prevKv);
  }
  if (fields) printFields(sheet, "", kv);
  else printKv(sheet, kv);
}

function eventJson({ type, kv, prevKv }: EtcdEvent): object {
  return {
    ...(type === "DELETE" ? { type: 1 } : {}),
    kv: kvJson(kv),
    ...(prevKv === undefined ? {} : { prev_kv: kvJson(prevKv) }),
  };
}
