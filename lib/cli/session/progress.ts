/**
 * Progress for people: pure texts of a running and of a finished phase, and
 * a display that redraws one line on a terminal and elsewhere prints a plain
 * line from time to time.
 */
import { formatDuration } from "../../bytes/durations.ts";
import { formatBytes } from "../../bytes/sizes.ts";
import type { Snapshot } from "../../metrics/snapshot.ts";
import { PHASE_KINDS } from "../../metrics/phase_kinds.ts";
import type { Wait } from "../../engine/run/run_hooks.ts";
import type { Console } from "../console.ts";

/** Below this a rate says nothing, in seconds. */
const MIN_RATE_SECONDS = 0.5;
/** Between two looks at a wait; shorter ones are not shown. */
const WAIT_LOOK_SECONDS = 1;
/** Between two plain lines, in seconds. */
const PLAIN_LINE_SECONDS = 10;

/**
 * One line about a running phase.
 *
 * @param title What is going on: "train, epoch 2 of 3".
 * @returns For example "train, epoch 2 of 3: 120 of 480 steps (25%),
 *   60 steps/s, 1.20 GiB/s, 6s left, AU 97.3%".
 */
export function progressLine(title: string, snapshot: Snapshot): string {
  const { done, total, unit } = snapshot;
  const share = total > 0 ? Math.floor((done / total) * 100) : 100;
  const parts = [
    `${title}: ${done} of ${total} ${unit} (${share}%)`,
    ...rateParts(snapshot),
  ];
  const leftSeconds = secondsLeft(snapshot);
  if (leftSeconds !== null) {
    parts.push(`${formatDuration(Math.ceil(leftSeconds))} left`);
  }
  if (snapshot.auPercent !== null) {
    parts.push(`AU ${snapshot.auPercent.toFixed(1)}%`);
  }
  return parts.join(", ");
}

/**
 * One line about a phase that is over.
 *
 * @param snapshot The last one of it.
 */
export function finishedLine(title: string, snapshot: Snapshot): string {
  const { kind, done, unit, bytes, elapsedSeconds } = snapshot;
  const { direction, isCheckpoint } = PHASE_KINDS[kind];
  if (direction === "write" && !isCheckpoint && bytes === 0 && done > 0) {
    return `${title}: nothing to write, all ${done} files are there in full ` +
      `length (looked up in ${formatDuration(elapsedSeconds)})`;
  }
  return [
    `${title}: ${done} ${unit} in ${formatDuration(elapsedSeconds)}`,
    ...(bytes > 0 ? [formatBytes(bytes)] : []),
    ...rateParts(snapshot),
  ].join(", ");
}

function rateParts({ done, unit, bytes, elapsedSeconds }: Snapshot): string[] {
  if (elapsedSeconds < MIN_RATE_SECONDS) return [];
  const parts = [`${rateText(done / elapsedSeconds)} ${unit}/s`];
  if (bytes > 0) parts.push(`${formatBytes(bytes / elapsedSeconds)}/s`);
  return parts;
}

/**
 * Time to the phase's end if it goes on at its mean rate.
 *
 * @returns Seconds; null before there is a rate and after the end.
 */
export function secondsLeft(snapshot: Snapshot): number | null {
  const { done, total, elapsedSeconds } = snapshot;
  if (elapsedSeconds < MIN_RATE_SECONDS) return null;
  if (done <= 0 || done >= total) return null;
  return ((total - done) * elapsedSeconds) / done;
}

/** Three digits or so: 0.25, 4.2, 17, 1234. */
function rateText(perSecond: number): string {
  if (perSecond < 1) return perSecond.toFixed(2);
  return perSecond < 10 ? perSecond.toFixed(1) : perSecond.toFixed(0);
}

/**
 * One line about something that is waited for.
 *
 * @param doneCount Things that are done; 0 where nobody counts.
 */
export function waitLine(
  what: string,
  doneCount: number,
  elapsedSeconds: number,
): string {
  const count = doneCount > 0 ? `, ${doneCount} so far` : "";
  return `${what}${count} (${formatDuration(Math.floor(elapsedSeconds))})`;
}

/** What a display is made with. */
export interface ProgressOptions {
  /** False: no running phase is shown (`--no-progress`). */
  readonly isShown: boolean;
}

/** Shows snapshots where people see them. */
export class ProgressDisplay {
  readonly #console: Console;
  readonly #isShown: boolean;
  #title = "";
  #last: Snapshot | null = null;
  #saidSeconds = 0;
  #waitTimer: ReturnType<typeof setInterval> | undefined;

  constructor(console: Console, { isShown }: ProgressOptions) {
    this.#console = console;
    this.#isShown = isShown;
  }

  /** A phase begins. */
  begin(title: string): void {
    this.#title = title;
    this.#last = null;
    this.#saidSeconds = 0;
  }

  /**
   * Shows a wait once it takes longer than a second, then how it goes on.
   *
   * @param wait Null: it is over.
   */
  wait(wait: Wait | null): void {
    if (this.#waitTimer !== undefined) {
      clearInterval(this.#waitTimer);
      this.#waitTimer = undefined;
      this.#console.status("");
    }
    if (wait === null || !this.#isShown) return;
    let elapsedSeconds = 0;
    let saidSeconds = -PLAIN_LINE_SECONDS;
    this.#waitTimer = setInterval(() => {
      elapsedSeconds += WAIT_LOOK_SECONDS;
      const line = waitLine(wait.what, wait.doneCount(), elapsedSeconds);
      if (this.#console.isTerminal) return this.#console.status(line);
      if (elapsedSeconds - saidSeconds < PLAIN_LINE_SECONDS) return;
      saidSeconds = elapsedSeconds;
      this.#console.say(line);
    }, WAIT_LOOK_SECONDS * 1000);
  }

  /** Shows a snapshot, or not yet: call it as often as you like. */
  show(snapshot: Snapshot): void {
    this.#last = snapshot;
    if (!this.#isShown) return;
    if (this.#console.isTerminal) {
      this.#console.status(progressLine(this.#title, snapshot));
      return;
    }
    const { elapsedSeconds } = snapshot;
    if (elapsedSeconds - this.#saidSeconds < PLAIN_LINE_SECONDS) return;
    this.#saidSeconds = elapsedSeconds;
    this.#console.say(progressLine(this.#title, snapshot));
  }

  /**
   * The phase is over: its line gives way to what became of it.
   *
   * @param suffix Follows the line: ", AU 97.3%".
   */
  end(suffix: string): void {
    this.#console.status("");
    if (this.#last === null) return;
    this.#console.say(finishedLine(this.#title, this.#last) + suffix);
  }
}
