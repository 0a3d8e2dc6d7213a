import { expect, it } from "vitest";
import { breakTarget, healEverything, healFault } from "../sim/faults/faults.ts";
import { type Checkpoint, restore, takeCheckpoint, worldHash } from "../sim/kernel/checkpoint.ts";
import type { World } from "../sim/kernel/world.ts";
import { createHeadlessShell, type HeadlessShell } from "./run-transcript.ts";

const STEPS = 9;
const STEP_US = 15_000_000;

async function shellWith(seed: number, lines: readonly string[]): Promise<HeadlessShell> {
  const shell = createHeadlessShell(() => new Promise<void>((resolve) => setImmediate(resolve)));
  for (const line of [`lab topology single --seed ${seed}`, ...lines]) await shell.run(`${line}\n`);
  return shell;
}

function pick<T>(items: readonly T[], number: number): T {
  return items[number % items.length] as T;
}

/** One that follows from the number alone. */
function doSomething(world: World, number: number): void {
  const chance = Math.imul(number, 0x9e3779b1) >>> 8;
  const names = [...world.state.processes.values()].map(({ name }) => name).sort();
  const broken = [...world.state.faults.keys()];
  if (chance % 7 === 0) healEverything(world);
  else if (chance % 3 === 0 && broken.length > 0) healFault(world, pick(broken, chance >>> 3));
  else breakTarget(world, pick(["crash", "hang", "slow", "stop"], chance >>> 2), pick(names, chance >>> 5), {});
}

/** Gives what the world was after each step. */
function live(world: World, life: number, from: number, to: number): string[] {
  const hashes: string[] = [];
  for (let step = from; step < to; step += 1) {
    doSomething(world, 100 * life + step);
    world.advance(world.nowUs + STEP_US);
    hashes.push(worldHash(world));
  }
  return hashes;
}

it("a world lives as it would alone: from any checkpoint, and beside others", async () => {
  const { session } = (await shellWith(3, ["kubectl create deployment web --image=nginx:1.27 --replicas=4"])).host;
  const base = takeCheckpoint(session.world);
  const begin = (checkpoint: Checkpoint): World => restore(session.code, checkpoint);
  for (const life of [1, 2]) {
    const alone = live(begin(base), life, 0, STEPS);
    const [world, other] = [begin(base), begin(base)];
    const checkpoints: Checkpoint[] = [];
    for (let step = 0; step < STEPS; step += 1) {
      checkpoints.push(takeCheckpoint(world, checkpoints.at(-1)));
      expect([step, ...live(world, life, step, step + 1)]).toEqual([step, alone[step]]);
      live(other, life + 10, step, step + 1);
    }
    for (const step of [7, 4, 1])
      expect([step, live(begin(checkpoints[step]!), life, step, STEPS)]).toEqual([step, alone.slice(step)]);
  }
});

it("what other worlds' containers look like does not matter", async () => {
  const afterPorter = async (variables: string): Promise<string> => {
    const run = `kubectl run p --image=registry.k8s.io/e2e-test-images/agnhost:2.53 ${variables} -- porter`;
    const shell = await shellWith(1, [run, "kubectl wait --for=condition=Ready pod/p"]);
    return worldHash(shell.host.session.world);
  };
  const first = await afterPorter("--env=SERVE_PORT_81=x --env=SERVE_PORT_82=x");
  await afterPorter("--env=SERVE_PORT_82=other");
  await afterPorter("--env=SERVE_PORT_82=x --env=SERVE_PORT_81=x");
  expect(await afterPorter("--env=SERVE_PORT_81=x --env=SERVE_PORT_82=x")).toBe(first);
});
