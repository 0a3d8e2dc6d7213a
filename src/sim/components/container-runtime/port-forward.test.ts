import { expect, it } from "vitest";
import type { Context, StreamId } from "../../kernel/types.ts";
import type { PortFrame } from "../kubelet/messages.ts";
import { forwardFrame, openPortForward, rawFrame } from "./port-forward.ts";
import type { RuntimeState } from "./state.ts";
import { serveHttpBytes, type TcpConnections } from "./workloads/tcp.ts";

const CLIENT = 1 as StreamId;
const POD = 2 as StreamId;

function forward() {
  const sent: unknown[] = [];
  const context = {
    openStream: () => POD,
    sendFrame: (stream: StreamId, frame: unknown) => {
      if (stream === POD) sent.push(frame);
    },
    closeStream: () => undefined,
    setTimer: () => 1,
  } as unknown as Context;
  const state = {
    sandboxes: new Map([["s", { ip: "10.0.0.9", stopped: false }]]),
    forwards: new Map(),
    rawForwards: new Map(),
  } as unknown as RuntimeState;
  openPortForward(state, context, CLIENT, "s");
  const say = (frame: PortFrame): boolean => forwardFrame(state, context, CLIENT, frame);
  return { sent, say, accept: () => rawFrame(state, context, POD, { tcp: "accepted" }) };
}

it("keeps bytes in order while the pod has not taken the connection yet", () => {
  const { sent, say, accept } = forward();
  say({ type: "portOpen", connection: 1, port: 6379 });
  say({ type: "portData", connection: 1, data: "*1\r\n" });
  say({ type: "portData", connection: 1, data: "$4\r\nPING\r\n" });
  say({ type: "portEnd", connection: 1 });
  accept();
  expect(sent).toEqual([{ tcp: "data", data: "*1\r\n$4\r\nPING\r\n" }, { tcp: "end" }]);
});

it("hangs up on a request that does not come to an end", () => {
  const connections: TcpConnections = new Map([[POD, { unread: "" }]]);
  const context = { sendFrame: () => undefined, closeStream: () => undefined } as unknown as Context;
  const head = "POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 1000000000\r\n\r\n";
  serveHttpBytes(connections, context, POD, { tcp: "data", data: head }, () => null);
  for (let megabytes = 0; megabytes < 8; megabytes += 1)
    serveHttpBytes(connections, context, POD, { tcp: "data", data: "x".repeat(1024 * 1024) }, () => null);
  expect(connections.size).toBe(0);
});
