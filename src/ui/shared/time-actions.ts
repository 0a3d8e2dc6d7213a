import { cluster } from "./cluster.ts";
import { ask } from "./session.ts";
import { nextSpeed } from "./speed.ts";

/** What buttons and keys do to time. */
export function playOrPause(): void {
  void ask((session) => (cluster().time.playing ? session.pause() : session.play()));
}

export function step(what: "message" | "hop" | "change" | "warning"): void {
  void ask((session) => session.step(what));
}

/** Back to the last mark that is at least a little before now, or to the moment when the cluster was ready. */
export function backToMark(): void {
  const { nowUs, marks, readyUs } = cluster().time;
  const before = marks
    .filter(({ kind, atUs }) => kind !== "checkpoint" && atUs < nowUs - 300_000 && atUs >= readyUs)
    .map(({ atUs }) => atUs);
  void ask((session) => session.rewindTo(Math.max(readyUs, ...before)));
}

export function goTo(atUs: number): void {
  void ask((session) => (atUs > cluster().time.nowUs ? session.skipTo(atUs) : session.rewindTo(atUs)));
}

export function changeSpeed(direction: 1 | -1): void {
  void ask((session) => session.setSpeed(nextSpeed(cluster().time.speed, direction)));
}

export function toggleFollow(): void {
  void ask((session) => session.setFollowing(!cluster().time.following));
}
