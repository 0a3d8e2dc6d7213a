import { expect, test } from "vitest";
import { awaitDeadline, takeDue } from "./deadlines.ts";
import type { Connection, WorldState } from "./state.ts";

test("a lane forgets what was answered long before it is over, and keeps in order what was not", () => {
  const connections = new Map<number, Connection>();
  const state = { connections, deadlines: new Map(), nowUs: 0 } as unknown as WorldState;
  const unanswered: number[] = [];
  for (let id = 1; id <= 20_000; id += 1) {
    connections.set(id, {} as Connection);
    awaitDeadline(state, 1_000, id, 1_000 + id);
    if (id % 100 === 0) unanswered.push(id);
    else connections.delete(id);
  }
  expect(state.deadlines.get(1_000)?.connections.length).toBeLessThan(700);
  state.nowUs = 50_000;
  expect(takeDue(state, 1_000)).toEqual({ due: unanswered, next: -1 });
});
