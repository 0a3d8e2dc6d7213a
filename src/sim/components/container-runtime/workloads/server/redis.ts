/** redis, as far as a person tries out at a prompt: its protocol, and commands about keys with text as their values. */
import { byteLength } from "../../../../api/byte-text.ts";
import type { Context, StreamId } from "../../../../kernel/types.ts";
import { hangUp, sendTcp, type TcpConnections, type TcpFrame } from "../tcp.ts";

interface Redis {
  readonly connections: TcpConnections;
  readonly store: Map<string, string>;
}

export function serveRedis(redis: Redis, context: Context, stream: StreamId, frame: TcpFrame): void {
  const connection = redis.connections.get(stream);
  if (connection === undefined) return;
  if (frame.tcp === "data") connection.unread += frame.data;
  for (;;) {
    const command = readCommand(connection.unread);
    if (command === null) break;
    connection.unread = connection.unread.slice(command.end);
    if (command.words.length === 0) continue;
    sendTcp(context, stream, answerRedis(redis.store, command.words));
    if (/^quit$/i.test(command.words[0] ?? "")) {
      hangUp(redis.connections, context, stream);
      return;
    }
  }
  if (frame.tcp === "end") hangUp(redis.connections, context, stream);
}

/** An array of strings (`*2\r\n$3\r\nGET\r\n$1\r\na\r\n`) or an inline line; null: it is not all there. */
function readCommand(text: string): { readonly words: readonly string[]; readonly end: number } | null {
  const lineEnd = text.indexOf("\n");
  if (lineEnd < 0) return null;
  const line = text.slice(0, lineEnd).replace(/\r$/, "");
  const count = /^\*(\d+)$/.exec(line)?.[1];
  if (count === undefined) return { words: line.split(/\s+/).filter((word) => word !== ""), end: lineEnd + 1 };
  const words: string[] = [];
  let at = lineEnd + 1;
  for (let left = Number(count); left > 0; left -= 1) {
    const header = /^\$(\d+)\r\n/.exec(text.slice(at));
    if (header === null) return null;
    const start = at + header[0].length;
    const end = start + Number(header[1]);
    if (text.length < end + 2) return null;
    words.push(text.slice(start, end));
    at = end + 2;
  }
  return { words, end: at };
}

function bulk(value: string | undefined): string {
  return value === undefined ? "$-1\r\n" : `$${byteLength(value)}\r\n${value}\r\n`;
}

function list(values: readonly string[]): string {
  return `*${values.length}\r\n${values.map(bulk).join("")}`;
}

export function answerRedis(store: Map<string, string>, words: readonly string[]): string {
  const [name = "", key = "", value = ""] = words;
  switch (name.toUpperCase()) {
    case "PING":
      return words.length > 1 ? bulk(key) : "+PONG\r\n";
    case "ECHO":
      return bulk(key);
    case "SET":
      store.set(key, value);
      return "+OK\r\n";
    case "GET":
      return bulk(store.get(key));
    case "EXISTS":
      return `:${words.slice(1).filter((one) => store.has(one)).length}\r\n`;
    case "DEL":
      return `:${words.slice(1).filter((one) => store.delete(one)).length}\r\n`;
    case "INCR":
    case "DECR": {
      const before = store.get(key) ?? "0";
      if (!/^-?\d{1,15}$/.test(before)) return "-ERR value is not an integer or out of range\r\n";
      const after = Number(before) + (name.toUpperCase() === "INCR" ? 1 : -1);
      store.set(key, String(after));
      return `:${after}\r\n`;
    }
    case "KEYS":
      return list([...store.keys()].filter((one) => key === "*" || one === key));
    case "DBSIZE":
      return `:${store.size}\r\n`;
    case "FLUSHALL":
    case "FLUSHDB":
      store.clear();
      return "+OK\r\n";
    case "SELECT":
    case "QUIT":
    case "CLIENT":
      return "+OK\r\n";
    case "COMMAND":
      return "*0\r\n";
    case "INFO":
      return bulk("# Server\r\nredis_version:7.4.3\r\nredis_mode:standalone\r\n");
    default:
      return `-ERR unknown command '${name}', with args beginning with: ${words
        .slice(1, 4)
        .map((one) => `'${one}' `)
        .join("")}\r\n`;
  }
}
